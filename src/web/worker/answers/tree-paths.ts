// Paths through a tree by the keys of functions, which other recordings and other page loads have, too.

import type { OpenTree } from '../../../profile/trees/open-tree.ts';
import type { FunctionKey } from '../messages.ts';

/** The node at the end of the path, or of as much of it as there is. */
export function walkTree(
  tree: OpenTree,
  path: readonly FunctionKey[],
  keyOf: (functionRow: number) => FunctionKey | undefined,
): number {
  let node = 0;
  for (const key of path) {
    const child = tree.childrenOf(node).find((each) => keyOf(tree.function[each]) === key);
    if (child === undefined) break;
    node = child;
  }
  return node;
}

/** Functions from below the root to the node. */
export function listPath(tree: OpenTree, node: number): number[] {
  const path: number[] = [];
  for (let row = node; row > 0; row = tree.parent[row]) path.push(tree.function[row]);
  return path.reverse();
}
