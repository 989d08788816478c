import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.testing.ts';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { ProfileBuilder } from '../builder/profile-builder.ts';
import { computeFunctionCosts } from '../costs/function-costs.ts';
import { hasMeasure } from '../measure.ts';
import { profileFromText } from '../profile-text.testing.ts';
import { getFunctionName } from '../stack-text.ts';
import type { FunctionIndex, Profile, StackIndex } from '../tables.ts';
import { type CostChanges, countComparisons, SIGNIFICANCE } from './cost-changes.ts';
import { computeDiff, type Normalisation } from './diff.ts';

const SHARES: Normalisation = { type: 'samples' };

const BEFORE = profileFromText(
  `
  @wall  100   300   100
  main   main  main
  load   draw
`.replace('draw        -', 'draw'),
);
const AFTER = profileFromText(`
  @wall  100    100    200
  main   main   main
  load   draw   save
`);

/** The changes by name of function. */
function byName(profile: Profile, rows: Int32Array, changes: CostChanges): Record<string, number> {
  const named: Record<string, number> = {};
  rows.forEach((row, common) => {
    if (row !== -1) named[getFunctionName(profile, row as FunctionIndex)] = round(changes.change[common]);
  });
  return named;
}

function round(value: number): number {
  return Number(value.toFixed(9));
}

test('self and total of every function, after minus before', () => {
  const diff = computeDiff(BEFORE, AFTER, 'wall', SHARES);
  expect(byName(BEFORE, diff.functions.before, diff.self)).toEqual({ main: -0.2, load: 0.05, draw: -0.35 });
  expect(byName(AFTER, diff.functions.after, diff.self)).toMatchObject({ save: 0.5 });
  expect(byName(BEFORE, diff.functions.before, diff.total)).toEqual({ main: 0, load: 0.05, draw: -0.35 });
  expect([diff.before.whole, diff.after.whole]).toEqual([1, 1]);
});

test('normalised by time: amounts per second; not at all: amounts', () => {
  const time = computeDiff(BEFORE, AFTER, 'wall', { type: 'time', before: 1e9, after: 0.5e9 });
  // 300 units of 100 µs in one second, 100 in half a second.
  expect(byName(BEFORE, time.functions.before, time.self)).toMatchObject({ draw: 20e6 - 30e6 });
  const amounts = computeDiff(BEFORE, AFTER, 'wall', { type: 'none' });
  expect(byName(BEFORE, amounts.functions.before, amounts.self)).toMatchObject({ draw: 10e6 - 30e6 });
  expect(amounts.paths.total.change[0]).toBe(40e6 - 50e6);
});

test('call paths are those of both sides, by function', () => {
  const { paths, functions } = computeDiff(BEFORE, AFTER, 'wall', SHARES);
  const texts = Array.from({ length: paths.length }, (_, node) => {
    const common = paths.function[node];
    const [profile, row] =
      common === -1
        ? [BEFORE, -1]
        : functions.before[common] === -1
          ? [AFTER, functions.after[common]]
          : [BEFORE, functions.before[common]];
    const name = row === -1 ? '(all)' : getFunctionName(profile, row as FunctionIndex);
    return `${'  '.repeat(paths.depth[node])}${name} ${round(paths.total.change[node])}`;
  });
  expect(texts.join('\n')).toBe('(all) 0\n  main 0\n    load 0.05\n    draw -0.35\n    save 0.5');
});

