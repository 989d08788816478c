import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { profileFromText } from '../profile-text.testing.ts';
import { getFunctionName } from '../stack-text.ts';
import { type FunctionIndex, NONE, type Profile } from '../tables.ts';
import { computeFunctionCosts } from './function-costs.ts';
import { computeNeighbours, type Neighbours } from './neighbours.ts';
import { computeStackWeights } from './stack-weights.ts';

function find(profile: Profile, name: string): FunctionIndex {
  for (let row = 0; row < profile.functions.length; row++) {
    if (getFunctionName(profile, row as FunctionIndex) === name) return row as FunctionIndex;
  }
  throw new Error(`no function ${name}`);
}

function describe(profile: Profile, neighbours: Neighbours): string[] {
  return Array.from(neighbours.function, (row, i) => {
    const name = row === NONE ? '-' : getFunctionName(profile, row as FunctionIndex);
    return `${name} ${neighbours.weight[i] / 1e5} ${neighbours.samples[i]}`;
  });
}

test('callers and callees share the total of a function', () => {
  const profile = profileFromText(`
    @wall  10    20    30    5     7
    main   main  main  other work
    work   work  work  main
    read   parse
  `);
  const weights = computeStackWeights(profile, 'wall');
  const { callers, callees } = computeNeighbours(profile, weights, find(profile, 'work'));
  expect(describe(profile, callers)).toEqual(['main 60 3', '- 7 1']);
  expect(describe(profile, callees)).toEqual(['- 37 2', 'parse 20 1', 'read 10 1']);
});

test('in recursion the outermost call has the caller, the innermost one the callee', () => {
  const profile = profileFromText(`
    @wall  10
    main
    walk
    visit
    walk
    leaf
  `);
  const weights = computeStackWeights(profile, 'wall');
  const { callers, callees } = computeNeighbours(profile, weights, find(profile, 'walk'));
  expect(describe(profile, callers)).toEqual(['main 10 1']);
  expect(describe(profile, callees)).toEqual(['leaf 10 1']);
});

test('for any profile and function both sides add up to its total, and what has no callee to its self', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      const weights = computeStackWeights(profile, 'samples');
      const costs = computeFunctionCosts(profile, 'samples');
      for (let row = 0; row < profile.functions.length; row++) {
        const { callers, callees } = computeNeighbours(profile, weights, row as FunctionIndex);
        const sum = (neighbours: Neighbours) =>
          neighbours.weight.reduce((total, weight) => total + weight, 0);
        expect(sum(callers)).toBe(costs.total[row]);
        expect(sum(callees)).toBe(costs.total[row]);
        const own = callees.function.indexOf(NONE);
        expect(own === -1 ? 0 : callees.weight[own]).toBe(costs.self[row]);
      }
    }),
    { numRuns: 50 },
  );
});
