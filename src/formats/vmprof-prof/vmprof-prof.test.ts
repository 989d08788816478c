import { expect, test } from 'vitest';
import { createDice } from '../../base/random.testing.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { formatFrame, formatStack, getStackFrames } from '../../profile/stack-text.ts';
import { FRAME_TIERS, NONE, type Profile, type StackIndex } from '../../profile/tables.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import { detectFormat, importProfile } from '../formats.ts';
import { gzip } from '../gzip.ts';
import { inputOfBytes } from '../input.ts';
import {
  encodeProf,
  OLD_WINDOWS_64,
  type ProfFile,
  type ProfRecord,
  UNIX_32,
  UNIX_64,
  WINDOWS_64,
} from './prof-encoder.testing.ts';

const START = 1_700_000_000_250_000;

function read(bytes: Uint8Array) {
  const result = importProfile(inputOfBytes(bytes, 'unnamed'));
  assertValidProfile(result.profile);
  expect(result.format.name).toBe('prof');
  return result;
}

function name(id: number, text: string, isNative = false): ProfRecord {
  return { type: 'name', id: BigInt(id), text, isNative };
}

function sample(entries: readonly number[], more: object = {}): ProfRecord {
  return { type: 'sample', entries: entries.map(BigInt), thread: 5n, ...more };
}

/** Words of 64 bits. */
function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(new BigUint64Array(values.map(BigInt)).buffer);
}

/** The stacks of the samples, as text. */
function listStacks(profile: Profile): string[] {
  return Array.from(profile.samples.stack, (stack) => formatStack(profile, stack as StackIndex));
}

/** The frames of a sample with their places and tiers, the outermost first. */
function describeStack(profile: Profile, row: number): string[] {
  return getStackFrames(profile, profile.samples.stack[row] as StackIndex).map(
    (frame) => `${formatFrame(profile, frame)} ${FRAME_TIERS[profile.frames.tier[frame]]}`,
  );
}

const MAIN = name(0x100, 'py:main:3:/app/a.py');
const LEAF = name(0x200, 'py:leaf:9:/app/a.py');
const RUN = { startTime: START, endTime: START + 2_000_000 };

const PLAIN: ProfFile = {
  ...RUN,
  meta: [
    ['os', 'linux'],
    ['bits', '64'],
  ],
  records: [MAIN, sample([0x100]), sample([0x200, 0x100], { thread: 6n }), LEAF, sample([0x200, 0x100])],
};

test('samples are equal parts of the time from start to end, whatever the period says', () => {
  const { profile, notes } = read(encodeProf({ ...PLAIN, period: 100 }));
  expect(notes).toEqual([]);
  expect(listStacks(profile)).toEqual(['main', 'main;leaf', 'main;leaf']);
  expect([...profile.threads.tid]).toEqual([5, 6]);
  expect(computeFunctionCosts(profile, 'wall').sum).toBeCloseTo(2e9, 0);
  expect(profile.facts).toMatchObject({
    startedAt: START / 1000,
    duration: 2e9,
    askedRate: 10_000,
    realRate: 1.5,
    host: 'linux, 64-bit',
    mode: 'imported',
  });
  expect(profile.samples.time.map((time) => time * profile.timeUnit)[1] / 1e9).toBeCloseTo(2 / 3, 5);
});

test.each([
  ['32-bit', { layout: UNIX_32 }],
  ['64-bit Windows', { layout: WINDOWS_64, windows: 1 }],
  ['64-bit Windows, while its header did not tell', { layout: WINDOWS_64 }],
  ['64-bit Windows with padding', { layout: OLD_WINDOWS_64 }],
  ['big-endian 64-bit', { layout: { ...UNIX_64, isLittleEndian: false } }],
  ['big-endian 32-bit', { layout: { ...UNIX_32, isLittleEndian: false } }],
])('the layout is found: %s', (_, variant) => {
  const expected = read(encodeProf(PLAIN)).profile;
  const bytes = encodeProf({ ...PLAIN, ...variant });
  for (const file of [bytes, gzip(bytes)]) expect(read(file).profile).toEqual(expected);
});

test('compressed files that are cut are read as far as they go', () => {
  const records = Array.from({ length: 3000 }, (_, i) =>
    sample([0x200, 0x100], { thread: BigInt(i * 7919) }),
  );
  const compressed = gzip(encodeProf({ ...PLAIN, records: [MAIN, ...records] }));
  const { profile, notes } = read(compressed.slice(0, compressed.length - 400));
  expect(profile.samples.length).toBeGreaterThan(1000);
  expect(notes[0]).toMatch(/^The file is compressed and .* What can be read is shown/);
});

