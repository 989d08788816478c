import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { createDice } from '../../base/random.testing.ts';
import { gzip } from '../gzip.ts';
import { inputOfBytes } from '../input.ts';
import { testSample } from '../samples.testing.ts';
import { LogEncoder } from './log-encoder.testing.ts';
import { isJitLog, parseJitLog } from './parse-jitlog.ts';
import { summarizeTraces } from './summarize.ts';
import { type JitLog, LINK_KINDS, NONE } from './tables.ts';

function parse(bytes: Uint8Array) {
  return parseJitLog(inputOfBytes(bytes, 'x'));
}

/** A loop with a guard, a bridge behind it, and all other records. */
function encodeSmall(version: number, options: { is32Bit?: boolean } = {}): LogEncoder {
  const log = new LogEncoder(version, options)
    .names('label', 'int_add', 'guard_true', 'jump', 'increment_debug_counter')
    .trace(1, 'loop', 0)
    .stage(1, 0)
    .inputs('p0,i1')
    .declare()
    .prefix(0, '/app/')
    .operation(1, 'i2,i0,i1')
    .mergePoint({ behind: 'a.py' }, 12, 'run')
    .stage(1, 2)
    .declare()
    .addresses(0x1000, 0x1100)
    .operation(0, '?,i0,TargetToken(77)', 77)
    .operation(1, 'i2,i0,i1')
    .code(4, 0x48, 0x01, 0xd8)
    .operation(2, '?,i2,<Guard0x9>', 99)
    .operation(3, '?,TargetToken(77)', 77)
    .mergePoint({ whole: '/app/b.py' }, 20, 'step')
    .trace(2, 'bridge', 99)
    .stage(2, 2)
    .addresses(0x2000, 0x2040)
    .operation(1, 'i5,i3,i4')
    .stitch(99, 0x2000)
    .trace(3, 'loop', 1)
    .abort(3)
    .source('/app/a.py', 'x = 1', 'y = 2')
    .counter(1, 'e', 5)
    .counter(99, 'b', 3)
    .counter(77, 'l', 4000)
    .counter(1234, 'e', 1);
  if (version >= 3) log.redirect(99, 100, 3);
  return log;
}

describe.each([
  [1, {}],
  [2, {}],
  [3, {}],
  [4, {}],
  [4, { is32Bit: true }],
])('version %i %o', (version, options) => {
  const bytes = encodeSmall(version, options).toBytes();

  test('all records are read', () => {
    for (const file of [bytes, gzip(bytes)]) {
      expect(isJitLog(inputOfBytes(file, 'x.zip'))).toBe(true);
      const { log, notes } = parse(file);
      expect(notes).toEqual([]);
      expect(log).toMatchObject({ version, is32Bit: 'is32Bit' in options, machine: 'x86_64' });
      const [loop, bridge, aborted] = summarizeTraces(log);
      const driver = version >= 2 ? 'pypyjit' : undefined;
      expect(loop).toEqual({
        trace: 0,
        id: 1,
        kind: 'loop',
        driver,
        entries: 5,
        passes: 4000,
        operations: [1, undefined, 4],
        codeBytes: 0x100,
        parentId: undefined,
        linkedIds: version >= 3 ? [2, 3] : [2],
        guard: undefined,
        isAborted: false,
        scope: 'run',
        file: '/app/a.py',
        line: 12,
      });
      expect(bridge).toMatchObject({ id: 2, kind: 'bridge', entries: 3, parentId: 1, guard: 'guard_true' });
      expect(aborted).toMatchObject({
        id: 3,
        isAborted: true,
        operations: [undefined, undefined, undefined],
      });
      expect(describeLinks(log)).toEqual(
        ['bridge 1 → 2', ...(version >= 3 ? ['redirect 1 → 3'] : []), 'jump 1 → 1'].sort(),
      );
      expect([...log.counters.trace]).toEqual([0, 1, 0, NONE]);
      expect([...log.code]).toEqual([0x48, 0x01, 0xd8]);
      expect(log.operations.codeOffset[2]).toBe(4);
      const text = (row: number) => (row === NONE ? undefined : log.strings[row]);
      const operations = Array.from(log.operations.name, (name, row) => [
        ...[text(name), text(log.operations.result[row]), text(log.operations.arguments[row])],
        text(log.operations.descriptorText[row]),
      ]);
      expect(operations).toEqual([
        ['int_add', 'i2', 'i0,i1', undefined],
        ['label', '?', 'i0', 'TargetToken(77)'],
        ['int_add', 'i2', 'i0,i1', undefined],
        ['guard_true', '?', 'i2', '<Guard0x9>'],
        ['jump', '?', '', 'TargetToken(77)'],
        ['int_add', 'i5', 'i3,i4', undefined],
      ]);
      expect(log.operations.failArguments[0] === NONE).toBe(version < 2);
      expect(log.sources.length).toBe(2);
      expect([...log.mergePoints.position]).toEqual([1, 4]);
    }
  });

  test('cut at every byte: all complete records are kept', () => {
    const { ends } = encodeSmall(version, options);
    for (let length = ends[0]; length < bytes.length; length++) {
      const { log, notes } = parse(bytes.subarray(0, length));
      expect(notes.length).toBe(ends.includes(length) ? 0 : 1);
      if (notes.length > 0)
        expect(notes[0]).toContain(`byte ${ends.filter((end) => end < length).at(-1)} on`);
      expect(log.traces.length).toBeLessThanOrEqual(3);
    }
  });
});

