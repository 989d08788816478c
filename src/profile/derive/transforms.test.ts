import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { computeFunctionCosts } from '../costs/function-costs.ts';
import { searchFunctions } from '../costs/function-search.ts';
import { computeStackWeights } from '../costs/stack-weights.ts';
import { WeightIndex } from '../costs/weight-index.ts';
import { callTreeToText, profileFromText, unindent } from '../profile-text.testing.ts';
import { getFunctionName } from '../stack-text.ts';
import type { FunctionIndex, Profile } from '../tables.ts';
import { computeCallTree } from '../trees/call-tree.ts';
import { assertValidProfile } from '../valid-profile.testing.ts';
import { type Transform, transformProfile, transformStacks, transformWeights } from './transforms.ts';

const PROFILE = profileFromText(`
  @wall  1      2      4      8      16
  main   main   main   main   idle
  walk   walk   load   load
  visit  visit  read   parse
  walk   log    decode walk
  leaf
`);

function mark(profile: Profile, ...names: string[]): Uint8Array {
  return Uint8Array.from({ length: profile.functions.length }, (_, row) =>
    names.includes(getFunctionName(profile, row as FunctionIndex)) ? 1 : 0,
  );
}

function treeOf(...transforms: Transform[]): string {
  const profile = transformProfile(PROFILE, transforms);
  assertValidProfile(profile);
  // Weights in the picture's own unit.
  const tree = computeCallTree(profile, 'wall');
  const scaled = { ...tree, total: tree.total.map((w) => w / 1e5), self: tree.self.map((w) => w / 1e5) };
  return callTreeToText(profile, scaled);
}

test('focus on a function: it is the root, and what does not call it is gone', () => {
  expect(treeOf({ type: 'focus-function', marks: mark(PROFILE, 'walk') })).toBe(
    unindent(`
      (root) 11 0
        walk 11 8
          visit 3 0
            log 2 2
            walk 1 0
              leaf 1 1
    `),
  );
});

test('focus on a path: only what came along it', () => {
  const [main, load] = ['main', 'load'].map((name) => mark(PROFILE, name).indexOf(1) as FunctionIndex);
  expect(treeOf({ type: 'focus-path', path: [main, load] })).toBe(
    unindent(`
      (root) 12 0
        load 12 0
          parse 8 0
            walk 8 8
          read 4 0
            decode 4 4
    `),
  );
});

test('merged functions disappear, and their callers take over what they cost', () => {
  expect(treeOf({ type: 'merge', marks: mark(PROFILE, 'main', 'walk', 'idle', 'decode') })).toBe(
    unindent(`
      (root) 31 16
        load 12 0
          parse 8 8
          read 4 4
        visit 3 0
          log 2 2
          leaf 1 1
    `),
  );
});

test('dropped functions take their samples with them', () => {
  expect(treeOf({ type: 'drop', marks: mark(PROFILE, 'load', 'idle') })).toBe(
    unindent(`
      (root) 3 0
        main 3 0
          walk 3 0
            visit 3 0
              log 2 2
              walk 1 0
                leaf 1 1
    `),
  );
});

test('keeping what has a function leaves its callers above it', () => {
  expect(treeOf({ type: 'keep', marks: mark(PROFILE, 'read', 'leaf') })).toBe(
    unindent(`
      (root) 5 0
        main 5 0
          load 4 0
            read 4 0
              decode 4 4
          walk 1 0
            visit 1 0
              walk 1 0
                leaf 1 1
    `),
  );
});

test('collapsed recursion: the inner call is the outer one', () => {
  expect(treeOf({ type: 'collapse-recursion', marks: mark(PROFILE, 'walk') })).toBe(
    unindent(`
      (root) 31 0
        idle 16 16
        main 15 0
          load 12 0
            parse 8 0
              walk 8 8
            read 4 0
              decode 4 4
          walk 3 0
            visit 2 0
              log 2 2
            leaf 1 1
    `),
  );
});

test('a collapsed group is one frame', () => {
  expect(
    treeOf({ type: 'collapse-group', marks: mark(PROFILE, 'load', 'read', 'parse'), name: 'io.py' }),
  ).toBe(
    unindent(`
      (root) 31 0
        idle 16 16
        main 15 0
          io.py 12 0
            walk 8 8
            decode 4 4
          walk 3 0
            visit 3 0
              log 2 2
              walk 1 0
                leaf 1 1
    `),
  );
});

