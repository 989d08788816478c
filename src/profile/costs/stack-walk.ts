// Totals by function (or line, or file …) with recursion counted once.
//
// A stack counts for a key once, however often the key stands in it. So a row of the prefix tree adds the weight of its
// whole subtree to its key, unless the same key stands above it already. One walk through the tree in depth-first order
// knows that from a counter per key, which goes up on the way down and down on the way up: no set per stack, no recursion.

import { NONE, type StackTable } from '../tables.ts';

/** Calls `visit` for every row of the tree that is the outermost of its key. `keyOfFrame` gives NONE for no key. */
export function visitOutermost(
  stacks: StackTable,
  keyOfFrame: Int32Array,
  keyCount: number,
  visit: (row: number, key: number) => void,
): void {
  const { parent, frame } = stacks;
  const { firstChild, nextSibling, firstRoot } = linkChildren(stacks);
  const depthOfKey = new Int32Array(keyCount);
  let row = firstRoot;
  while (row !== NONE) {
    const key = keyOfFrame[frame[row]];
    if (key !== NONE && depthOfKey[key]++ === 0) visit(row, key);
    if (firstChild[row] !== NONE) {
      row = firstChild[row];
      continue;
    }
    while (row !== NONE) {
      const left = keyOfFrame[frame[row]];
      if (left !== NONE) depthOfKey[left]--;
      if (nextSibling[row] !== NONE) break;
      row = parent[row];
    }
    if (row !== NONE) row = nextSibling[row];
  }
}

/** The tree the other way round: the first child of each row, and the next child of its parent. */
export function linkChildren(tree: { readonly length: number; readonly parent: Int32Array }): {
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly firstRoot: number;
} {
  const firstChild = new Int32Array(tree.length).fill(NONE);
  const nextSibling = new Int32Array(tree.length).fill(NONE);
  let firstRoot = NONE;
  for (let row = tree.length - 1; row >= 0; row--) {
    const above = tree.parent[row];
    if (above === NONE) {
      nextSibling[row] = firstRoot;
      firstRoot = row;
    } else {
      nextSibling[row] = firstChild[above];
      firstChild[above] = row;
    }
  }
  return { firstChild, nextSibling, firstRoot };
}
