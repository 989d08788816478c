import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { reorderSamples } from '../builder/sample-table-builder.ts';
import { profileFromText } from '../profile-text.testing.ts';
import { SAMPLE_STATES, type ThreadIndex } from '../tables.ts';
import { groupSamples } from './sample-groups.ts';
import { selectSamples } from './selection.ts';
import { computeStackWeights } from './stack-weights.ts';
import { WeightIndex } from './weight-index.ts';
import { computeDivisibleWeights, createColumns } from './weight-sums.ts';

const PROFILE = profileFromText(`
  @time    0            100         100      200          300      400
  @thread  app/main     app/worker  kid/main app/main     kid/main app/worker
  @state   running+gil  waiting     waiting  running+gil  running  waiting-gil

  main  poll  main  main  main  -
  load  wait  read  draw  load
`);

const SELECTION = fc.record(
  {
    timeRange: fc.tuple(fc.nat(400), fc.nat(400)).map(([start, length]) => ({ start, end: start + length })),
    threads: fc.uniqueArray(fc.nat(5), { maxLength: 3 }).map((list) => new Set(list as ThreadIndex[])),
    states: fc.subarray([...SAMPLE_STATES]).map((list) => new Set(list)),
  },
  { requiredKeys: [] },
);

test('weights of a selection are those of the samples that it selects, however they are found', () => {
  const measure = fc.constantFrom('wall' as const, 'gil' as const, 'samples' as const);
  fc.assert(
    fc.property(
      fc.oneof(arbitraryProfile, fc.constant(PROFILE)),
      fc.array(SELECTION, { minLength: 1, maxLength: 4 }),
      measure,
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      (profile, selections, counted, distance, hasGroups) => {
        const getGroups = () => (hasGroups ? groupSamples(profile) : undefined);
        const index = new WeightIndex(profile, counted, getGroups, { minDistance: distance });
        for (const selection of selections) {
          const { getSquares, countsSamples, ...weights } = index.weigh(selection);
          const expected = computeStackWeights(selectSamples(profile, selection), counted);
          // The one number of it that may be rounded, because it depends on the order of adding up.
          const { effectiveSamples } = weights;
          expect(isClose(effectiveSamples, expected.effectiveSamples)).toBe(true);
          expect(weights).toEqual({ ...expected, effectiveSamples });
          if (countsSamples) continue;
          const squares = getSquares();
          const sum = squares.self.reduce((total, each) => total + each, squares.withoutStack);
          // Squares of enormous and of tiny weights are beyond what a number can hold.
          if (sum !== 0 && !(sum > 1e-290 && sum < 1e300)) continue;
          expect(isClose(sum * effectiveSamples, sum === 0 ? 0 : weights.sum ** 2)).toBe(true);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('an answer does not change the ones before', () => {
  const index = new WeightIndex(PROFILE, 'wall', () => groupSamples(PROFILE), { minDistance: 1 });
  const whole = index.weigh({});
  const before = [...whole.self];
  index.weigh({ timeRange: { start: 100, end: 300 } });
  index.weigh({ threads: new Set([0, 1] as ThreadIndex[]) });
  expect([...whole.self]).toEqual(before);
  expect([...index.weigh({}).self]).toEqual(before);
});

test('the squares of a selection are those of its samples, whichever columns its weights stand in', () => {
  fc.assert(
    fc.property(
      fc.array(SELECTION, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 3 }),
      (selections, minDistance) => {
        const index = new WeightIndex(PROFILE, 'wall', () => groupSamples(PROFILE), { minDistance });
        const columns = createColumns(PROFILE.stacks.length + 1);
        for (const selection of selections) {
          const weights = index.weigh(selection, columns);
          const selected = selectSamples(PROFILE, selection);
          expect([...weights.self]).toEqual([...computeStackWeights(selected, 'wall').self]);
          const expected = computeDivisibleWeights(selected, 'wall').getSquares();
          expect({ ...weights.getSquares() }).toEqual(expected);
        }
      },
    ),
  );
});

test('sums beyond four bytes are as exact as others', () => {
  const { samples } = PROFILE;
  const values = Uint32Array.from(samples.weights[0].values, (_, row) => 0xffff_fff0 + row);
  const profile = { ...PROFILE, samples: { ...samples, weights: [{ ...samples.weights[0], values }] } };
  const index = new WeightIndex(profile, 'wall', () => undefined, { minDistance: 1 });
  const selection = { timeRange: { start: 100, end: 400 } };
  const expected = computeStackWeights(selectSamples(profile, selection), 'wall');
  expect([...index.weigh(selection).self]).toEqual([...expected.self]);
});

test('what grew is added to what was known', () => {
  fc.assert(
    fc.property(arbitraryProfile, fc.nat(20), SELECTION, (profile, first, selection) => {
      const rows = Uint32Array.from({ length: Math.min(first, profile.samples.length) }, (_, row) => row);
      const before = { ...profile, samples: reorderSamples(profile.samples, rows) };
      const known = new WeightIndex(before, 'wall', () => undefined);
      const grown = new WeightIndex(profile, 'wall', () => undefined, { grownFrom: known });
      const anew = new WeightIndex(profile, 'wall', () => undefined);
      expect(grown.weigh({}).sum).toBeCloseTo(anew.weigh({}).sum, 6);
      expect([...grown.weigh(selection).selfSamples]).toEqual([...anew.weigh(selection).selfSamples]);
      expect([...known.weigh({}).selfSamples]).toEqual([...computeStackWeights(before, 'wall').selfSamples]);
    }),
  );
});

function isClose(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
