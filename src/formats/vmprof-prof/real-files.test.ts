// Files that the original vmprof and PyPy have written: some recorded for this project, others where this machine has them.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { NONE, type Profile } from '../../profile/tables.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import { computeShares } from '../conformance.testing.ts';
import { detectFormat, exportProfile, getFormatByName, importProfile } from '../formats.ts';
import { decompress, gzip } from '../gzip.ts';
import { inputOfBytes, readWhole } from '../input.ts';
import { samplePath, testSample } from '../samples.testing.ts';
import {
  decodeProf,
  encodeProf,
  narrowIds,
  OLD_WINDOWS_64,
  UNIX_32,
  UNIX_64,
  WINDOWS_64,
} from './prof-encoder.testing.ts';
import { surveyProf } from './survey.ts';

interface Expected {
  readonly version: number;
  readonly mode: number;
  readonly interpreter: string;
  readonly samples: number;
  readonly names?: number;
}

const FIXTURES: readonly (readonly [string, Expected])[] = [
  ['cpython-3.11-plain.prof', { version: 7, mode: 0, interpreter: 'cpython', samples: 79 }],
  ['cpython-3.11-memory-lines.prof', { version: 7, mode: 3, interpreter: 'cpython', samples: 76 }],
  ['cpython-3.11-real-time.prof', { version: 7, mode: 16, interpreter: 'cpython', samples: 73 }],
  ['pypy-7.3.11-memory-native.prof.gz', { version: 6, mode: 13, interpreter: 'pypy', samples: 44 }],
];

const SAMPLES: readonly (readonly [string, Expected])[] = [
  ['cpy311-plain.prof', { version: 6, mode: 0, interpreter: 'cpython', samples: 214 }],
  ['cpy311-mem.prof', { version: 6, mode: 1, interpreter: 'cpython', samples: 356 }],
  ['cpy311-lines.prof', { version: 6, mode: 2, interpreter: 'cpython', samples: 316 }],
  ['cpy311-native.prof', { version: 6, mode: 4, interpreter: 'cpython', samples: 208 }],
  ['cpy311-native-mem-lines.prof', { version: 6, mode: 7, interpreter: 'cpython', samples: 252 }],
  ['linux-cpy-mem-lines-native.prof', { version: 6, mode: 7, interpreter: 'cpython', samples: 5551 }],
  ['pypy-plain.prof', { version: 6, mode: 8, interpreter: 'pypy', samples: 67 }],
  ['pypy-mem.prof', { version: 6, mode: 9, interpreter: 'pypy', samples: 35 }],
  ['pypy-native.prof', { version: 6, mode: 12, interpreter: 'pypy', samples: 36 }],
  ['pypy-realtime.prof', { version: 6, mode: 24, interpreter: 'pypy', samples: 205 }],
  ['pypy-lines.prof', { version: 6, mode: 8, interpreter: 'pypy', samples: 38 }],
  ['pypy-pipe-threads.prof', { version: 6, mode: 13, interpreter: 'pypy', samples: 91 }],
  ['pypy-pipe-threads-rt.prof', { version: 6, mode: 29, interpreter: 'pypy', samples: 1057 }],
  ['richards.cpython.prof', { version: 0, mode: 0, interpreter: 'cpython', samples: 362, names: 26 }],
  ['simple_nested.pypy.prof', { version: 0, mode: 0, interpreter: 'pypy', samples: 120, names: 2131 }],
  ['wsgi.prof', { version: 0, mode: 0, interpreter: 'cpython', samples: 375, names: 14 }],
  // 916 records of names, 329 of them for an id that had one.
  ['v0-nointerp-test.prof', { version: 0, mode: 0, interpreter: '', samples: 92, names: 916 - 329 }],
  ['server-test.prof', { version: 4, mode: 0, interpreter: 'cpython', samples: 1187, names: 3182 }],
  ['v7fork-seconds.tsprof', { version: 7, mode: 4, interpreter: 'cpython', samples: 3043 }],
  ['win64-lines.prof', { version: 6, mode: 2, interpreter: 'cpython', samples: 3431, names: 12 }],
  ['win64-plain.prof', { version: 6, mode: 0, interpreter: 'cpython', samples: 2535, names: 17 }],
];

