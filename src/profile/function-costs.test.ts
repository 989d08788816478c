import { expect, test } from 'vitest';
import { computeFunctionCosts, sortFunctions } from './function-costs.ts';
import { profileFromText } from './profile-text.testing.ts';
import { getFunctionName } from './stack-text.ts';
import type { FunctionIndex, Profile } from './tables.ts';

function costsOf(profile: Profile, measure: 'wall' | 'cpu' | 'gil' | 'samples'): Record<string, string> {
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