test('a small compressed file that is cut is known all the same', () => {
  const compressed = gzip(encodeProf(PLAIN));
  const { profile, notes } = read(compressed.slice(0, compressed.length - 12));
  expect(profile.functions.length).toBeGreaterThan(0);
  expect(notes.length).toBeGreaterThan(0);
});

test("gaps between profiles of a file are nobody's time", () => {
  const records = [MAIN, sample([0x100], { time: 7e9 }), sample([0x100], { time: 7.01e9 })];
  const file = { ...PLAIN, version: 7, clock: 'after', records } as const;
  const second = { ...file, startTime: START + 10_000_000, endTime: START + 11_000_000 };
  const { profile } = read(Uint8Array.from([...encodeProf(file), ...encodeProf(second)]));
  expect(computeFunctionCosts(profile, 'cpu').sum).toBe(2 * (1e6 + 10e6));
});

test('several profiles in a file follow one another', () => {
  const second = { ...PLAIN, startTime: START + 10_000_000, endTime: START + 11_000_000 };
  const { profile, notes } = read(Uint8Array.from([...encodeProf(PLAIN), ...encodeProf(second)]));
  expect(notes).toEqual([]);
  expect(profile.samples.length).toBe(6);
  expect(profile.threads.length).toBe(2);
  expect(profile.samples.time[3] * profile.timeUnit).toBeCloseTo(10e9, -4);
  expect(computeFunctionCosts(profile, 'wall').sum).toBeCloseTo(3e9, 0);
  expect(profile.facts.duration).toBe(11e9);
});

test('versions without times count samples', () => {
  for (const version of [1, 2, 3, 4]) {
    const records = version === 3 ? [MAIN, sample([0x100], { memory: 2048 })] : [MAIN, sample([0x100])];
    const { profile, notes } = read(encodeProf({ version, records }));
    expect(notes).toEqual([]);
    expect(profile.samples.weights).toMatchObject([{ type: 'samples', unit: 'count' }]);
    expect(profile.facts.duration).toBeUndefined();
    expect([...profile.counters.value]).toEqual(version === 3 ? [2048 * 1024] : []);
  }
});

test('lines are those of the frames, and odd ones are no native code', () => {
  const records = [MAIN, LEAF, sample([0, 0x301, 11, 0x200, 4, 0x100]), name(0x301, 'n:memcpy:0:-', true)];
  const { profile } = read(encodeProf({ ...RUN, mode: 6, records }));
  expect(describeStack(profile, 0)).toEqual([
    'main (/app/a.py:4) interpreted',
    'leaf (/app/a.py:11) interpreted',
    'memcpy native',
  ]);
});

test("PyPy's tags become tiers, and the interpreter frame that a loop was entered from counts once", () => {
  const records = [
    MAIN,
    LEAF,
    sample([7, 0x7001, 6, 0x9000, 3, 0x200, 3, 0x100, 1, 0x100, 1, 0x300]),
    sample([5, 0, 2, 0x200, 4, 0x100]),
    name(0x300, 'py:start:1:C;\\a.py'),
    name(0x7001, 'n:read:0:-', true),
  ];
  const { profile } = read(encodeProf({ ...RUN, mode: 12, interpreter: 'pypy', records }));
  expect(describeStack(profile, 0)).toEqual([
    'start (C:\\a.py) interpreted',
    'main (/app/a.py) jit',
    'leaf (/app/a.py) jit',
    'read native',
  ]);
  expect(profile.frames.address).toContain(0x9000);
  expect(describeStack(profile, 1)).toEqual([
    'main (/app/a.py) jit',
    'leaf (/app/a.py) interpreted',
    '(garbage collection) gc',
  ]);
});

test('version 2 of PyPy has tags though nothing says so', () => {
  const { profile } = read(
    encodeProf({ version: 2, interpreter: 'pypy', records: [MAIN, sample([1, 0x100])] }),
  );
  expect(listStacks(profile)).toEqual(['main']);
});

