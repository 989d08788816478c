// Which nodes of a call tree are shown and how they hang together: everything about the tree view but its columns.
//
// A call tree is deep, a terminal is not. So a call is indented only where its caller makes several that are shown;
// a chain of single calls goes straight down, and direct recursion is one line. What is cut is summed where it was cut.

import type { CallTree } from '../../profile/trees/call-tree.ts';
import type { Limits } from './view.ts';

export type TreeLine = CallLine | CutLine;

/** A call node; or several, for direct recursion. */
export interface CallLine {
  readonly type: 'call';
  /** Row of the call tree: the outermost of the nodes. */
  readonly node: number;
  /** More than 1 for direct recursion. */
  readonly levels: number;
  /** What leads to it: `│  ├─ `. */
  readonly branch: string;
  readonly total: number;
  /** Of all levels. */
  readonly self: number;
  /** Children that were cut and have no line of their own, because at most one other child is shown. */
  readonly cutNodes: number;
  readonly cutTotal: number;
}

/** Stands for all children of a node that were cut, below those that are shown. */
export interface CutLine {
  readonly type: 'cut';
  readonly branch: string;
  readonly nodes: number;
  readonly total: number;
}

/** Nodes with at least the share, and of these the heaviest `limit`. All ancestors of a node that is shown are too. */
export function selectNodes(tree: CallTree, limits: Limits): Uint8Array {
  const isShown = new Uint8Array(tree.length);
  const minTotal = limits.minShare * tree.total[0];
  let rows: number[] = [];
  for (let row = 0; row < tree.length; row++) {
    // The root is always there: it stands for everything.
    if (row === 0 || tree.total[row] >= minTotal) rows.push(row);
  }
  if (limits.limit > 0 && rows.length > limits.limit) {
    // A parent is at least as heavy as its child and stands before it, so it is never cut without its child.
    rows = rows.sort((a, b) => tree.total[b] - tree.total[a] || a - b).slice(0, limits.limit);
  }
  for (const row of rows) isShown[row] = 1;
  isShown[0] = 1;
  return isShown;
}

/** The lines of the tree, top down. */
export function layOutTree(tree: CallTree, limits: Limits): TreeLine[] {
  const isShown = selectNodes(tree, limits);
  const lines: TreeLine[] = [];
  const pending: (CutLine | { type: 'node'; node: number; branch: string; below: string })[] = [
    { type: 'node', node: 0, branch: '', below: '' },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.type === 'cut') {
      lines.push(next);
      continue;
    }
    const { node, branch, below } = next;
    const { levels, self, children, cutNodes, cutTotal } = gatherRecursion(tree, isShown, node);
    const isChain = children.length < 2;
    const ownCut = isChain ? { cutNodes, cutTotal } : { cutNodes: 0, cutTotal: 0 };
    lines.push({ type: 'call', node, levels, branch, total: tree.total[node], self, ...ownCut });
    if (isChain) {
      for (const child of children) pending.push({ type: 'node', node: child, branch: below, below });
      continue;
    }
    // The last one pushed is the next line.
    const hasCutLine = cutNodes > 0;
    if (hasCutLine) pending.push({ type: 'cut', branch: `${below}└─ `, nodes: cutNodes, total: cutTotal });
    for (let index = children.length - 1; index >= 0; index--) {
      const isLast = index === children.length - 1 && !hasCutLine;
      pending.push({
        type: 'node',
        node: children[index],
        branch: below + (isLast ? '└─ ' : '├─ '),
        below: below + (isLast ? '   ' : '│  '),
      });
    }
  }
  return lines;
}

/** Goes down as long as a function only calls itself; gives the children of the innermost level that are shown. */
function gatherRecursion(tree: CallTree, isShown: Uint8Array, node: number) {
  let levels = 0;
  let self = 0;
  let cutNodes = 0;
  let cutTotal = 0;
  for (let current = node; ; levels++) {
    const children: number[] = [];
    self += tree.self[current];
    for (let child = current + 1; child < tree.subtreeEnd[current]; child = tree.subtreeEnd[child]) {
      if (isShown[child] === 1) children.push(child);
      else {
        cutNodes++;
        cutTotal += tree.total[child];
      }
    }
    const isRecursion = children.length === 1 && tree.function[children[0]] === tree.function[current];
    if (!isRecursion) return { levels: levels + 1, self, children, cutNodes, cutTotal };
    current = children[0];
  }
}