const LAYOUTS = [
  { layout: { ...UNIX_64, isLittleEndian: false }, windows: 0 },
  { layout: UNIX_32, windows: 0 },
  { layout: { ...UNIX_32, isLittleEndian: false }, windows: 0 },
  { layout: WINDOWS_64, windows: 1 },
  // While the header did not tell, and with padding.
  { layout: WINDOWS_64, windows: 0 },
  { layout: OLD_WINDOWS_64, windows: 0 },
];

const files = [
  ...FIXTURES.map(([file, expected]) => [`fixtures/vmprof-prof/${file}`, expected] as const),
  ...SAMPLES.map(([file, expected]) => [samplePath(`vmprof/${file}`), expected] as const),
].filter(([path]) => existsSync(path));

// Says so for those that are not there.
for (const [file] of SAMPLES) {
  if (!existsSync(samplePath(`vmprof/${file}`))) testSample(file, `vmprof/${file}`, () => {});
}

function readFile(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return readWhole(decompress(inputOfBytes(bytes, path)));
}

function read(bytes: Uint8Array): Profile {
  const { profile, notes } = importProfile(inputOfBytes(bytes, 'x'));
  expect(notes).toEqual([]);
  return profile;
}

/** What does not depend on ids and addresses. */
function summarize(profile: Profile) {
  return {
    shares: computeShares(profile, 'wall'),
    samples: profile.samples.length,
    memory: [...profile.counters.value],
    lines: new Set(profile.frames.line).size,
    tiers: new Set(profile.frames.tier),
    threads: profile.threads.length,
    duration: profile.facts.duration,
  };
}

