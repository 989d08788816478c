import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { computeWeights, type Measure } from '../measure.ts';
import { profileFromText } from '../profile-text.testing.ts';
import { getFunctionName, getStackFrames } from '../stack-text.ts';
import type { FunctionIndex, Profile, StackIndex } from '../tables.ts';
import { computeFunctionCosts, sortFunctions } from './function-costs.ts';

function costsOf(profile: Profile, measure: Measure): Record<string, string> {
  const costs = computeFunctionCosts(profile, measure);
  return Object.fromEntries(
    [...sortFunctions(costs, 'total')].map((row) => [
      getFunctionName(profile, row as FunctionIndex),
      `${costs.self[row]} of ${costs.total[row]}`,
    ]),
  );
}

test('self is the weight of the innermost function, total of every function on the stack', () => {
  const profile = profileFromText(`
    main  main  main
    load  load  draw
    parse
  `);
  expect(costsOf(profile, 'samples')).toEqual({
    main: '0 of 3',
    load: '1 of 2',
    draw: '1 of 1',
    parse: '1 of 1',
  });
});

test('recursion counts a sample once in the total', () => {
  const profile = profileFromText(`
    main  main  walk
    walk  walk  main
    visit walk  walk
    walk        walk
    visit
    walk
  `);
  expect(costsOf(profile, 'samples')).toEqual({ walk: '3 of 3', main: '0 of 3', visit: '0 of 1' });
});

test('a measure chooses what counts', () => {
  const profile = profileFromText(`
    @wall   100          300      50           7
    @cpu    90           2        0            0
    @state  running+gil  waiting  runnable+gil unknown

    main    main         main     -
    load    read         load
  `);
  const unit = profile.timeUnit;
  expect(costsOf(profile, 'wall')).toEqual({
    main: `0 of ${450 * unit}`,
    read: `${300 * unit} of ${300 * unit}`,
    load: `${150 * unit} of ${150 * unit}`,
  });
  expect(costsOf(profile, 'cpu')).toEqual({
    main: `0 of ${92 * unit}`,
    load: `${90 * unit} of ${90 * unit}`,
    read: `${2 * unit} of ${2 * unit}`,
  });
  expect(costsOf(profile, 'gil')).toEqual({
    main: `0 of ${150 * unit}`,
    load: `${150 * unit} of ${150 * unit}`,
  });
  const costs = computeFunctionCosts(profile, 'wall');
  expect(costs.unit).toBe('nanoseconds');
  expect(costs.sum).toBe(457 * unit);
  expect(costs.samples).toBe(4);
  expect(costs.withoutStack).toBe(7 * unit);
  expect(costs.effectiveSamples).toBeCloseTo(457 ** 2 / (100 ** 2 + 300 ** 2 + 50 ** 2 + 7 ** 2));
});

test('functions come by descending weight, those without any are left out', () => {
  const profile = profileFromText(`
    @wall  5  9  9  0
    a  b  c  d
  `);
  const costs = computeFunctionCosts(profile, 'wall');
  const names = [...sortFunctions(costs, 'self')].map((row) =>
    getFunctionName(profile, row as FunctionIndex),
  );
  expect(names).toEqual(['b', 'c', 'a']);
});

test('every profile has the costs that counting sample by sample gives', () => {
  fc.assert(
    fc.property(arbitraryProfile, fc.constantFrom('wall', 'gil', 'samples'), (profile, measure) => {
      const { values } = computeWeights(profile, measure);
      fc.pre(values.every((value) => Number.isFinite(value)));
      const self = new Float64Array(profile.functions.length);
      const total = new Float64Array(profile.functions.length);
      profile.samples.stack.forEach((stack, i) => {
        const frames = getStackFrames(profile, stack as StackIndex | -1);
        const functions = frames.map((frame) => profile.frames.function[frame]);
        if (functions.length > 0) self[functions[functions.length - 1]] += values[i];
        for (const functionRow of new Set(functions)) total[functionRow] += values[i];
      });
      const costs = computeFunctionCosts(profile, measure);
      const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
      for (let row = 0; row < costs.length; row++) {
        expect(costs.self[row] / scale).toBeCloseTo(self[row] / scale, 9);
        expect(costs.total[row] / scale).toBeCloseTo(total[row] / scale, 9);
      }
    }),
  );
});
