import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { computeStackWeights } from '../costs/stack-weights.ts';
import { profileFromText, unindent } from '../profile-text.testing.ts';
import { getFunctionName } from '../stack-text.ts';
import { type FunctionIndex, NONE, type Profile } from '../tables.ts';
import { layoutFlame } from './flame-layout.ts';
import { invertTree } from './inverted-tree.ts';
import type { OpenTree } from './open-tree.ts';
import { shapeTree, weighTree } from './tree-shape.ts';

const PROFILE = profileFromText(`
  @wall  400    300    200   50     50
  main   main   main   main   idle
  load   load   draw   tiny
  parse  read
`);

function treeOf(profile: Profile, inverted: boolean, measure: 'wall' | 'samples' = 'wall'): OpenTree {
  const tree = weighTree(shapeTree(profile), computeStackWeights(profile, measure));
  return inverted ? invertTree(tree) : tree;
}

/** Boxes as text: `name start..end`, a level more to the right for each level. */
function picture(
  profile: Profile,
  options: Parameters<typeof layoutFlame>[1] = {},
  inverted = false,
): string {
  const tree = treeOf(profile, inverted);
  const boxes = layoutFlame(tree, options);
  return Array.from(boxes.node, (node, i) => {
    const row = node === NONE ? NONE : tree.function[node];
    const name =
      node === NONE ? '…' : row === NONE ? '(root)' : getFunctionName(profile, row as FunctionIndex);
    const from = Math.round(boxes.start[i] * 1000);
    const to = Math.round((boxes.start[i] + boxes.width[i]) * 1000);
    return `${'  '.repeat(boxes.depth[i])}${name} ${from}..${to}`;
  }).join('\n');
}

test('boxes are as wide as totals, side by side below their caller', () => {
  expect(picture(PROFILE)).toBe(
    unindent(`
      (root) 0..1000
        main 0..950
          load 0..700
            parse 0..400
            read 400..700
          draw 700..900
          tiny 900..950
        idle 950..1000
    `),
  );
});

test('a zoomed node fills the width, and its callers stand above it', () => {
  expect(picture(PROFILE, { zoom: 2 })).toBe(
    unindent(`
      (root) 0..1000
        main 0..1000
          load 0..1000
            parse 0..571
            read 571..1000
    `),
  );
});

test('what is too narrow stands together in one box', () => {
  const wide = profileFromText(`
    @wall  500   100  90   80   70   60   50   50
    main   main  main main main main main main
    a      b     c    d    e    f    g    h
  `);
  expect(picture(wide, { minWidth: 0.085 })).toBe(
    unindent(`
      (root) 0..1000
        main 0..1000
          a 0..500
          b 500..600
          c 600..690
          … 690..1000
    `),
  );
});

test('inverted graphs begin with the functions that samples ended in', () => {
  expect(picture(PROFILE, {}, true).split('\n').slice(0, 4).join('\n')).toBe(
    unindent(`
      (root) 0..1000
        parse 0..400
          load 0..400
            main 0..400
    `),
  );
});

test('for any profile: children lie within their parents, no two boxes of a level overlap, nothing is lost', () => {
  fc.assert(
    fc.property(
      arbitraryProfile,
      fc.boolean(),
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      (profile, inverted, minWidth) => {
        const tree = treeOf(profile, inverted, 'samples');
        const boxes = layoutFlame(tree, { minWidth });
        const rightOfLevel: number[] = [];
        const levels = new Map<number, number>();
        for (let i = 0; i < boxes.length; i++) {
          const depth = boxes.depth[i];
          expect(boxes.start[i]).toBeGreaterThanOrEqual((rightOfLevel[depth] ?? 0) - 1e-9);
          rightOfLevel[depth] = boxes.start[i] + boxes.width[i];
          expect(rightOfLevel[depth]).toBeLessThanOrEqual(1 + 1e-9);
          levels.set(depth, (levels.get(depth) ?? 0) + boxes.width[i]);
        }
        if (minWidth > 0 || tree.total[0] === 0) return;
        // With no limit every node has its box, and they are as wide as their totals.
        boxes.node.forEach((node, i) => {
          expect(boxes.width[i]).toBeCloseTo(tree.total[node] / tree.total[0], 9);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('a hundred thousand levels are no more than boxes', () => {
  const deep = profileFromText('@wall 1\nf');
  const length = 100_000;
  const parent = Int32Array.from({ length }, (_, row) => row - 1);
  const profile = {
    ...deep,
    stacks: { length, parent, frame: new Int32Array(length) },
    samples: { ...deep.samples, stack: Int32Array.of(length - 1) },
  };
  expect(layoutFlame(treeOf(profile, false)).levels).toBe(length + 1);
});
