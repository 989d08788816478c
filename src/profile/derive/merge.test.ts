import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { ProfileBuilder } from '../builder/profile-builder.ts';
import { computeFunctionCosts } from '../costs/function-costs.ts';
import { builderFromText, profileFromText } from '../profile-text.testing.ts';
import { formatStack } from '../stack-text.ts';
import { NONE, type ProcessIndex, type Profile, type StackIndex } from '../tables.ts';
import { assertValidProfile } from '../valid-profile.testing.ts';
import { mergeProfiles } from './merge.ts';

function samplesOf(profile: Profile): string[] {
  const { samples, threads, processes } = profile;
  return [...samples.stack].map((stack, i) => {
    const process = processes.pid[threads.process[samples.thread[i]]];
    return `${samples.time[i]} ${process} ${formatStack(profile, stack as StackIndex | -1)}`;
  });
}

test('one profile stays as it is, none gives an empty one', () => {
  const profile = profileFromText('main');
  expect(mergeProfiles([profile])).toBe(profile);
  const empty = mergeProfiles([]);
  assertValidProfile(empty);
  expect(empty.samples.length).toBe(0);
});

test('processes stay apart, and the same code becomes the same rows', () => {
  const a = profileFromText(`
    main  main
    load  draw
  `);
  const merged = mergeProfiles([a, a]);
  expect(merged.processes.length).toBe(2);
  expect(merged.threads.length).toBe(2);
  expect(merged.functions.length).toBe(3);
  expect(merged.stacks.length).toBe(3);
  expect(samplesOf(merged)).toEqual([
    '0 100 main;load',
    '0 100 main;load',
    '100 100 main;draw',
    '100 100 main;draw',
  ]);
  expect([...merged.samples.thread]).toEqual([0, 1, 0, 1]);
});

test('with wall clocks they stand on one time axis, in the finer unit', () => {
  const early = builderFromText('main');
  early.mergeFacts({
    startedAt: 1000,
    duration: 5e6,
    rounds: 10,
    host: 'a',
    lostSamples: { torn: 1 },
    mode: 'launched',
  });
  early.addCounter(0 as ProcessIndex, 'resident', 10, 5);
  const late = builderFromText('late', new ProfileBuilder({ timeUnit: 10_000 }));
  late.mergeFacts({
    startedAt: 1003,
    duration: 4e6,
    rounds: 5,
    host: 'b',
    lostSamples: { torn: 2, gone: 1 },
    mode: 'attached',
  });
  late.addCounter(0 as ProcessIndex, 'resident', 10, 7);
  late.updateProcess(0 as ProcessIndex, { end: 50 });
  const merged = mergeProfiles([early.build(), late.build()]);
  assertValidProfile(merged);
  expect(merged.timeUnit).toBe(10_000);
  // 3 ms are 300 units of 10 µs.
  expect(samplesOf(merged)).toEqual(['0 100 main', '300 100 late']);
  expect([...merged.counters.time]).toEqual([100, 310]);
  expect([...merged.processes.end]).toEqual([NONE, 350]);
  expect(merged.facts).toEqual({
    startedAt: 1000,
    duration: 7e6,
    rounds: 15,
    host: 'a; b',
    lostSamples: { torn: 3, gone: 1 },
  });
});

test('weights keep what they weigh, whatever they were stored in', () => {
  const builder = (weights: ConstructorParameters<typeof ProfileBuilder>[0]) => {
    const made = new ProfileBuilder(weights);
    const process = made.addProcess({ pid: 1, command: 'x', start: 0 });
    made.addThread({ process, tid: 1, start: 0 });
    return made;
  };
  const coarse = builder({ timeUnit: 100 });
  coarse.addSample(0, 0 as never, NONE, 1, 3, 1);
  const fine = builder({ timeUnit: 10 });
  fine.addSample(1, 0 as never, NONE, 1, 7, 2);
  const other = builder({ weights: [{ type: 'allocated', unit: 'bytes', scale: 1, storage: 'float64' }] });
  other.addSampleWeights(2, 0 as never, NONE, 0, [0.5]);
  const { samples } = mergeProfiles([coarse.build(), fine.build(), other.build()]);
  expect(samples.weights.map((column) => `${column.type} ${column.unit}`)).toEqual([
    'elapsed nanoseconds',
    'cpu nanoseconds',
    'allocated bytes',
  ]);
  const weighed = samples.weights.map(({ values, scale }) => [...values].map((value) => value * scale));
  expect(weighed).toEqual([
    [300, 70, 0],
    [100, 20, 0],
    [0, 0, 0.5],
  ]);
  expect(samples.weights[0].values).toBeInstanceOf(Uint32Array);
});

test('times too late for the unit make the unit coarser, not wrong', () => {
  const first = builderFromText('main');
  first.mergeFacts({ startedAt: 0 });
  const tenDaysLater = builderFromText('main');
  tenDaysLater.mergeFacts({ startedAt: 10 * 86_400_000 });
  const merged = mergeProfiles([first.build(), tenDaysLater.build()]);
  expect((merged.samples.time[1] * merged.timeUnit) / 1e9).toBeCloseTo(10 * 86_400, 3);
});

test('merging any profiles is valid and loses no sample', () => {
  fc.assert(
    fc.property(fc.array(arbitraryProfile, { maxLength: 3 }), (profiles) => {
      const merged = mergeProfiles(profiles);
      assertValidProfile(merged);
      const count = profiles.reduce((sum, profile) => sum + profile.samples.length, 0);
      expect(merged.samples.length).toBe(count);
      expect(computeFunctionCosts(merged, 'samples').sum).toBe(count);
      const stacks = profiles.flatMap((profile) =>
        [...profile.samples.stack].map((stack) => formatStack(profile, stack as StackIndex | -1)),
      );
      const mergedStacks = [...merged.samples.stack].map((stack) =>
        formatStack(merged, stack as StackIndex | -1),
      );
      expect(mergedStacks.sort()).toEqual(stacks.sort());
    }),
  );
});
