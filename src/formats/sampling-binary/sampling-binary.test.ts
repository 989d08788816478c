import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { NONE, type Profile, SAMPLE_STATES, STATE_HOLDS_GIL, STATE_MASK } from '../../profile/tables.ts';
import { importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { expectReadOrRefused } from '../noise.testing.ts';
import { SAMPLING_BINARY_FORMAT } from './sampling-binary.ts';

const FOLDER = 'fixtures/sampling';

function readFixture(name: string) {
  return importProfile(inputOfBytes(readFileSync(`${FOLDER}/${name}`), 'unnamed'));
}

/** As profiling.sampling writes collapsed stacks, without its own frames, which it leaves out there. */
function collapse(profile: Profile): Record<string, number> {
  const { stacks, frames, functions, strings, samples, threads } = profile;
  const counts: Record<string, number> = {};
  for (let sample = 0; sample < samples.length; sample++) {
    const parts: string[] = [];
    for (let row = samples.stack[sample]; row !== NONE; row = stacks.parent[row]) {
      const frame = stacks.frame[row];
      const func = frames.function[frame];
      const file = functions.file[func] === NONE ? '' : strings[functions.file[func]];
      if (file.endsWith('_sync_coordinator.py')) continue;
      parts.unshift(`${file.replace(/^.*\//, '')}:${strings[functions.name[func]]}:${frames.line[frame]}`);
    }
    const text = [`tid:${threads.tid[samples.thread[sample]]}`, ...parts].join(';');
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

describe('files of profiling.sampling', () => {
  test('stacks, threads and counts are those of its own replay', () => {
    const { profile, notes, format } = readFixture('plain.bin');
    expect(format).toBe(SAMPLING_BINARY_FORMAT);
    expect(notes).toEqual([]);
    const lines = readFileSync(`${FOLDER}/plain.collapsed.txt`, 'utf8').trimEnd().split('\n');
    const expected = lines.map((line) => [line.replace(/ \d+$/, ''), Number(/\d+$/.exec(line)?.[0])]);
    expect(collapse(profile)).toEqual(Object.fromEntries(expected));
  });

  test('times are real, and so is what surrounds them', () => {
    const { profile } = readFixture('plain.bin');
    const [elapsed] = profile.samples.weights;
    expect(elapsed.type).toBe('elapsed');
    // 31 samples of two threads each, 1 ms apart by plan: 31.09 ms by the clock.
    expect(computeFunctionCosts(profile, 'wall').sum).toBeCloseTo(62_188_000, -4);
    expect(new Set(elapsed.values).size).toBeGreaterThan(10);
    expect(profile.facts).toMatchObject({ askedRate: 1000, mode: 'imported' });
    expect(profile.facts.duration).toBeCloseTo(50e6, -6);
    expect(profile.facts.producer).toMatch(/^profiling\.sampling of Python 3\.15\.\d+$/);
    expect(profile.strings[profile.threads.name[1]]).toBe('MainThread');
    expect(profile.frames.column.some((column) => column > 1)).toBe(true);
  });

  test('compressed ones are read, too', () => {
    const { profile, notes } = readFixture('zstd.bin');
    expect(notes).toEqual([]);
    expect(profile.samples.length).toBe(65);
    expect(profile.threads.length).toBe(2);
  });

  test('who held the lock, and what stands for no code', () => {
    const { profile, notes } = readFixture('gil.bin');
    expect(notes).toEqual([]);
    expect(profile.samples.length).toBe(1302);
    expect(profile.samples.state.every((state) => (state & STATE_HOLDS_GIL) !== 0)).toBe(true);
    // Threads that did not hold the lock were left out, so times between samples tell nothing.
    expect(computeFunctionCosts(profile, 'wall').sum).toBe(1302e6);
    const gc = profile.strings.indexOf('<GC>');
    expect(profile.functions.name.includes(gc)).toBe(true);
  });
});

/** A file of few samples: records as bytes, frames as numbers of names, line and column. */
function encode(
  records: readonly number[],
  frames: readonly (readonly number[])[],
  isLittleEndian = true,
): Uint8Array {
  const strings = [4, 0x61, 0x2e, 0x70, 0x79, 1, 0x66, 1, 0x67]; // a.py, f, g
  const body = frames.flatMap(([name, line, column]) => [0, name, line * 2, 0, column * 2, 0, 255]);
  const bytes = new Uint8Array(64 + records.length + strings.length + body.length + 32);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x54414348, isLittleEndian);
  view.setUint32(4, 1, isLittleEndian);
  bytes.set([3, 15, 0], 8);
  const uint64 = (at: number, value: number) => view.setBigUint64(at, BigInt(value), isLittleEndian);
  uint64(20, 1000);
  uint64(40, 64 + records.length);
  uint64(48, 64 + records.length + strings.length);
  view.setUint32(60, 1, isLittleEndian);
  bytes.set(records, 64);
  bytes.set(strings, 64 + records.length);
  bytes.set(body, 64 + records.length + strings.length);
  view.setUint32(bytes.length - 28, frames.length, isLittleEndian);
  return bytes;
}

const thread = (id: number) => [id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const FRAMES = [
  [1, 10, 0],
  [2, 20, 4],
];

function describeStacks(bytes: Uint8Array): { stacks: string[]; times: number[]; states: string[] } {
  const { profile } = importProfile(inputOfBytes(bytes, 'x'));
  const { samples } = profile;
  const stacks = Array.from(samples.stack, (stack) => {
    const parts: string[] = [];
    for (let row = stack; row !== NONE; row = profile.stacks.parent[row]) {
      const frame = profile.stacks.frame[row];
      const name = profile.strings[profile.functions.name[profile.frames.function[frame]]];
      parts.unshift(`${name}${profile.frames.line[frame]}`);
    }
    return parts.join(' ');
  });
  return {
    stacks,
    times: [...samples.time],
    states: Array.from(samples.state, (state) => SAMPLE_STATES[state & STATE_MASK]),
  };
}

test('records of every kind', () => {
  const records = [
    ...[...thread(7), 1, 100, 2, 2, 1, 0], // full: f10 g20, on the CPU
    ...[...thread(7), 0, 2, 100, 8, 100, 0], // repeat: waits for the lock, waits
    ...[...thread(7), 2, 100, 4, 1, 1, 0], // suffix: keeps f10, calls f10
    ...[...thread(7), 3, 100, 2, 1, 2, 1, 1], // pop-push: leaves f10, calls g20, g20
    ...[...thread(7), 3, 100, 2, 3, 0], // leaves all
  ];
  expect(describeStacks(encode(records, FRAMES))).toEqual({
    stacks: ['f10 g20', 'f10 g20', 'f10 g20', 'f10 f10', 'f10 g20 g20', ''],
    times: [1, 2, 3, 4, 5, 6],
    states: ['running', 'waiting-gil', 'waiting', 'unknown', 'running', 'running'],
  });
});

test('files of machines with the other byte order', () => {
  const big = [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0];
  const bytes = encode([...big, 1, 100, 2, 1, 0], FRAMES, false);
  expect(describeStacks(bytes).stacks).toEqual(['f10']);
  expect(importProfile(inputOfBytes(bytes, 'x')).profile.threads.tid[0]).toBe(7);
});

describe('bad files', () => {
  const full = [...thread(7), 1, 100, 2, 1, 0];
  test.each([
    [
      'a frame that is not there',
      [...full, ...thread(7), 1, 100, 2, 1, 9],
      /frame is not in the table.*offset 34/,
    ],
    [
      'more frames kept than there are',
      [...full, ...thread(7), 2, 100, 2, 5, 0],
      /5 frames of 1 are asked for/,
    ],
    ['a record of an unknown kind', [...full, ...thread(7), 9, 1, 1], /no record of kind 9/],
    ['a record that is cut', [...full, ...thread(7), 1], /needed at offset/],
    ['a number without end', [...full, ...thread(7), 0, ...new Array(12).fill(0xff)], /no end/],
    ['more repeats than bytes', [...full, ...thread(7), 0, 0xff, 0xff, 0xff, 0xff, 7], /needed at offset/],
  ])('%s: what comes before is kept', (_, records, message) => {
    const { profile, notes } = importProfile(inputOfBytes(encode(records, FRAMES), 'x'));
    expect(profile.samples.length).toBe(1);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(message);
  });

  const edit = (at: number, ...values: number[]) => {
    const bytes = encode(full, FRAMES);
    bytes.set(values, at);
    return bytes;
  };
  test.each([
    ['another version', edit(4, 2), /its version is 2/],
    ['unknown compression', edit(56, 7), /unknown way \(7\)/],
    ['tables behind the end', edit(47, 1, 0, 0, 0, 0, 0, 0, 0, 2), /before the names/],
    ['tables in the wrong order', edit(48, 1), /its tables are said to be at/],
    ['more frames than there are', edit(encode(full, FRAMES).length - 28, 9), /needed at offset/],
    ['no samples', encode([], FRAMES), /it holds no samples/],
    ['no zstd', edit(56, 1), /the compressed data are damaged/],
    ['a file that is cut', encode(full, FRAMES).subarray(0, 90), /its footer is missing, at offset 90/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => importProfile(inputOfBytes(bytes, 'x'), SAMPLING_BINARY_FORMAT)).toThrow(message);
  });

  test('samples that become a thousand times as many are not unpacked to their end', () => {
    // Blocks of 128 KiB zeros in four bytes each: 2.6 GB in all.
    const blocks = Array.from({ length: 20_000 }, () => [0x02, 0x00, 0x10, 0x00]).flat();
    const bytes = encode([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, ...blocks], FRAMES);
    bytes[56] = 1;
    expect(() => importProfile(inputOfBytes(bytes, 'x'), SAMPLING_BINARY_FORMAT)).toThrow(
      /more than 1000 times/,
    );
  });

  test.each(['plain.bin', 'zstd.bin'])('%s, changed: read, or refused in a sentence', (name) => {
    const whole = readFileSync(`${FOLDER}/${name}`);
    expectReadOrRefused(whole, SAMPLING_BINARY_FORMAT);
  });
});