describe('whatever the profiles are', () => {
  const measure = fc.constantFrom('wall', 'cpu', 'samples' as const);
  const isWeighable = (profile: Profile, name: 'wall' | 'cpu' | 'samples') => {
    if (!hasMeasure(profile, name)) return false;
    const values =
      name === 'samples' ? [] : profile.samples.weights.flatMap((column) => Array.from(column.values));
    const { sum } = computeFunctionCosts(profile, name);
    return sum > 0 && values.every((value) => value === 0 || (value > 1e-9 && value < 1e15));
  };

  test('a profile does not differ from itself', () => {
    fc.assert(
      fc.property(arbitraryProfile, measure, (profile, name) => {
        fc.pre(isWeighable(profile, name));
        for (const type of ['samples', 'none'] as const) {
          const diff = computeDiff(profile, profile, name, { type });
          for (const changes of [diff.self, diff.total, diff.paths.self, diff.paths.total]) {
            expect(changes.isSignificant.some((flag) => flag === 1)).toBe(false);
            expect(changes.change.every((change) => change === 0)).toBe(true);
            expect(changes.error.every((error) => error >= 0)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('changes of self add up to the change of the whole', () => {
    fc.assert(
      fc.property(arbitraryProfile, arbitraryProfile, measure, (before, after, name) => {
        fc.pre(isWeighable(before, name) && isWeighable(after, name));
        for (const type of ['samples', 'none'] as const) {
          const diff = computeDiff(before, after, name, { type });
          const whole = diff.after.whole - diff.before.whole;
          const size = Math.max(diff.after.whole, diff.before.whole);
          for (const changes of [diff.self, diff.paths.self]) {
            const sum = changes.change.reduce((total, change) => total + change, 0);
            expect(Math.abs(sum - whole) / size).toBeLessThan(1e-9);
            expect(changes.probability.every((p) => p >= 0 && p <= 1)).toBe(true);
          }
          expect(diff.paths.total.change[0] / size).toBeCloseTo(whole / size, 9);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('recordings drawn at random', () => {
  /** Forty functions by Zipf's law, called by four others. */
  const SHARES_OF_40 = Array.from({ length: 40 }, (_, rank) => 1 / (rank + 1));

  function draw(
    random: () => number,
    count: number,
    shares: readonly number[],
    weigh: (func: number) => number = () => 100,
  ): Profile {
    const builder = new ProfileBuilder();
    const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
    const thread = builder.addThread({ process, tid: 1, start: 0 });
    const stacks = shares.map((_, func) => {
      let stack: StackIndex | -1 = -1;
      for (const name of ['main', `group${func % 4}`, `f${func}`]) {
        const row = builder.internFunction({ name, kind: 'python' });
        stack = builder.internStack(stack, builder.internFrame({ function: row }));
      }
      return stack;
    });
    const sum = shares.reduce((total, share) => total + share);
    for (let i = 0; i < count; i++) {
      let rest = random() * sum;
      let func = 0;
      while (rest >= shares[func] && func < shares.length - 1) rest -= shares[func++];
      builder.addSample(i, thread, stacks[func], 0, weigh(func), 0);
    }
    return builder.build();
  }

  const countAlarms = (runs: number, makePair: (random: () => number) => readonly [Profile, Profile]) => {
    const random = createRandom(1);
    let functions = 0;
    let paths = 0;
    let beyondTwoErrors = 0;
    let rows = 0;
    for (let run = 0; run < runs; run++) {
      const diff = computeDiff(...makePair(random), 'wall', SHARES);
      const isMarked = (changes: CostChanges) => changes.isSignificant.includes(1);
      if (isMarked(diff.self) || isMarked(diff.total)) functions++;
      if (isMarked(diff.paths.self) || isMarked(diff.paths.total)) paths++;
      diff.self.change.forEach((change, row) => {
        if (diff.self.before[row] + diff.self.after[row] === 0) return;
        rows++;
        if (Math.abs(change) > 2 * diff.self.error[row]) beyondTwoErrors++;
      });
    }
    return { functions: functions / runs, paths: paths / runs, beyondTwoErrors: beyondTwoErrors / rows };
  };

  // 200 runs of a rate of 5 % have a standard error of 1.5 %.
  const MOST = SIGNIFICANCE + 0.031;

  test.each([
    ['of equal length', 600, 600],
    ['of which one is ten times longer', 150, 1500],
  ])('without a change, false alarms are as rare as promised: recordings %s', (_, first, second) => {
    const alarms = countAlarms(200, (random) => [
      draw(random, first, SHARES_OF_40),
      draw(random, second, SHARES_OF_40),
    ]);
    expect(alarms.functions).toBeLessThanOrEqual(MOST);
    expect(alarms.paths).toBeLessThanOrEqual(MOST);
    expect(alarms.beyondTwoErrors).toBeGreaterThan(0.01);
    expect(alarms.beyondTwoErrors).toBeLessThan(0.08);
  });

  test('nor do weights that differ, by sample and by function, raise the alarm', () => {
    const alarms = countAlarms(200, (random) => {
      const weigh = (func: number) => (func % 7 === 0 ? 1000 : 10) * (1 + Math.floor(random() * 3));
      return [draw(random, 500, SHARES_OF_40, weigh), draw(random, 900, SHARES_OF_40, weigh)];
    });
    expect(alarms.functions).toBeLessThanOrEqual(MOST);
    expect(alarms.paths).toBeLessThanOrEqual(MOST);
  });

  test('a function that grew by half is found, and nothing else of its kind', () => {
    const random = createRandom(2);
    const slower = SHARES_OF_40.map((share, func) => (func === 1 ? share * 1.5 : share));
    const diff = computeDiff(draw(random, 4000, SHARES_OF_40), draw(random, 4000, slower), 'wall', SHARES);
    const significant = Object.entries(byName(diff.before.profile, diff.functions.before, diff.self))
      .filter(([name]) => {
        const common = Array.from(diff.functions.before).findIndex(
          (row) => row !== -1 && getFunctionName(diff.before.profile, row as FunctionIndex) === name,
        );
        return diff.self.isSignificant[common] === 1;
      })
      .map(([name, change]) => [name, change > 0]);
    expect(significant).toEqual([['f1', true]]);
  });

  test('heavy samples count for what they say: ten of a second are ten, not ten thousand milliseconds', () => {
    const random = createRandom(3);
    const heavy = (func: number) => (func === 0 ? 10_000 : 10);
    const few = [0.01, 1, 1, 1];
    const diff = computeDiff(draw(random, 1000, few, heavy), draw(random, 1000, few, heavy), 'wall', SHARES);
    expect(diff.before.effectiveSamples).toBeLessThan(30);
    expect(diff.self.isSignificant.includes(1)).toBe(false);
  });
});

test('the correction counts only comparisons that could come out', () => {
  expect(countComparisons([])).toBe(1);
  expect(countComparisons([1e-9, 1e-9, 1e-9])).toBe(3);
  expect(countComparisons([1e-9, 0.5, 0.5, 0.5])).toBe(1);
  // Two could at 0.05 / 2; the third, at 0.02, could not at 0.05 / 3.
  expect(countComparisons([1e-9, 0.01, 0.02, 0.5])).toBe(3);
  expect(countComparisons([1e-9, 0.01, 0.026, 0.5])).toBe(2);
});
