import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../base/errors.ts';
import { computeFunctionCosts } from '../profile/costs/function-costs.ts';
import { profileFromText } from '../profile/profile-text.testing.ts';
import { testFormatConformance } from './conformance.testing.ts';
import type { Format } from './format.ts';
import {
  detectFormat,
  exportProfile,
  FORMATS,
  findFormatByFileName,
  getFormatByFileName,
  getFormatByName,
  importProfile,
} from './formats.ts';
import { gzip } from './gzip.ts';
import { inputOfBytes } from './input.ts';

// VMPROF_FUZZ_SECONDS: how long each format is read with ever new damage, from VMPROF_FUZZ_SEED on.
const { VMPROF_FUZZ_SECONDS, VMPROF_FUZZ_SEED } = process.env;
const FUZZ =
  VMPROF_FUZZ_SECONDS === undefined
    ? { numRuns: 1000 }
    : {
        numRuns: Number.MAX_SAFE_INTEGER,
        interruptAfterTimeLimit: Number(VMPROF_FUZZ_SECONDS) * 1000,
        ...(VMPROF_FUZZ_SEED === undefined ? {} : { seed: Number(VMPROF_FUZZ_SEED) | 0 }),
      };

for (const format of FORMATS) {
  if (format.importProfile !== undefined && format.exportProfile !== undefined) testFormatConformance(format);
}

test('names and extensions are each of one format', () => {
  const names = FORMATS.map((format) => format.name);
  expect(new Set(names).size).toBe(names.length);
  const extensions = FORMATS.flatMap((format) => format.extensions);
  expect(new Set(extensions).size).toBe(extensions.length);
  for (const extension of extensions) expect(extension).toMatch(/^\.[a-z0-9.]+$/);
});

test.each([
  ['app.vmprof', 'vmprof'],
  ['dir.vmprof/app.speedscope.json', 'speedscope'],
  ['APP.VMPROF', 'vmprof'],
  ['stacks.folded.gz', 'collapsed'],
  ['stacks.txt', 'collapsed'],
  ['app.json', undefined],
  ['app', undefined],
])('%s is written as %s', (fileName, name) => {
  expect(findFormatByFileName(fileName)?.name).toBe(name);
});

test('what is not known is named, together with what is', () => {
  expect(() => getFormatByName('xml')).toThrow(
    `There is no format "xml". Formats: ${FORMATS.map((format) => format.name).join(', ')}.`,
  );
  expect(() => getFormatByFileName('a.xml')).toThrow(/does not tell a format.*\.vmprof.*--to/);
  const bytes = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  expect(detectFormat(inputOfBytes(bytes, 'a.vmprof'))).toBeUndefined();
  expect(() => importProfile(inputOfBytes(bytes, 'a'))).toThrow(/no profile that vmprof knows.*speedscope/);
  expect(() => importProfile(inputOfBytes(new Uint8Array(0), 'a'))).toThrow('The file is empty.');
  expect(() => importProfile(inputOfBytes(gzip(new Uint8Array(0)), 'a.gz'))).toThrow(/empty inside/);
  const log = Uint8Array.from([0x1e, 4, 0, 0, 3, 0, 0, 0, 0x78, 0x38, 0x36]);
  for (const jitlog of [log, gzip(log)])
    expect(() => importProfile(inputOfBytes(jitlog, 'a'))).toThrow(/log of PyPy's JIT compiler.*vmprof show/);
});

test('damaged compressed files are an expected failure', () => {
  const cut = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b]);
  expect(() => importProfile(inputOfBytes(cut, 'a.gz'))).toThrow(ProfilerError);
  const broken = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]);
  expect(() => importProfile(inputOfBytes(broken, 'a.gz'))).toThrow(ProfilerError);
});