test('transforms follow one another', () => {
  expect(
    treeOf(
      { type: 'drop', marks: mark(PROFILE, 'idle') },
      { type: 'merge', marks: mark(PROFILE, 'visit') },
      { type: 'collapse-recursion', marks: mark(PROFILE, 'walk') },
      { type: 'focus-function', marks: mark(PROFILE, 'walk') },
    ),
  ).toBe(
    unindent(`
      (root) 11 0
        walk 11 8
          log 2 2
          leaf 1 1
    `),
  );
});

test('for any profile: valid tables, and weights that are moved but never lost or made', () => {
  const text = fc.constantFrom('a', 'e', 'py', '/[a-m]/', '');
  fc.assert(
    fc.property(arbitraryProfile, text, (profile, wanted) => {
      const marks = searchFunctions(profile, wanted);
      const before = computeFunctionCosts(profile, 'samples');
      const sumOf = (transform: Transform) => {
        const changed = transformProfile(profile, [transform]);
        assertValidProfile(changed);
        return computeFunctionCosts(changed, 'samples').sum;
      };
      expect(sumOf({ type: 'merge', marks })).toBe(before.sum);
      expect(sumOf({ type: 'collapse-recursion', marks })).toBe(before.sum);
      expect(sumOf({ type: 'collapse-group', marks, name: 'group' })).toBe(before.sum);
      // What focusing keeps is what dropping takes.
      expect(sumOf({ type: 'keep', marks }) + sumOf({ type: 'drop', marks })).toBe(before.sum);
      expect(sumOf({ type: 'focus-function', marks }) + sumOf({ type: 'drop', marks })).toBe(before.sum);
    }),
    { numRuns: 60 },
  );
});

test('collapsing recursion leaves the totals of the function as they are', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      const marks = new Uint8Array(profile.functions.length).fill(1);
      const changed = transformProfile(profile, [{ type: 'collapse-recursion', marks }]);
      const after = computeFunctionCosts(changed, 'samples');
      const depthOf = computeCallTree(changed, 'samples');
      expect(after.sum).toBe(computeFunctionCosts(profile, 'samples').sum);
      // No function is left below itself.
      for (let row = 1; row < depthOf.length; row++) {
        for (let above = depthOf.parent[row]; above > 0; above = depthOf.parent[above]) {
          expect(depthOf.function[above]).not.toBe(depthOf.function[row]);
        }
      }
    }),
    { numRuns: 40 },
  );
});

function hasOrdinaryWeights({ samples }: Profile): boolean {
  return samples.weights[0].values.every(
    (weight: number) => weight === 0 || (weight > 1e-6 && weight < 1e12),
  );
}

test('weights by stack can be transformed instead of samples, with the same result', () => {
  const marks = fc
    .constantFrom('a', 'e', 'py', '/[a-m]/')
    .map((text) => (profile: Profile) => searchFunctions(profile, text));
  const step = fc.tuple(
    fc.constantFrom('focus-function', 'merge', 'drop', 'keep', 'collapse-recursion', 'collapse-group'),
    marks,
  );
  const measure = fc.constantFrom('wall' as const, 'samples' as const);
  fc.assert(
    fc.property(arbitraryProfile, fc.array(step, { maxLength: 3 }), measure, (profile, steps, wanted) => {
      // Sums of weights that no program has (NaN, 1e300, 5e-324) depend on the order they are added in.
      const counted = hasOrdinaryWeights(profile) ? wanted : 'samples';
      // Each transform is for the tables that the one before leaves: a group adds a function.
      let changed = profile;
      const transforms: Transform[] = [];
      for (const [type, mark] of steps) {
        const transform = { type, marks: mark(changed), name: 'group' } as Transform;
        transforms.push(transform);
        changed = transformProfile(changed, [transform]);
      }
      const expected = computeStackWeights(changed, counted);
      const stacks = transformStacks(
        profile,
        transforms.map((transform) => () => transform),
      );
      const weights = transformWeights(new WeightIndex(profile, counted, () => undefined).weigh({}), stacks);
      expect(stacks.tables.stacks).toEqual(changed.stacks);
      expect([...weights.selfSamples]).toEqual([...expected.selfSamples]);
      expect([weights.samples, weights.samplesWithoutStack]).toEqual([
        expected.samples,
        expected.samplesWithoutStack,
      ]);
      const isClose = (a: number, b: number) =>
        Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
      expect(weights.self.every((weight, row) => isClose(weight, expected.self[row]))).toBe(true);
      expect(isClose(weights.sum, expected.sum)).toBe(true);
      expect(isClose(weights.withoutStack, expected.withoutStack)).toBe(true);
      expect(isClose(weights.effectiveSamples, expected.effectiveSamples)).toBe(true);
    }),
    { numRuns: 80 },
  );
});
