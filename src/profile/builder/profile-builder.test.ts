import { describe, expect, test } from 'vitest';
import { NONE, type Profile, type StackIndex, type ThreadIndex } from '../tables.ts';
import { assertValidProfile } from '../valid-profile.testing.ts';
import { ProfileBuilder } from './profile-builder.ts';

function newBuilder(): { builder: ProfileBuilder; thread: ThreadIndex } {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 7, command: 'program', start: 0 });
  return { builder, thread: builder.addThread({ process, tid: 7, start: 0 }) };
}

describe('rows', () => {
  test('the same values give the same row, other values another one', () => {
    const { builder } = newBuilder();
    const f = builder.internFunction({ name: 'f', file: 'a.py', firstLine: 3, kind: 'python' });
    expect(builder.internFunction({ name: 'f', file: 'a.py', firstLine: 3, kind: 'python' })).toBe(f);
    expect(builder.internFunction({ name: 'f', file: 'a.py', firstLine: 3, kind: 'native' })).not.toBe(f);
    expect(builder.internFunction({ name: 'f', file: 'a.py', firstLine: 4, kind: 'python' })).not.toBe(f);
    expect(builder.internFunction({ name: 'f', file: 'a.py', kind: 'python' })).not.toBe(f);

    const mapping = builder.internMapping({ file: '/bin/x', start: 2 ** 46, end: 2 ** 46 + 4096, offset: 0 });
    expect(builder.internMapping({ file: '/bin/x', start: 2 ** 46, end: 2 ** 46 + 4096, offset: 0 })).toBe(
      mapping,
    );
    const frame = builder.internFrame({ function: f, address: 2 ** 46 + 1, mapping, tier: 'native' });
    expect(builder.internFrame({ function: f, address: 2 ** 46 + 1, mapping, tier: 'native' })).toBe(frame);
    expect(
      builder.internFrame({ function: f, address: 2 ** 46 + 1, mapping, tier: 'native', inlineDepth: 1 }),
    ).not.toBe(frame);

    const line = builder.internFrame({ function: f, line: 4 });
    expect(builder.internFrameLine(f, 4)).toBe(line);
    expect(builder.internFrameLine(f, 5)).not.toBe(line);
    expect(builder.internFrame({ function: f, line: 5 })).toBe(builder.internFrameLine(f, 5));
    expect(builder.internFrame({ function: f, line: 4, tier: 'jit' })).not.toBe(line);

    const outer = builder.internStack(NONE, line);
    const inner = builder.internStack(outer, line);
    expect(builder.internStack(outer, line)).toBe(inner);
    expect(inner).not.toBe(outer);
  });

  test('a system name that is the name itself is not kept twice', () => {
    const { builder } = newBuilder();
    const f = builder.internFunction({ name: 'f', systemName: 'f', kind: 'native' });
    expect(builder.functions.systemName[f]).toBe(NONE);
  });

  test('processes and threads of the same number stay apart', () => {
    const { builder, thread } = newBuilder();
    const again = builder.addProcess({ pid: 7, command: 'program', start: 5 });
    expect(again).toBe(1);
    expect(builder.addThread({ process: again, tid: 7, start: 5 })).not.toBe(thread);
  });

  test('rows that do not exist are a bug of the caller', () => {
    const { builder, thread } = newBuilder();
    expect(() => builder.internFrameLine(3 as never, 1)).toThrow(/unknown function/);
    expect(() => builder.internStack(NONE, 0 as never)).toThrow(/unknown rows/);
    expect(() => builder.addSample(0, 1 as ThreadIndex, NONE, 1, 0, 0)).toThrow(/unknown thread/);
    expect(() => builder.addSample(0, thread, 0 as StackIndex, 1, 0, 0)).toThrow(/unknown stack/);
    expect(() => builder.addSampleWeights(0, thread, NONE, 1, [1])).toThrow(/one weight for each column/);
  });
});

