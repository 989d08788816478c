import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { computeWeights } from '../measure.ts';
import { profileFromText } from '../profile-text.testing.ts';
import { getFunctionName, getStackFrames } from '../stack-text.ts';
import { type FunctionIndex, NONE, type Profile, type StackIndex } from '../tables.ts';
import { computeLineCosts, type LineCosts } from './line-costs.ts';

function textOf(profile: Profile, costs: LineCosts): string[] {
  return Array.from({ length: costs.length }, (_, row) => {
    const file = costs.file[row] === NONE ? '?' : profile.strings[costs.file[row]];
    const functions = costs.functions.subarray(costs.functionsStart[row], costs.functionsStart[row + 1]);
    const names = [...functions].map((f) => getFunctionName(profile, f as FunctionIndex));
    return `${file}:${costs.line[row]} ${costs.self[row]} of ${costs.total[row]} in ${names.join(', ')}`;
  });
}

test('a line costs what its samples weigh, once each, however often it is on the stack', () => {
  const profile = profileFromText(`
    main@a.py:1  main@a.py:1    main@a.py:2  unknown
    walk@b.py:9  lambda@b.py:9  walk@b.py:9
    walk@b.py:9                 other@b.py:5
    walk@b.py:8
  `);
  expect(textOf(profile, computeLineCosts(profile, 'samples'))).toEqual([
    '?:-1 1 of 1 in unknown',
    'a.py:1 0 of 2 in main',
    'a.py:2 0 of 1 in main',
    'b.py:5 1 of 1 in other',
    'b.py:8 1 of 1 in walk',
    'b.py:9 1 of 3 in walk, lambda',
  ]);
});

test('every profile has the line costs that counting sample by sample gives', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      const { values } = computeWeights(profile, 'samples');
      const total = new Map<string, number>();
      profile.samples.stack.forEach((stack, i) => {
        const frames = getStackFrames(profile, stack as StackIndex | -1);
        const lines = frames.map(
          (frame) =>
            `${profile.functions.file[profile.frames.function[frame]]} ${profile.frames.line[frame]}`,
        );
        for (const line of new Set(lines)) total.set(line, (total.get(line) ?? 0) + values[i]);
      });
      const costs = computeLineCosts(profile, 'samples');
      for (let row = 0; row < costs.length; row++) {
        expect(costs.total[row]).toBe(total.get(`${costs.file[row]} ${costs.line[row]}`) ?? 0);
      }
      expect(costs.sum).toBe(profile.samples.length);
    }),
  );
});