function describeLinks({ links, traces }: JitLog): string[] {
  return Array.from(
    links.kind,
    (kind, i) => `${LINK_KINDS[kind]} ${traces.id[links.fromTrace[i]]} → ${traces.id[links.toTrace[i]]}`,
  ).sort();
}

test('what is no log, newer or damaged is told in a sentence', () => {
  expect(isJitLog(inputOfBytes(new TextEncoder().encode('main;a 1'), 'x.jit'))).toBe(false);
  expect(isJitLog(inputOfBytes(new Uint8Array(0), 'x.jit'))).toBe(false);
  expect(() => parse(new Uint8Array(20))).toThrow(/is no log of the JIT/);
  expect(() => parse(new LogEncoder(5).toBytes())).toThrow(/version 5, .* reads up to 4/);
  const log = encodeSmall(4);
  const end = log.toBytes().length;
  expect(parse(log.bytes(0x70, 1, 2).toBytes()).notes[0]).toMatch(
    new RegExp(`from byte ${end} on: .* byte 70`),
  );
  const packed = gzip(log.toBytes());
  expect(parse(packed.subarray(0, packed.length - 9)).notes[0]).toMatch(/byte \d+\. What stands before/);
  const huge = new LogEncoder(4).bytes(0x11, 0xff, 0xff, 0xff, 0x7f).toBytes();
  expect(parse(huge).notes[0]).toContain('too long');
  expect(parse(new LogEncoder(4).operation(1, 'x').toBytes()).notes[0]).toContain('outside of a trace');
  expect(parse(new LogEncoder(4).mergePoint({ same: true }, 1, '').toBytes()).notes).toHaveLength(1);
  expect(parse(new LogEncoder(4).stage(7, 0).toBytes()).notes[0]).toContain('the trace 7');
});

test('random changes give a log or a sentence', () => {
  const stop = Date.now() + Number(process.env.VMPROF_FUZZ_SECONDS ?? 1) * 1000;
  let seed = Number(process.env.VMPROF_FUZZ_SEED ?? 1);
  for (let runs = 0; Date.now() < stop || runs < 200; runs++, seed++) {
    const random = createDice(seed);
    const changed = Array.from(encodeSmall(1 + random(4), { is32Bit: random(4) === 0 }).toBytes());
    for (let changes = 1 + random(4); changes > 0; changes--) {
      const at = random(changed.length);
      if (random(3) === 0)
        changed.splice(at, random(9), ...Array.from({ length: random(9) }, () => random(256)));
      else changed[at] = random(2) === 0 ? random(256) : changed[at] ^ (1 << random(8));
    }
    try {
      const { log } = parse(Uint8Array.from(changed));
      for (const summary of summarizeTraces(log)) expect(summary.entries).toBeGreaterThanOrEqual(0);
    } catch (error) {
      if (!(error instanceof ProfilerError)) throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

const REAL_FILES: readonly (readonly [string, number, number, number, number, number | undefined])[] = [
  // name, version, loops, bridges, links to bridges, lines of sources
  ['fixtures/jitlog/pypy-7.3.11.jit.gz', 4, 3, 2, 1, 0],
  [`jitlog/log-test-1-v1.jlog.zip`, 1, 5, 1, 1, undefined],
  [`jitlog/log-test-2-ppc64le-v1.jlog.zip`, 1, 1, 0, 0, undefined],
  [`jitlog/log-test-3-sorting-v2.jlog.zip`, 2, 3, 0, 0, undefined],
  [`jitlog/log-test-richards-v1.jlog.zip`, 1, 2, 74, 66, 212],
  [`jitlog/test-link.log.jit`, 4, 1, 0, 0, undefined],
  [`jitlog/example.jitlog`, 4, 1, 0, 0, undefined],
  [`jitlog/pypy73.jit`, 4, 2, 1, 1, 0],
];

describe('real files', () => {
  for (const [name, ...expected] of REAL_FILES) {
    if (name.startsWith('fixtures/')) test(name, () => checkFile(name, ...expected));
    else testSample(name, name, (path) => checkFile(path, ...expected));
  }

  function checkFile(
    path: string,
    version: number,
    loops: number,
    bridges: number,
    links: number,
    sources: number | undefined,
  ): void {
    const { log, notes } = parse(readFileSync(path));
    expect(notes).toEqual([]);
    expect(log.version).toBe(version);
    const countKind = (wanted: number) => log.traces.kind.filter((kind) => kind === wanted).length;
    expect([countKind(0), countKind(1)]).toEqual([loops, bridges]);
    expect(log.links.kind.filter((kind) => kind === 0)).toHaveLength(links);
    if (sources !== undefined) expect(log.sources.length).toBe(sources);
  }

  testSample('counters of log-test-3 are 3000 in all', 'jitlog/log-test-3-sorting-v2.jlog.zip', (path) => {
    const { log } = parse(readFileSync(path));
    expect(log.counters.count.reduce((sum, count) => sum + count, 0)).toBe(3000);
  });
});