describe('samples', () => {
  test('are sorted by time when they came in another order; equal times keep theirs', () => {
    const { builder, thread } = newBuilder();
    for (const [time, weight] of [
      [20, 1],
      [10, 2],
      [20, 3],
      [5, 4],
    ]) {
      builder.addSample(time, thread, NONE, 1, weight, 0);
    }
    const { samples } = builder.build();
    expect([...samples.time]).toEqual([5, 10, 20, 20]);
    expect([...samples.weights[0].values]).toEqual([4, 2, 1, 3]);
  });

  test('sorting leaves the profiles built before as they are', () => {
    const builder = new ProfileBuilder();
    const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
    const thread = builder.addThread({ process, tid: 1, start: 0 });
    const add = (time: number) => builder.addSample(time, thread, -1, time % 3, time * 10, time * 100);
    const list = ({ samples }: Profile) => ({
      time: [...samples.time],
      state: [...samples.state],
      weights: samples.weights.map(({ values }) => [...values]),
    });
    const expected = (times: readonly number[]) => ({
      time: times,
      state: times.map((time) => time % 3),
      weights: [10, 100].map((factor) => times.map((time) => time * factor)),
    });
    for (const time of [5, 3, 4]) add(time);
    expect(builder.samples.isSorted).toBe(false);
    const first = builder.build();
    add(6);
    expect(builder.samples.isSorted).toBe(true);
    const second = builder.build();
    for (const time of [1, 7]) add(time);
    expect(builder.samples.isSorted).toBe(false);
    const third = builder.build();
    for (const time of [9, 0]) add(time);
    expect(list(builder.build())).toEqual(expected([0, 1, 3, 4, 5, 6, 7, 9]));
    expect(list(third)).toEqual(expected([1, 3, 4, 5, 6, 7]));
    expect(list(second)).toEqual(expected([3, 4, 5, 6]));
    expect(list(first)).toEqual(expected([3, 4, 5]));
  });

  test('of more than 65,536 threads keep their threads', () => {
    const { builder } = newBuilder();
    const process = builder.addProcess({ pid: 8, command: 'many', start: 0 });
    for (let tid = 0; tid < 70_000; tid++) {
      const thread = builder.addThread({ process, tid, start: 0 });
      if (tid % 1000 === 0) builder.addSample(tid, thread, NONE, 1, 1, 1);
    }
    const { samples } = builder.build();
    expect(samples.thread[69]).toBe(69_001);
    expect(samples.thread[0]).toBe(1);
  });

  test('beyond the end of the time column keep their order at its last instant', () => {
    const { builder, thread } = newBuilder();
    for (const time of [2 ** 32 - 2, 2 ** 32, 2 ** 33]) builder.addSample(time, thread, NONE, 1, 1, 1);
    expect([...builder.build().samples.time]).toEqual([2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32 - 1]);
  });

  test('take 19 bytes each', () => {
    const { builder, thread } = newBuilder();
    for (let i = 0; i < 100; i++) builder.addSample(i, thread, NONE, 1, 1, 1);
    const { samples } = builder.build();
    const columns = [
      samples.time,
      samples.thread,
      samples.stack,
      samples.state,
      ...samples.weights.map((w) => w.values),
    ];
    expect(columns.reduce((bytes, column) => bytes + column.BYTES_PER_ELEMENT, 0)).toBeLessThan(20);
  });

  test('can have any number of weights, integers or fractions', () => {
    const builder = new ProfileBuilder({
      timeUnit: 1000,
      weights: [
        { type: 'allocated', unit: 'bytes', scale: 1, storage: 'float64' },
        { type: 'objects', unit: 'count', scale: 1, storage: 'uint32' },
        { type: 'share', unit: 'count', scale: 0.5, storage: 'float64' },
      ],
    });
    const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
    const thread = builder.addThread({ process, tid: 1, start: 0 });
    builder.addSampleWeights(0, thread, NONE, 0, [2 ** 40, 3, 0.25]);
    const { weights } = builder.build().samples;
    expect(weights.map((column) => column.values[0])).toEqual([2 ** 40, 3, 0.25]);
    expect(weights.map((column) => column.type)).toEqual(['allocated', 'objects', 'share']);
  });
});

describe('building', () => {
  test('a built profile does not change when the builder goes on, drops samples, or changes rows', () => {
    const { builder, thread } = newBuilder();
    const fill = (count: number) => {
      for (let i = 0; i < count; i++) {
        const f = builder.internFunction({ name: `f${builder.functions.length}`, kind: 'python' });
        const stack = builder.internStack(NONE, builder.internFrameLine(f, 1));
        builder.addSample(i, thread, stack, 1, i, 0);
        builder.addCounter(0 as never, 'resident', i, i);
      }
    };
    fill(50);
    const profile = builder.build();
    const copy = structuredClone(profile);
    fill(5000);
    builder.updateThread(thread, { name: 'new', end: 9 });
    builder.updateProcess(0 as never, { command: 'new', runtime: 'new', end: 9 });
    expect(profile).toEqual(copy);
    builder.dropSamples();
    fill(10);
    expect(profile).toEqual(copy);
    expect(builder.sampleCount).toBe(10);
    assertValidProfile(builder.build());
  });

  test('facts are merged key by key', () => {
    const { builder } = newBuilder();
    builder.mergeFacts({ rounds: 1, lostSamples: { torn: 1 } });
    builder.mergeFacts({ lostSamples: { gone: 2 }, exit: 0 });
    expect(builder.build().facts).toEqual({ rounds: 1, lostSamples: { gone: 2 }, exit: 0 });
  });

  test('an empty builder makes an empty, valid profile', () => {
    const profile = new ProfileBuilder().build();
    assertValidProfile(profile);
    expect(profile.samples.length).toBe(0);
    expect(profile.samples.weights.map(({ type, unit, scale }) => [type, unit, scale])).toEqual([
      ['elapsed', 'nanoseconds', 100_000],
      ['cpu', 'nanoseconds', 100_000],
    ]);
  });
});