test('names: of Python rather than native ones, with colons, the last of several, none at all', () => {
  const records = [
    name(0x100, 'py:std::run:7:c:\\Users\\a.py'),
    name(0x200, 'n:<native symbol 0x200>:0:-', true),
    name(0x200, 'py:old:1:a.py'),
    name(0x200, 'py:new:1:a.py'),
    name(0x200, 'n:other:0:-', true),
    name(0, 'n:zero:0:-', true),
    { type: 'name', id: -62n, text: 'n:line:0:-' } as const,
    name(0x500, 'no fields'),
    sample([0x300, 0x500, 0x200, 0x100]),
  ];
  const { profile } = read(encodeProf({ ...RUN, records }));
  expect(listStacks(profile)).toEqual(['std::run;new;no fields;<unknown 0x300>']);
  expect(profile.strings).toContain('c:\\Users\\a.py');
  expect(profile.facts.notes?.['ids with several names']).toMatch(/^1;/);
});

test('old stacks of program counters: doubled first one, ids by their top byte, machine code, libraries', () => {
  const id = (value: number) => 0x7700_0000_0000_0000n + BigInt(value);
  const entries = [0x1010n, 0x1010n, 0x9999n, 2n, id(8), 3n, id(8), 0x2030n, id(4), 0n];
  const maps =
    '00001000-00002000 r-xp 00000500 08:01 99  /lib/libc.so\n00002000-3000 r-xp 0 0:0 1 /bin/pypy\n';
  const file = encodeProf({
    version: 0,
    interpreter: 'pypy',
    maps,
    records: [
      { type: 'name', id: id(8), text: 'py:loop:1:a.py' },
      { type: 'name', id: id(4), text: 'py:main:1:a.py' },
      { type: 'sample', entries },
    ],
  });
  const { profile, notes } = read(file);
  expect(notes).toEqual([]);
  expect(describeStack(profile, 0)).toEqual([
    'main (a.py) interpreted',
    'pypy+0x30 (/bin/pypy) native',
    'loop (a.py) jit',
    'libc.so+0x510 (/lib/libc.so) native',
  ]);
  expect(profile.frames.address).toContain(0x9999);
  expect(profile.mappings.length).toBe(2);
});

test('counted stacks of gperftools, before there were versions', () => {
  const words = [0, 3, 0, 10_000, 0, 5, 2, 0x1010, 0x2020, 300, 1, 0x2020, 0, 1, 0];
  const bytes = new Uint8Array(new BigUint64Array(words.map(BigInt)).buffer);
  const text = new TextEncoder().encode('1000-2000 r-xp 00000000 08:01 99  /lib/libc.so\n');
  const { profile, notes } = read(Uint8Array.from([...bytes, ...text]));
  expect(notes).toEqual([]);
  expect([...profile.samples.weights[0].values]).toEqual([5, 300]);
  expect(listStacks(profile)[0]).toBe('<unknown 0x2020>;libc.so+0x10');
});

test('a memory word that is missing, or one too many, does not break what follows', () => {
  const missing = [
    MAIN,
    sample([0x100], { memory: 4096 }),
    sample([0x100]),
    sample([0x100], { memory: 8192 }),
  ];
  const first = read(encodeProf({ ...RUN, mode: 1, records: missing }));
  expect(first.notes).toEqual([]);
  expect(first.profile.samples.length).toBe(3);
  expect([...first.profile.counters.value]).toEqual([4096 * 1024, 8192 * 1024]);
  const extra = [MAIN, sample([0x100]), sample([0x100], { memory: 4096 }), sample([0x100])];
  const second = read(encodeProf({ ...RUN, records: extra }));
  expect(second.notes).toEqual([]);
  expect(second.profile.samples.length).toBe(3);
  expect(second.profile.counters.length).toBe(0);
});

test('version 7 with CPU time: each sample weighs the time since the one before', () => {
  const times = [5e9, 5.004e9, 5.012e9, 9e9];
  const records = [MAIN, LEAF, ...times.map((time, i) => sample([i === 1 ? 0x200 : 0x100], { time }))];
  const { profile } = read(encodeProf({ ...RUN, version: 7, clock: 'after', records }));
  const [elapsed, cpu] = profile.samples.weights;
  expect(cpu.type).toBe('cpu');
  // The first counts a period, and no gap counts more than a second.
  expect(Array.from(cpu.values, (value) => value * cpu.scale)).toEqual([1e6, 4e6, 8e6, 1e9]);
  expect(Array.from(elapsed.values).reduce((sum, value) => sum + value, 0) * elapsed.scale).toBeCloseTo(
    2e9,
    0,
  );
  expect(profile.samples.time[3] * profile.timeUnit).toBe(4e9);
});

