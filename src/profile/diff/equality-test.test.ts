import { expect, test } from 'vitest';
import { createRandom } from '../../base/random.testing.ts';
import {
  computeComplementaryError,
  computeEqualityProbability,
  computeLeastProbability,
} from './equality-test.ts';

/** Logarithms of factorials. */
const LOG_FACTORIALS = [0];
for (let n = 1; n <= 120_000; n++) LOG_FACTORIALS.push(LOG_FACTORIALS[n - 1] + Math.log(n));

const compare = (seenA: number, allA: number, seenB: number, allB: number) =>
  computeEqualityProbability({ seen: seenA, all: allA, whole: 1 }, { seen: seenB, all: allB, whole: 1 });

test('the complementary error function', () => {
  // Values of Abramowitz and Stegun, tables 7.1 and 7.3, and of the asymptotic series.
  expect(computeComplementaryError(0)).toBe(1);
  expect(computeComplementaryError(0.5)).toBeCloseTo(0.4795001222, 10);
  expect(computeComplementaryError(1.5)).toBeCloseTo(0.0338948535, 10);
  expect(computeComplementaryError(2.5) / 4.069520174e-4).toBeCloseTo(1, 8);
  expect(computeComplementaryError(2.4999999) / computeComplementaryError(2.5)).toBeCloseTo(1, 5);
  expect(computeComplementaryError(5) / 1.5374597944e-12).toBeCloseTo(1, 8);
  expect(computeComplementaryError(40)).toBe(0);
});

test('as exact as the exact test, and careful in the tails', () => {
  for (const [seenA, allA, seenB, allB] of [
    [8, 10_000, 0, 10_000],
    [20, 10_000, 1, 10_000],
    [0, 100_000, 3, 10_000],
    [2, 1000, 9, 1000],
    [300, 500, 340, 500],
    [300, 500, 380, 500],
    [12, 40, 700, 1200],
    [5000, 10_000, 5300, 10_000],
  ]) {
    const exact = computeFisher(seenA, allA, seenB, allB);
    const ratio = compare(seenA, allA, seenB, allB) / exact;
    // Against twice the smaller tail of Fisher's exact test.
    expect(ratio, `${seenA}/${allA} ${seenB}/${allB}: ${exact}`).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(2.5);
  }
});

test('nothing, and equal things, are no difference', () => {
  expect(compare(0, 100, 0, 1000)).toBe(1);
  expect(compare(100, 100, 1000, 1000)).toBe(1);
  expect(compare(50, 100, 500, 1000)).toBe(1);
  expect(compare(0, 100, 0.6, 100)).toBeGreaterThan(0.4);
});

test('with wholes of their own, equal shares differ and equal amounts do not', () => {
  const half = { seen: 500, all: 1000, whole: 2e9 };
  const quarter = { seen: 250, all: 1000, whole: 4e9 };
  expect(computeEqualityProbability(half, quarter)).toBe(1);
  expect(computeEqualityProbability(half, { ...half, whole: 4e9 })).toBeLessThan(1e-12);
  expect(
    computeEqualityProbability({ seen: 1000, all: 1000, whole: 2 }, { seen: 1000, all: 1000, whole: 1 }),
  ).toBeLessThan(1e-100);
});

test.each([
  ['shares', 300, 1, 0.4, 300, 1],
  ['shares of recordings of unequal length', 900, 1, 0.1, 90, 1],
  ['amounts, while the whole grew by half', 300, 1, 0.5, 450, 1.5],
  ['amounts, at another rate', 1000, 4, 0.25, 200, 5],
])('of equal %s, one in twenty looks like one in twenty', (_, allA, wholeA, share, allB, wholeB) => {
  const random = createRandom(5);
  const draw = (all: number, chance: number) => {
    let seen = 0;
    for (let i = 0; i < all; i++) if (random() < chance) seen++;
    return seen;
  };
  const RUNS = 1500;
  let rare = 0;
  for (let run = 0; run < RUNS; run++) {
    const a = { seen: draw(allA, share), all: allA, whole: wholeA };
    const b = { seen: draw(allB, (share * wholeA) / wholeB), all: allB, whole: wholeB };
    if (computeEqualityProbability(a, b) <= 0.05) rare++;
  }
  // Taking half a sample off makes it careful; the standard error of a rate of 5 % is 0.6 %.
  expect(rare / RUNS).toBeLessThan(0.062);
  expect(rare / RUNS).toBeGreaterThan(0.015);
});

test('what was seen a few times only can never be sure', () => {
  const rare = { seen: 1, all: 1000, whole: 1 };
  expect(computeLeastProbability(rare, { ...rare, seen: 2 })).toBeGreaterThan(0.1);
  expect(computeLeastProbability({ ...rare, seen: 40 }, { ...rare, seen: 40 })).toBeLessThan(1e-15);
});

/** Twice the smaller tail of the hypergeometric distribution. */
function computeFisher(seenA: number, allA: number, seenB: number, allB: number): number {
  const seen = seenA + seenB;
  const logChoose = (n: number, k: number) => LOG_FACTORIALS[n] - LOG_FACTORIALS[k] - LOG_FACTORIALS[n - k];
  const density = (x: number) =>
    Math.exp(logChoose(allA, x) + logChoose(allB, seen - x) - logChoose(allA + allB, seen));
  let below = 0;
  let above = 0;
  for (let x = Math.max(0, seen - allB); x <= Math.min(seen, allA); x++) {
    if (x <= seenA) below += density(x);
    if (x >= seenA) above += density(x);
  }
  return Math.min(1, 2 * Math.min(below, above));
}
