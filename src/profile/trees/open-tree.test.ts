import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { selectSamples } from '../costs/selection.ts';
import { computeStackWeights } from '../costs/stack-weights.ts';
import type { ThreadIndex } from '../tables.ts';
import { computeCallTree } from './call-tree.ts';
import { InvertedTree, invertTree } from './inverted-tree.ts';
import type { OpenTree } from './open-tree.ts';
import { shapeTree, weighTree } from './tree-shape.ts';

/** All nodes in depth-first order, with everything that is known of them. */
function listNodes(tree: OpenTree): (readonly number[])[] {
  const rows: (readonly number[])[] = [];
  const waiting = [0];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    rows.push([
      tree.function[node],
      tree.depth[node],
      tree.self[node],
      tree.total[node],
      tree.selfSamples[node],
      tree.totalSamples[node],
    ]);
    waiting.push(...[...tree.childrenOf(node)].reverse());
  }
  return rows;
}

test('opened everywhere, it is the whole call tree, in both directions and whatever is opened first', () => {
  fc.assert(
    fc.property(arbitraryProfile, fc.boolean(), fc.array(fc.nat(20)), (profile, inverted, opened) => {
      const weights = computeStackWeights(profile, 'samples');
      const topDown = weighTree(shapeTree(profile), weights);
      const tree = inverted ? invertTree(topDown) : topDown;
      const whole = computeCallTree(profile, 'samples', { inverted });
      let node = 0;
      for (const place of opened) {
        const children = tree.childrenOf(node);
        node = children.length === 0 ? 0 : children[place % children.length];
      }
      const expected = Array.from({ length: whole.length }, (_, row) => [
        whole.function[row],
        whole.depth[row],
        whole.self[row],
        whole.total[row],
        whole.selfSamples[row],
        whole.totalSamples[row],
      ]);
      expect(sortSiblings(listNodes(tree))).toEqual(sortSiblings(expected));
    }),
    { numRuns: 200 },
  );
});

/** Siblings of equal weight may stand in either order: as texts with their paths, sorted. */
function sortSiblings(rows: readonly (readonly number[])[]): string[] {
  const path: number[] = [];
  return rows
    .map(([row, depth, ...costs]) => {
      path.length = depth;
      path.push(row);
      return `${path.join('/')} ${costs.join(' ')}`;
    })
    .sort();
}

test('an inverted tree weighs another selection as if it were made of it', () => {
  const threads = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(arbitraryProfile, fc.array(threads, { minLength: 1, maxLength: 3 }), (profile, choices) => {
      const shape = shapeTree(profile);
      const whole = weighTree(shape, computeStackWeights(profile, 'samples'));
      const kept = new InvertedTree(whole, whole.selfSamples);
      for (const chosen of choices) {
        const rows = [...chosen.keys()].filter((row) => chosen[row]) as ThreadIndex[];
        const selected = selectSamples(profile, { threads: new Set(rows) });
        const tree = weighTree(shape, computeStackWeights(selected, 'samples'));
        kept.weigh(tree);
        expect(sortSiblings(listNodes(kept))).toEqual(sortSiblings(listNodes(invertTree(tree))));
      }
    }),
  );
});

test('an inverted node tells which paths it is made of, before and after it is opened', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      const tree = weighTree(shapeTree(profile), computeStackWeights(profile, 'samples'));
      const inverted = invertTree(tree);
      const check = (node: number) => {
        const sum = inverted.leavesOf(node).reduce((total, leaf) => total + tree.self[leaf], 0);
        expect(sum).toBe(inverted.total[node] - (node === 0 ? inverted.self[0] : 0));
      };
      const waiting = [0];
      for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
        check(node);
        const children = inverted.childrenOf(node);
        check(node);
        waiting.push(...children);
      }
    }),
  );
});