test('version 7 in real time: the gaps are those of each thread, in order of time', () => {
  const at = (thread: bigint, time: number) => sample([0x100], { thread, time });
  const records = [MAIN, at(1n, 20e6), at(1n, 10e6), at(2n, 15e6), at(2n, 18e6)];
  const { profile } = read(encodeProf({ ...RUN, mode: 16, version: 7, clock: 'after', records }));
  const [elapsed] = profile.samples.weights;
  expect(profile.samples.weights.length).toBe(1);
  expect(Array.from(elapsed.values, (value) => value * elapsed.scale)).toEqual([1e6, 1e6, 3e6, 10e6]);
});

test('version 7 of two forks: a double in the place of the count', () => {
  const inSeconds = {
    version: 7,
    clock: 'seconds',
    meta: [['start_time_offset', '450.5']],
    records: [MAIN, sample([0x100], { time: 451e9 }), sample([0x100], { time: 452e9 })],
  } as const;
  const inNanoseconds = { ...inSeconds, clock: 'nanoseconds', meta: [] } as const;
  for (const layout of [UNIX_64, UNIX_32]) {
    const first = read(encodeProf({ ...RUN, ...inSeconds, layout })).profile;
    expect(Array.from(first.samples.time, (time) => time * first.timeUnit)).toEqual([0.5e9, 1.5e9]);
    const second = read(encodeProf({ ...RUN, ...inNanoseconds, layout })).profile;
    expect(Array.from(second.samples.time, (time) => time * second.timeUnit)).toEqual([0, 1e9]);
  }
});

test('samples of allocations weigh bytes', () => {
  const objects = new Uint8Array(1 + 8 + 8 + 16);
  objects[0] = 0x0a;
  objects[9] = 2;
  const records: ProfRecord[] = [
    MAIN,
    sample([1, 0x100], { isAllocation: true, time: 2e9 }),
    { type: 'bytes', bytes: objects },
  ];
  const meta = [
    ['start_time_offset', '1'],
    ['sample_allocated_bytes', '524288'],
  ] as const;
  const { profile, notes } = read(
    encodeProf({
      ...RUN,
      version: 7,
      mode: 8,
      interpreter: 'pypy',
      clock: 'seconds',
      period: 0,
      meta,
      records,
    }),
  );
  expect(notes).toEqual([]);
  expect(profile.samples.weights).toMatchObject([{ type: 'allocated', unit: 'bytes', scale: 524288 }]);
  expect(profile.facts.notes?.['objects told of, not shown']).toBe('2');
});

test('versions that are not known yet are refused by their number', () => {
  expect(() => read(encodeProf({ ...PLAIN, version: 8 }))).toThrow(/version 8 .* reads up to 7/);
});

test('damage is passed over, and told with its place', () => {
  const junk: ProfRecord = { type: 'bytes', bytes: new Uint8Array(50).fill(0xee) };
  const records = [MAIN, LEAF, sample([0x100]), junk, sample([0x200, 0x100]), sample([0x200, 0x100])];
  const clean = encodeProf({ ...RUN, records: records.slice(0, 3), isCut: true });
  const { profile, notes } = read(encodeProf({ ...RUN, records }));
  expect(listStacks(profile)).toEqual(['main', 'main;leaf', 'main;leaf']);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(
    new RegExp(`damaged at byte ${clean.length} \\(no record begins with the byte ee.*50 bytes are lost`),
  );
});

test('behind damage, tags and ids of stacks are no header of another profile', () => {
  // 3, an id and 1 read as the words 0, 3, 0, id, 0 of a header, four bytes each, from the middle of the word before.
  const stack = sample([1, 0x100, 3, 0x200, 1, 0x100]);
  const junk: ProfRecord = { type: 'bytes', bytes: new Uint8Array(300).fill(0xee) };
  const file: ProfFile = {
    ...RUN,
    mode: 8,
    interpreter: 'pypy',
    records: [MAIN, LEAF, stack, junk, { type: 'bytes', bytes: words(0x200, 3, 0x200, 1, 0x100, 5) }, stack],
  };
  const one = encodeProf(file);
  const { profile, notes } = read(one);
  expect(profile.samples.length).toBe(2);
  expect(notes).toHaveLength(1);
  // One that is there is found all the same, of whatever layout.
  for (const layout of [UNIX_64, UNIX_32]) {
    const other = encodeProf({ ...PLAIN, layout });
    const both = read(Uint8Array.from([...one.subarray(0, one.length - 30), ...junk.bytes, ...other]));
    expect(both.profile.samples.length).toBeGreaterThanOrEqual(4);
  }
});

