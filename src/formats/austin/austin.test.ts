import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { FUNCTION_KINDS, NONE, type Profile, SAMPLE_STATES } from '../../profile/tables.ts';
import { computeShares } from '../conformance.testing.ts';
import { detectFormat, importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { expectReadOrRefused } from '../noise.testing.ts';
import { AUSTIN_FORMAT } from './austin-text.ts';
import { MOJO_FORMAT } from './mojo.ts';

const FOLDER = 'fixtures/austin';

function readFixture(name: string) {
  return importProfile(inputOfBytes(readFileSync(`${FOLDER}/${name}`), 'unnamed'));
}

function readText(text: string) {
  return importProfile(inputOfBytes(new TextEncoder().encode(text), 'x'));
}

function sumWeight(profile: Profile, type: string): number {
  const column = profile.samples.weights.find((candidate) => candidate.type === type);
  return column === undefined ? Number.NaN : Float64Array.from(column.values).reduce(add, 0) * column.scale;
}

function add(sum: number, value: number): number {
  return sum + value;
}

/** Own time by name of function, in milliseconds. */
function listSelf(profile: Profile): Record<string, number> {
  const costs = computeFunctionCosts(profile, 'wall');
  const list: Record<string, number> = {};
  for (let row = 0; row < costs.length; row++) {
    const name = profile.strings[profile.functions.name[row]];
    list[name] = (list[name] ?? 0) + Math.round(costs.self[row] / 1000) / 1000;
  }
  return list;
}

/** Outermost first, with lines. */
function describeStack(profile: Profile, sample: number): string {
  const { stacks, frames, functions, strings, samples } = profile;
  const parts: string[] = [];
  for (let row = samples.stack[sample]; row !== NONE; row = stacks.parent[row]) {
    const frame = stacks.frame[row];
    const line = frames.line[frame];
    parts.unshift(`${strings[functions.name[frames.function[frame]]]}${line === NONE ? '' : `:${line}`}`);
  }
  return parts.join(' ');
}

test('the alternative format of austin 1 has lines behind the files', () => {
  const { profile, format, notes } = readText(
    'Thread 55e9;<module> (fib.py:8);run (C:\\a b\\x.py:7) 5077\nProcess 7;Thread 55ea;<module> (fib.py:9) 3\nThread 55e9 9\n',
  );
  expect(format).toBe(AUSTIN_FORMAT);
  expect(notes).toEqual([]);
  expect([0, 1, 2].map((sample) => describeStack(profile, sample)).sort()).toEqual([
    '',
    '<module>:8 run:7',
    '<module>:9',
  ]);
  expect(profile.strings).toContain('C:\\a b\\x.py');
  expect(sumWeight(profile, 'elapsed')).toBe(5_089_000);
  expect(profile.threads.length).toBe(2);
});

describe('files of austin', () => {
  test.each([
    ['austin-1.0-wall.txt', 'elapsed'],
    ['austin-1.0-full.txt', 'elapsed'],
    ['austin-3.7-wall.txt', 'elapsed'],
    ['austin-3.7-cpu.txt', 'cpu'],
    ['austin-3.7-memory.txt', 'allocated'],
    ['austin-3.7-full.txt', 'elapsed'],
    ['austin-4.0-wall.txt', 'elapsed'],
  ])('%s: every line is read', (name, weight) => {
    const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const { profile, notes, format } = readFixture(name);
    expect(format).toBe(AUSTIN_FORMAT);
    expect(notes).toEqual([]);
    expect(profile.samples.length).toBe(lines.length);
    expect(profile.samples.weights[0].type).toBe(weight);
    const last = (line: string) => Number(/ (-?\d+)(?:,[01],-?\d+| -?\d+ -?\d+)?$/.exec(line)?.[1]);
    const sum = lines.reduce((total, line) => total + Math.max(0, last(line)), 0);
    expect(sumWeight(profile, weight)).toBe(sum * (weight === 'allocated' ? 1 : 1000));
    expect(profile.threads.length).toBe(weight === 'allocated' ? 1 : 2);
    expect(Object.keys(listSelf(profile))).toContain('main');
  });

  // The numbers are those that austin's own reader gives.
  test.each([
    ['austin-3.7-wall.mojo', 69, 714_502, Number.NaN, 'worker', 301.47],
    ['austin-4.0-wall.mojo', 53, 622_714, Number.NaN, 'allocate', 87.761],
    ['austin-4.0-full.mojo', 54, 620_068, 12_480_512, 'Parser.parse', undefined],
  ])('%s: samples, times and memory', (name, samples, time, memory, leaf, milliseconds) => {
    const { profile, notes, format } = readFixture(name);
    expect(format).toBe(MOJO_FORMAT);
    expect(notes).toEqual([]);
    expect(profile.samples.length).toBe(samples);
    expect(sumWeight(profile, 'elapsed')).toBe(time * 1000);
    expect(sumWeight(profile, 'allocated') - sumWeight(profile, 'released')).toBe(memory);
    if (milliseconds !== undefined) expect(listSelf(profile)[leaf]).toBe(milliseconds);
  });

  test.each([
    'austin-3.7-cpu.mojo',
    'austin-3.7-memory.mojo',
    'austin-4.0-cpu.mojo',
    'austin-4.0-memory.mojo',
  ])('%s is read', (name) => {
    const { profile, notes } = readFixture(name);
    expect(notes).toEqual([]);
    expect(profile.samples.weights[0].type).toBe(name.includes('cpu') ? 'cpu' : 'allocated');
    expect(profile.samples.length).toBeGreaterThan(5);
  });

  test('MOJO and the text made of it are the same profile', () => {
    const mojo = readFixture('austin-4.0-wall.mojo').profile;
    const text = readFixture('austin-4.0-wall.txt').profile;
    expect(computeShares(text, 'wall')).toEqual(computeShares(mojo, 'wall'));
    expect(text.samples.time).toEqual(mojo.samples.time);
    expect(text.threads.tid).toEqual(mojo.threads.tid);
    expect(text.processes.pid).toEqual(mojo.processes.pid);
    for (const sample of [0, 20, 40, 52])
      expect(describeStack(text, sample)).toBe(describeStack(mojo, sample));
  });

  test('what stands around the samples is kept', () => {
    const { profile } = readFixture('austin-4.0-full.mojo');
    expect(profile.facts).toMatchObject({ producer: 'austin 4.0.0', askedRate: 100, mode: 'imported' });
    expect(profile.facts.duration).toBeGreaterThan(2e8);
    expect(profile.strings[profile.processes.runtime[0]]).toMatch(/^CPython 3\.14/);
    const kinds = Array.from(profile.functions.kind, (kind) => FUNCTION_KINDS[kind]);
    expect(kinds).toContain('gc');
    const idle = profile.samples.state.filter((state) => SAMPLE_STATES[state] === 'waiting').length;
    expect(idle).toBe(19);
    // As reported by the sampler: changes of resident memory, summed up.
    expect(profile.counters.length).toBeGreaterThan(3);
    expect(profile.counters.value[profile.counters.length - 1]).toBe(12_480_512);
    expect(profile.frames.column.some((column) => column > 0)).toBe(true);
  });
});

describe('text', () => {
  test('samples of processes, threads, interpreters, and marks', () => {
    const { profile, notes } = readText(`# austin: 3.7.0
# interval: 1000
# mode: wall

P7;T0:70;a.py:main:3;a b.py:load <x>:4 1000
P7;T1:70;a.py:main:3;:GC: 500
P7;T0x7f12345678;a.py:main:3;kernel:do_read:0;/lib/libc.so:read:12 200
P8;T0:71 300

# duration: 2000
`);
    expect(notes).toEqual([]);
    expect([0, 1, 2, 3].map((row) => describeStack(profile, row)).sort()).toEqual([
      '',
      'main:3 GC',
      'main:3 do_read read:12',
      'main:3 load <x>:4',
    ]);
    expect(profile.processes.length).toBe(2);
    const names = Array.from(profile.threads.name, (name) => (name === NONE ? '' : profile.strings[name]));
    expect(names).toEqual(['', 'interpreter 1', 'thread 0x7f12345678', '']);
    expect(Array.from(profile.threads.tid)).toEqual([70, 70, 0, 71]);
    expect(profile.facts.duration).toBe(2e6);
  });

  test('lines that are none are counted, and the first one is told', () => {
    const { profile, notes } = readText('P7;T0:1;a:b:1 10\nP7;T0:1;a:b:1 10,1,5\nwhat\nP7;T0:1;a:b:1 5\n');
    expect(profile.samples.length).toBe(2);
    expect(notes).toEqual([
      '2 lines are no samples and were left out, the first of them line 2: P7;T0:1;a:b:1 10,1,5',
    ]);
  });

  test('files without samples are refused', () => {
    expect(() => readText('# austin: 3.7.0\n# mode: wall\n')).toThrow(/holds no samples of austin/);
    expect(() => readText('# austin: 3.7.0\nwhat\n')).toThrow(/it has line 2: what/);
  });

  test('memory that goes down is released', () => {
    const { profile } = readText('# mode: memory\nP1;T0:1;a:b:1 100\nP1;T0:1;a:b:2 -40\n');
    expect(sumWeight(profile, 'allocated')).toBe(100);
    expect(sumWeight(profile, 'released')).toBe(40);
  });

  test('other collapsed stacks are not taken for it', () => {
    const detect = (text: string) => detectFormat(inputOfBytes(new TextEncoder().encode(text), 'x'))?.name;
    expect(detect('main;load 3\n')).toBe('collapsed');
    expect(detect('Thread 12;load 3\n')).toBe('collapsed');
    expect(detect('P1;T0:2;a:b:1 3\n')).toBe('austin');
    expect(detect('Process 12;Thread 7f12;main (app.py);L12 3\n')).toBe('austin');
  });
});

describe('MOJO, byte by byte', () => {
  const header = [0x4d, 0x4f, 0x4a, 3];
  const text = (value: string) => [...new TextEncoder().encode(value), 0];
  const stack = [2, 7, 0, ...text('46')];
  const names = [11, 10, ...text('a.py'), 11, 11, ...text('main')];
  const frame = [3, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 10, 11, 12, 12, 1, 9];
  const reference = [5, ...frame.slice(1, 10)];
  const read = (...events: (readonly number[])[]) =>
    importProfile(inputOfBytes(Uint8Array.from([header, ...events].flat()), 'x'));

  test('keys of 64 bits stay apart', () => {
    const other = [3, 0x82, ...frame.slice(2, 10), 11, ...frame.slice(11)];
    const { profile } = read(stack, names, frame, other, reference, [5, ...other.slice(1, 10)], [9, 100]);
    expect(describeStack(profile, 0)).toBe('main:12 main:12');
    expect(Array.from(profile.frames.column)).toEqual([1, 1]);
  });

  test('a sample may go on from the last one of its thread, without native frames', () => {
    const native = [11, 12, ...text('/lib/libc.so'), 3, 5, 12, 11, 1, 0, 0, 0];
    const { profile } = read(
      stack,
      names,
      frame,
      native,
      [...reference, 5, 5, 9, 100],
      [...stack, 13, ...reference, 9, 1],
    );
    expect(describeStack(profile, 0)).toBe('main:12 main:1');
    expect(describeStack(profile, 1)).toBe('main:12 main:12');
  });

  test('frames of waiting tasks are none of the thread, and told', () => {
    const { profile, notes } = read(stack, names, frame, [14, 1, 0, 1], reference, [9, 100]);
    expect(describeStack(profile, 0)).toBe('');
    expect(notes[0]).toContain('1 reports');
  });

  test.each([
    ['an unknown event', [...stack, 99], /no event 99/],
    ['a frame before its stack', frame, /belongs to no sample/],
    ['a reference to nothing', [...stack, 5, 1], /never sent/],
    ['a number without end', [2, ...new Array(20).fill(0xff)], /no end/],
    ['a text without end', [1, 65, 66], /ends within a text/],
    ['nothing', [], /holds no samples/],
  ])('%s is refused', (_, events, message) => {
    expect(() => read(events)).toThrow(message);
  });

  test('all samples before the damage are kept', () => {
    const whole = readFileSync(`${FOLDER}/austin-4.0-wall.mojo`);
    for (let length = 1000; length < whole.length; length += 97) {
      const { profile, notes } = importProfile(inputOfBytes(whole.subarray(0, length), 'x'));
      expect(profile.samples.length).toBeGreaterThan(0);
      for (const note of notes) expect(note).toMatch(/^The file is damaged: .* offset \d+/);
    }
  });
});

describe('changed files are read, or refused in a sentence', () => {
  test.each(['austin-3.7-full.txt', 'austin-1.0-full.txt', 'austin-4.0-full.mojo'])('%s', (name) => {
    const whole = readFileSync(`${FOLDER}/${name}`).subarray(0, 4000);
    const format = name.endsWith('.mojo') ? MOJO_FORMAT : AUSTIN_FORMAT;
    expectReadOrRefused(whole, format);
  });
});
