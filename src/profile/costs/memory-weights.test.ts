import { expect, test } from 'vitest';
import type { Measure } from '../measure.ts';
import { builderFromText, profileFromText } from '../profile-text.testing.ts';
import type { ProcessIndex, Profile } from '../tables.ts';
import { computeFunctionCosts } from './function-costs.ts';
import { addMemoryWeights, hasMemoryWeights } from './memory-weights.ts';

function profileWithMemory(): Profile {
  const builder = builderFromText(`
    @time   100   200   300      400   500
    @state  running  running  waiting  running  running
    load    load  wait     grow  free
  `);
  const memory: readonly (readonly [number, number])[] = [
    [50, 1],
    [250, 5],
    [350, 6],
    [450, 16],
    [550, 2],
  ];
  for (const [time, mebibytes] of memory) {
    builder.addCounter(0 as ProcessIndex, 'resident', time, mebibytes * 2 ** 20);
  }
  return builder.build();
}

function costs(profile: Profile, measure: Measure): [string, number][] {
  const { self, length } = computeFunctionCosts(profile, measure);
  return Array.from({ length }, (_, row) => [
    profile.strings[profile.functions.name[row]],
    self[row] / 2 ** 20,
  ]);
}

test('growth is of what ran when it was seen; what shrinks is no growth', () => {
  expect(costs(addMemoryWeights(profileWithMemory()), 'growth')).toEqual([
    // From 1 to 5 MiB, seen at 250.
    ['load', 4],
    // From 5 to 6 MiB: nothing else of the process was sampled since.
    ['wait', 1],
    ['grow', 10],
    ['free', 0],
  ]);
});

test('resident memory of all samples adds up to its mean', () => {
  const profile = addMemoryWeights(profileWithMemory());
  expect(costs(profile, 'resident')).toEqual(
    [
      ['load', (1 + 1) / 5],
      ['wait', 5 / 5],
      ['grow', 6 / 5],
      ['free', 16 / 5],
    ].map(([name, value]) => [name, expect.closeTo(Number(value), 9)]),
  );
  expect(computeFunctionCosts(profile, 'resident').sum / 2 ** 20).toBeCloseTo(29 / 5, 9);
});

test('profiles without memory have nothing to weigh by', () => {
  const profile = profileFromText('main');
  expect(hasMemoryWeights(profile)).toBe(false);
  expect(hasMemoryWeights(profileWithMemory())).toBe(true);
  expect(() => computeFunctionCosts(profile, 'growth')).toThrow(
    'holds no weight growth. It holds: elapsed, cpu.',
  );
});
