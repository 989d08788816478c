import { expect, test } from 'vitest';
import { chooseMeasure, listMeasures } from './amounts.ts';
import { ProfileBuilder } from './builder/profile-builder.ts';
import { computeFunctionCosts } from './costs/function-costs.ts';
import { profileFromText } from './profile-text.testing.ts';

/** What a Go program's heap profile holds: four weights, here one of them without anything in it. */
function heapProfile() {
  const types = [
    ['inuse_space', 'bytes'],
    ['alloc_objects', 'count'],
    ['alloc_space', 'bytes'],
    ['inuse_objects', 'count'],
  ] as const;
  const builder = new ProfileBuilder({
    weights: types.map(([type, unit]) => ({ type, unit, scale: 1, storage: 'float64' })),
  });
  const process = builder.addProcess({ pid: 1, command: 'server', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  const main = builder.internFunction({ name: 'main', kind: 'native' });
  const stack = builder.internStack(-1, builder.internFrame({ function: main }));
  builder.addSampleWeights(0, thread, stack, 0, [4096, 3, 12_288, 0]);
  builder.addSampleWeights(0, thread, stack, 0, [0, 5, 2048, 0]);
  return builder.build();
}

test('every weight of a profile is a measure, but what is 0 everywhere', () => {
  const profile = heapProfile();
  expect(listMeasures(profile)).toEqual(['inuse_space', 'alloc_objects', 'alloc_space']);
  expect(chooseMeasure(profile)).toBe('inuse_space');
  const sums = listMeasures(profile).map((measure) => computeFunctionCosts(profile, measure).sum);
  expect(sums).toEqual([4096, 8, 14_336]);
  expect(computeFunctionCosts(profile, 'wall').sum).toBe(4096);
  // Rows say nothing here: each is made of many samples.
  expect(computeFunctionCosts(profile, 'samples').sum).toBe(2);
});

test('a weight that counts samples is the measure of samples', () => {
  const weights = [
    { type: 'cpu', unit: 'nanoseconds', scale: 1, storage: 'float64' },
    { type: 'samples', unit: 'count', scale: 1, storage: 'float64' },
  ] as const;
  const builder = new ProfileBuilder({ weights });
  const process = builder.addProcess({ pid: 1, command: 'server', start: 0 });
  builder.addSampleWeights(0, builder.addThread({ process, tid: 1, start: 0 }), -1, 0, [70, 7]);
  expect(listMeasures(builder.build())).toEqual(['cpu', 'samples']);
  expect(computeFunctionCosts(builder.build(), 'samples')).toMatchObject({ sum: 7 });
});

test('recordings have time by the clock and CPU time, the lock where it was seen, and rows', () => {
  const profile = profileFromText(`
    @wall 100 100
    @cpu  100 0
    main  main
  `);
  expect(listMeasures(profile)).toEqual(['wall', 'cpu', 'samples']);
  expect(chooseMeasure(profile)).toBe('cpu');
  expect(() => computeFunctionCosts(profile, 'alloc_space')).toThrow(
    'This profile holds no weight alloc_space. It holds: elapsed, cpu.',
  );
});
