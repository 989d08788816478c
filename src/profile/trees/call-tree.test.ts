import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { ProfileBuilder } from '../builder/profile-builder.ts';
import { computeWeights } from '../measure.ts';
import { callTreeToText, profileFromText, unindent } from '../profile-text.testing.ts';
import { getFunctionName, getStackFrames } from '../stack-text.ts';
import type { FrameIndex, FunctionIndex, Profile, StackIndex } from '../tables.ts';
import { type CallTree, type CallTreeOptions, computeCallTree } from './call-tree.ts';

function textOf(profile: Profile, options: CallTreeOptions = {}): string {
  return callTreeToText(profile, computeCallTree(profile, 'samples', options));
}

function functionNamed(profile: Profile, name: string): FunctionIndex {
  for (let row = 0; row < profile.functions.length; row++) {
    if (getFunctionName(profile, row as FunctionIndex) === name) return row as FunctionIndex;
  }
  throw new Error(`no function ${name}`);
}

const PROFILE = profileFromText(`
  main    main    main    main  -  idle
  load    load    draw    load
  parse:1 parse:2 parse:1
`);

describe('top-down', () => {
  test('stacks are merged by function, heavier siblings first', () => {
    expect(textOf(PROFILE)).toBe(
      unindent(`
        (root) 6 1
          main 4 0
            load 3 1
              parse 2 2
            draw 1 0
              parse 1 1
          idle 1 1
      `),
    );
  });

  test('a subtree is the rows up to its end, and rows know their parents', () => {
    const tree = computeCallTree(PROFILE, 'samples');
    expect([...tree.subtreeEnd]).toEqual([7, 6, 4, 4, 6, 6, 7]);
    expect([...tree.parent]).toEqual([-1, 0, 1, 2, 1, 4, 0]);
    expect([...tree.totalSamples]).toEqual([6, 4, 3, 2, 1, 1, 1]);
    expect([...tree.selfSamples]).toEqual([1, 0, 1, 2, 0, 1, 1]);
  });

  test('a depth limit keeps totals and says where it cut', () => {
    expect(textOf(PROFILE, { maxDepth: 2 })).toBe(
      unindent(`
        (root) 6 1
          main 4 0
            load 3 1 …
            draw 1 0 …
          idle 1 1
      `),
    );
  });

  test('functions without samples are not in the tree', () => {
    const { samples } = PROFILE;
    const onlyIdle = { ...samples, length: 1, stack: samples.stack.subarray(5) };
    expect(textOf({ ...PROFILE, samples: onlyIdle })).toBe('(root) 1 0\n  idle 1 1');
  });
});

describe('inverted', () => {
  test('below the functions that samples ended in are their callers', () => {
    expect(textOf(PROFILE, { inverted: true })).toBe(
      unindent(`
        (root) 6 1
          parse 3 0
            load 2 0
              main 2 2
            draw 1 0
              main 1 1
          load 1 0
            main 1 1
          idle 1 1
      `),
    );
  });

  test('a path shows the callers of one place only', () => {
    const path = [functionNamed(PROFILE, 'parse'), functionNamed(PROFILE, 'load')];
    expect(textOf(PROFILE, { inverted: true, path })).toBe(
      unindent(`
        (root) 2 0
          parse 2 0
            load 2 0
              main 2 2
      `),
    );
    expect(textOf(PROFILE, { inverted: true, path: [functionNamed(PROFILE, 'main')] })).toBe('(root) 0 0');
  });

  test('limits keep totals and say where they cut; a path goes on from there', () => {
    expect(textOf(PROFILE, { inverted: true, maxDepth: 1 })).toBe(
      unindent(`
        (root) 6 1
          parse 3 0 …
          load 1 0 …
          idle 1 1
      `),
    );
    expect(textOf(PROFILE, { inverted: true, minShare: 0.3 })).toBe(
      unindent(`
        (root) 6 1
          parse 3 0
            load 2 0
              main 2 2
            draw 1 0 …
          load 1 0 …
          idle 1 1
      `),
    );
    const path = [functionNamed(PROFILE, 'parse')];
    expect(textOf(PROFILE, { inverted: true, path, maxDepth: 1 })).toBe(
      unindent(`
        (root) 3 0
          parse 3 0
            load 2 0 …
            draw 1 0 …
      `),
    );
  });
});

test('every profile has the trees that walking sample by sample gives', () => {
  fc.assert(
    fc.property(arbitraryProfile, fc.boolean(), (profile, inverted) => {
      const { values } = computeWeights(profile, 'samples');
      const expected = new Map<string, number>([['', 0]]);
      profile.samples.stack.forEach((stack, i) => {
        const frames = getStackFrames(profile, stack as StackIndex | -1);
        const path = (inverted ? frames.reverse() : frames).map((frame) => functionOf(profile, frame));
        for (let depth = 0; depth <= path.length; depth++) {
          const key = path.slice(0, depth).join(' ');
          expected.set(key, (expected.get(key) ?? 0) + values[i]);
        }
      });
      const tree = computeCallTree(profile, 'samples', { inverted });
      expect(totalsByPath(tree)).toEqual(expected);
      assertOrdered(tree);
    }),
  );
});

test('a stack of 100,000 frames is nothing special', () => {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'deep', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  const f = builder.internFunction({ name: 'down', kind: 'python' });
  const g = builder.internFunction({ name: 'again', kind: 'python' });
  let stack: StackIndex | -1 = -1;
  for (let depth = 0; depth < 100_000; depth++) {
    stack = builder.internStack(stack, builder.internFrameLine(depth % 2 === 0 ? f : g, 3));
    if (depth % 1000 === 999) builder.addSample(depth, thread, stack, 1, 1, 1);
  }
  const profile = builder.build();
  const tree = computeCallTree(profile, 'samples');
  expect(tree.length).toBe(100_001);
  expect(tree.depth[100_000]).toBe(100_000);
  expect(tree.total[1]).toBe(100);
  const inverted = computeCallTree(profile, 'samples', { inverted: true });
  expect(inverted.total[0]).toBe(100);
  expect(inverted.length).toBeLessThan(1_100_000);
  expect(inverted.isCut.includes(1)).toBe(true);
});

function functionOf(profile: Profile, frame: FrameIndex): number {
  return profile.frames.function[frame];
}

function totalsByPath(tree: CallTree): Map<string, number> {
  const paths: string[] = [];
  const totals = new Map<string, number>();
  for (let row = 0; row < tree.length; row++) {
    const above = row === 0 ? '' : paths[tree.parent[row]];
    paths.push(row === 0 ? '' : `${above} ${tree.function[row]}`.trim());
    totals.set(paths[row], tree.total[row]);
  }
  return totals;
}

/** Depth-first order, totals that add up, heavier siblings first. */
function assertOrdered(tree: CallTree): void {
  for (let row = 0; row < tree.length; row++) {
    let sum = tree.self[row];
    let last = Number.POSITIVE_INFINITY;
    for (let child = row + 1; child < tree.subtreeEnd[row]; child = tree.subtreeEnd[child]) {
      expect(tree.parent[child]).toBe(row);
      expect(tree.depth[child]).toBe(tree.depth[row] + 1);
      expect(tree.total[child]).toBeLessThanOrEqual(last);
      last = tree.total[child];
      sum += last;
    }
    expect(tree.total[row]).toBe(sum);
  }
}