test('of compressed files that are cut or damaged, what can be read is shown, and that is told', () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `main;f${(i * 7919) % 997};g${i} ${1 + (i % 7)}\n`);
  const packed = gzip(new TextEncoder().encode(lines.join('')));
  const cut = importProfile(inputOfBytes(packed.subarray(0, packed.length / 2), 'a.gz'));
  expect(cut.format.name).toBe('collapsed');
  expect(cut.profile.samples.length).toBeGreaterThan(600);
  expect(cut.notes[0]).toMatch(/end is missing: it breaks off at byte \d+\. What can be read is shown/);
  const wrong = packed.slice();
  wrong[wrong.length - 6] ^= 1;
  const { profile, notes } = importProfile(inputOfBytes(wrong, 'a.gz'));
  expect(profile.samples.length).toBe(2000);
  expect(notes[0]).toMatch(
    /damaged before byte \d+: incorrect data check\. What can be read is shown, and may not/,
  );
  // What is of no use without its end is refused for that it is cut.
  const whole = exportProfile(profile, getFormatByName('speedscope'), {
    measure: 'samples',
    title: '',
    fileName: 'a.json.gz',
  }).bytes;
  expect(() => importProfile(inputOfBytes(whole.subarray(0, whole.length / 2), 'a.gz'))).toThrow(
    /^The file is compressed and its end is missing/,
  );
});

describe('whatever the bytes are', () => {
  const picture = profileFromText(
    `
    @thread  main         worker

    start@app.py:3        poll@app.py:9
    load@app.py:7
  `.replace(/@thread .*/, '@thread main worker'),
  );
  const exported = FORMATS.filter(
    (format) => format.exportProfile !== undefined && format.importProfile !== undefined,
  ).map((format) => {
    const { bytes } = exportProfile(picture, format, { measure: 'wall', title: 't', fileName: 'x' });
    return { format, bytes };
  });

  const importOrRefuse = (bytes: Uint8Array, format?: Format) => {
    try {
      computeFunctionCosts(importProfile(inputOfBytes(bytes, 'x'), format).profile, 'wall');
    } catch (error) {
      expect(error).toBeInstanceOf(ProfilerError);
    }
  };

  test.each(exported)(
    '$format.name: a changed file is read, or refused in a sentence',
    ({ format, bytes }) => {
      // Bytes that mean something to one format or another.
      const meaningful = fc.constantFrom(
        ...new TextEncoder().encode('0123456789-.eE"[]{},:;% \n\\uOCn\u0000'),
      );
      const change = fc.record({
        at: fc.nat(bytes.length - 1),
        remove: fc.nat(4),
        insert: fc.array(fc.oneof(meaningful, fc.nat(255)), { maxLength: 4 }),
      });
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const edited = [...bytes];
          for (const { at, remove, insert } of changes) edited.splice(at, remove, ...insert);
          importOrRefuse(Uint8Array.from(edited), format);
        }),
        FUZZ,
      );
    },
  );

  test('noise is refused, or read as what it looks like', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => importOrRefuse(bytes)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => importOrRefuse(new TextEncoder().encode(text))),
    );
  });

  test.each([
    [
      '{"profiles":[{"type":"sampled","unit":"none","samples":[["length"]],"weights":[1]}],"shared":{"frames":[{"name":"a"}]}}',
    ],
    [
      '{"profiles":[{"type":"sampled","unit":"none","samples":[[0]],"weights":[1e999]}],"shared":{"frames":[{"name":"a"}]}}',
    ],
    [
      '{"profiles":[{"type":"sampled","unit":"none","samples":[[0],[0]],"weights":[1e308,1e308]}],"shared":{"frames":[{"name":"a"}]}}',
    ],
    [
      '{"profiles":[{"type":"evented","unit":"none","events":[],"startValue":-1e308,"endValue":1e308}],"shared":{"frames":[]}}',
    ],
    ['null'],
    ['[1]'],
    ['{"profiles":null}'],
    ['{"profiles":[null]}'],
    ['{"__proto__":{"profiles":[]}}'],
  ])('refused: %s', (text) => {
    const speedscope = FORMATS.find((format) => format.name === 'speedscope');
    expect(() => importProfile(inputOfBytes(new TextEncoder().encode(text), 'x'), speedscope)).toThrow(
      ProfilerError,
    );
  });
});