test('one byte is lost in the singular', () => {
  const stray: ProfRecord = { type: 'bytes', bytes: Uint8Array.of(0xee) };
  const { notes } = read(encodeProf({ ...RUN, records: [MAIN, sample([0x100]), stray, sample([0x100])] }));
  expect(notes[0]).toContain('; 1 byte is lost)');
  const tail = read(encodeProf({ ...RUN, records: [MAIN, sample([0x100]), stray], isCut: true })).notes;
  expect(tail[0]).toContain('The last byte is lost.');
});

test('cut at every byte: all complete samples are kept, and a sentence tells of the cut', () => {
  for (const layout of [UNIX_64, UNIX_32, { ...UNIX_64, isLittleEndian: false }]) {
    const whole = encodeProf({ ...PLAIN, layout });
    // Behind each sample.
    const ends = PLAIN.records.flatMap((record, i) => {
      if (record.type !== 'sample') return [];
      return [encodeProf({ ...PLAIN, layout, records: PLAIN.records.slice(0, i + 1), isCut: true }).length];
    });
    expect(ends).toHaveLength(3);
    for (let length = layout.wordSize * 5 + 14; length < whole.length; length++) {
      const { profile, notes } = read(whole.subarray(0, length));
      expect(profile.samples.length).toBe(ends.filter((end) => end <= length).length);
      expect(notes.at(-1)).toContain('has no end');
    }
  }
});

test('cut within the first samples, a file whose header does not tell its layout is read right', () => {
  // Small numbers, as tags are, look like markers where a wrong layout expects one.
  const random = createDice(3);
  const stacks = Array.from({ length: 6 }, () =>
    Array.from({ length: 2 + 2 * random(5) }, (_, i) =>
      i % 2 === 0 ? 1 + random(7) : 0x100 * (1 + random(9)),
    ),
  );
  for (const base of [UNIX_32, WINDOWS_64, OLD_WINDOWS_64]) {
    for (const layout of [base, { ...base, isLittleEndian: false }]) {
      const file: ProfFile = {
        ...RUN,
        layout,
        mode: 8,
        interpreter: 'pypy',
        records: stacks.map((stack) => sample(stack)),
      };
      const ends = stacks.map(
        (_, i) => encodeProf({ ...file, records: file.records.slice(0, i + 1), isCut: true }).length,
      );
      const whole = encodeProf(file);
      for (let length = ends[0]; length < whole.length; length++) {
        const { profile } = read(whole.subarray(0, length));
        expect(profile.samples.length, `${length}`).toBe(ends.filter((end) => end <= length).length);
      }
    }
  }
});

test('damaged before its first sample, a file whose header does not tell its layout is read right', () => {
  const junk: ProfRecord = { type: 'bytes', bytes: new Uint8Array(20).fill(0xee) };
  const samples = Array.from({ length: 9 }, (_, i) => sample([0x200, 0x100, 0x300 + 0x100 * i]));
  for (const layout of [UNIX_32, WINDOWS_64, OLD_WINDOWS_64]) {
    const { profile, notes } = read(encodeProf({ ...RUN, layout, records: [MAIN, junk, LEAF, ...samples] }));
    expect(profile.samples.length).toBe(9);
    expect(notes).toHaveLength(1);
  }
});

test('what cannot be a profile is refused in a sentence', () => {
  expect(detectFormat(inputOfBytes(new Uint8Array(64), 'x.prof'))).toBeUndefined();
  expect(() => importProfile(inputOfBytes(new Uint8Array(64), 'x.prof'))).toThrow(
    /does not begin with the words 0, 3, 0/,
  );
  const words = encodeProf({ records: [], isCut: true, version: 0, interpreter: '' });
  const noise = Uint8Array.from([...words, ...new Uint8Array(200).fill(0xf7)]);
  expect(() => importProfile(inputOfBytes(noise, 'x'))).toThrow(/holds nothing that can be read.*byte 40/);
});

test('lengths that no file can have cost neither time nor memory', () => {
  for (const depth of [2 ** 31 - 1, 2 ** 20, -1]) {
    const bytes = encodeProf(PLAIN);
    const view = new DataView(bytes.buffer);
    const at = bytes.lastIndexOf(1, bytes.length - 60);
    view.setInt32(at + 8, depth, true);
    expect(() => importProfile(inputOfBytes(bytes, 'x'))).not.toThrow();
  }
});

test('stacks with an empty stack keep their samples', () => {
  const { profile } = read(encodeProf({ ...RUN, records: [sample([]), MAIN, sample([0x100])] }));
  expect(profile.samples.stack[0]).toBe(NONE);
  expect(profile.samples.length).toBe(2);
});
