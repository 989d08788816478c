import { expect, test } from 'vitest';
import { computeEffectiveSamples, computeShareError } from './statistics.ts';

test('the error of a share is that of the binomial distribution', () => {
  expect(computeShareError(0.5, 100)).toBeCloseTo(0.05);
  expect(computeShareError(0.1, 10_000)).toBeCloseTo(0.003);
  expect(computeShareError(0.9, 10_000)).toBeCloseTo(0.003);
});

test('nothing measured, or nothing seen, is not the same as no error', () => {
  expect(computeShareError(0.5, 0)).toBe(1);
  expect(computeShareError(0, 100)).toBeGreaterThan(0);
  expect(computeShareError(1, 100)).toBeCloseTo(computeShareError(0, 100));
  expect(computeShareError(0, 10_000)).toBeLessThan(computeShareError(0, 100));
});

test('samples of equal weight count one each, a few heavy ones count for less', () => {
  expect(computeEffectiveSamples([7, 7, 7, 7])).toBe(4);
  expect(computeEffectiveSamples([1000, 1, 1, 1])).toBeCloseTo(1, 1);
  expect(computeEffectiveSamples([])).toBe(0);
  expect(computeEffectiveSamples([0, 0])).toBe(0);
});

test('shares measured again and again scatter by their error', () => {
  // 400 recordings of 500 samples with weights between 1 and 3, of a function with a true share of 0.3.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let squares = 0;
  let predicted = 0;
  for (let run = 0; run < 400; run++) {
    const weights: number[] = [];
    let inFunction = 0;
    for (let i = 0; i < 500; i++) {
      const weight = 1 + 2 * random();
      weights.push(weight);
      if (random() < 0.3) inFunction += weight;
    }
    const share = inFunction / weights.reduce((a, b) => a + b);
    squares += (share - 0.3) ** 2;
    predicted += computeShareError(share, computeEffectiveSamples(weights)) ** 2;
  }
  expect(Math.sqrt(squares / predicted)).toBeGreaterThan(0.9);
  expect(Math.sqrt(squares / predicted)).toBeLessThan(1.1);
});