describe.each(files)('%s', (path, expected) => {
  const bytes = readFile(path);

  test('holds what it should', () => {
    expect(detectFormat(inputOfBytes(bytes, 'unnamed'))?.name).toBe('prof');
    const { sections, damage } = surveyProf(inputOfBytes(bytes, path), { narrow: new Map() });
    expect(damage.notes).toEqual([]);
    expect(sections).toHaveLength(1);
    const [{ section, samples, namedRows }] = sections;
    const { version, mode, interpreter } = section;
    expect({ version, mode, interpreter, samples }).toEqual({
      version: expected.version,
      mode: expected.mode,
      interpreter: expected.interpreter,
      samples: expected.samples,
    });
    if (expected.names !== undefined) expect(namedRows).toHaveLength(expected.names);
    const profile = read(bytes);
    assertValidProfile(profile);
    expect(profile.samples.length).toBe(expected.samples);
    expect(profile.samples.stack.includes(NONE)).toBe(false);
    const { sum } = computeFunctionCosts(profile, 'wall');
    const isCounted = profile.samples.weights[0].unit === 'count';
    if (isCounted) expect(sum).toBe(expected.samples);
    else if (expected.mode !== 16) expect(sum / Number(profile.facts.duration)).toBeCloseTo(1, 6);
  });

  test('is written in version 6 and read again with the same costs', () => {
    const profile = read(bytes);
    const options = { measure: 'wall', title: '', fileName: 'x.prof' } as const;
    const again = read(exportProfile(profile, getFormatByName('prof'), options).bytes);
    const isRounded = profile.samples.weights[0].values instanceof Float64Array;
    const [before, after] = [computeShares(profile, 'wall'), computeShares(again, 'wall')];
    if (!isRounded) {
      expect(after).toEqual(before);
      expect(again.samples.length).toBe(profile.samples.length);
    }
    for (const [key, [self, total]] of before) {
      expect(after.get(key)?.[0] ?? 0, key).toBeCloseTo(self, 3);
      expect(after.get(key)?.[1] ?? 0, key).toBeCloseTo(total, 3);
    }
    expect(new Set(again.frames.line)).toEqual(new Set(expected.mode & 2 ? profile.frames.line : [NONE]));
    expect(again.facts.duration ?? 0).toBeCloseTo(profile.facts.duration ?? 0, -4);
  });

  test('cut anywhere, it keeps what stands before', () => {
    let before = 0;
    for (let i = 0; i < 6; i++) {
      const length = Math.floor(60 + ((bytes.length - 60) * (i + 0.37)) / 6);
      const { profile, notes } = importProfile(inputOfBytes(bytes.subarray(0, length), 'x'));
      if (expected.version >= 5) expect(notes.length).toBeGreaterThan(0);
      expect(profile.samples.length).toBeGreaterThanOrEqual(before);
      before = profile.samples.length;
    }
    // The end mark has 25 bytes, and nothing stands behind the samples and names.
    if (expected.version < 6) return;
    const whole = importProfile(inputOfBytes(bytes.subarray(0, bytes.length - 25), 'x')).profile;
    expect(whole.samples.length).toBe(expected.samples);
  });

  test('with a changed byte it loses a sample or two', () => {
    if (expected.version < 4) return;
    for (let i = 0; i < 8; i++) {
      const changed = Uint8Array.from(bytes);
      const at = Math.floor(200 + ((bytes.length - 230) * (i + 0.61)) / 8);
      changed[at] ^= 1 << i;
      const { profile, notes } = importProfile(inputOfBytes(changed, 'x'));
      assertValidProfile(profile);
      expect(profile.samples.length, `byte ${at}: ${notes}`).toBeGreaterThanOrEqual(expected.samples - 3);
      expect(profile.samples.length).toBeLessThanOrEqual(expected.samples + 1);
    }
  });

  const hasPcs = expected.version === 0;

  // Addresses of that version have no names to compare.
  if (hasPcs) return;

  test('is the same profile in every layout', () => {
    const file = narrowIds(decodeProf(bytes));
    const expectedProfile = summarize(read(encodeProf({ ...file, layout: UNIX_64, windows: 0 })));
    expect(expectedProfile.samples).toBe(expected.samples);
    // Large files take long, and small ones show the same.
    for (const layout of bytes.length < 100_000 ? LAYOUTS : LAYOUTS.slice(0, 1)) {
      const encoded = encodeProf({ ...file, ...layout });
      expect(summarize(read(layout.windows === 1 ? gzip(encoded) : encoded))).toEqual(expectedProfile);
    }
  });

  if (expected.version === 7) return;

  test('is the same profile in version 7, evenly timed', () => {
    const file = decodeProf(bytes);
    let time = 0;
    const records = file.records.map((record) => {
      if (record.type !== 'sample') return record;
      time += 1e6;
      return { ...record, time };
    });
    const timed = read(encodeProf({ ...file, version: 7, clock: 'after', period: 1000, records }));
    const untimed = read(bytes);
    expect([...computeShares(timed, 'wall').keys()]).toEqual([...computeShares(untimed, 'wall').keys()]);
    if (timed.threads.length === 1)
      expect(computeShares(timed, 'wall')).toEqual(computeShares(untimed, 'wall'));
  });
});

testSample('known truth: foo calls bar, both in machine code', 'vmprof/simple_nested.pypy.prof', (path) => {
  const profile = read(readFile(path));
  const { stacks, frames, samples, functions, strings } = profile;
  // The innermost frame with a name of Python, and how it ran.
  const counts = new Map<string, number>();
  for (let row of samples.stack) {
    while (row !== NONE && functions.kind[frames.function[stacks.frame[row]]] !== 0) row = stacks.parent[row];
    const frame = row === NONE ? NONE : stacks.frame[row];
    const key =
      frame === NONE ? '' : `${strings[functions.name[frames.function[frame]]]} ${frames.tier[frame]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(Object.fromEntries(counts)).toEqual({ 'foo 1': 19, 'bar 1': 101 });
});
