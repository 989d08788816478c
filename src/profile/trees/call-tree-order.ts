// Brings call nodes into depth-first order, siblings by descending total.

import { sumOverSubtrees } from '../costs/stack-weights.ts';
import { NONE } from '../tables.ts';
import type { CallNodes } from './call-tree-nodes.ts';
import { listChildren, sortByTotal } from './child-lists.ts';

/** Call nodes in depth-first order: a node's subtree is the rows from its own to `subtreeEnd` (excluded). */
export interface CallTreeColumns {
  /** At least 1: row 0 is the root, which stands for the whole program and has no function. */
  readonly length: number;
  /** Row of the parent, which is smaller; NONE for the root. */
  readonly parent: Int32Array;
  /** FunctionIndex; NONE for the root. */
  readonly function: Int32Array;
  /** 0 for the root. */
  readonly depth: Int32Array;
  /** First row behind the node's subtree. */
  readonly subtreeEnd: Int32Array;
  /**
   * Weight of the samples whose path through the tree ends in the node, in `unit`: in its function itself, or, inverted,
   * in a stack without further callers. The root's is the weight of the samples without a stack.
   */
  readonly self: Float64Array;
  /**
   * Weight of the samples that pass through the node: `self` plus the totals of its children, and more where nodes were
   * cut. Siblings stand in descending order of it.
   */
  readonly total: Float64Array;
  /** Number of samples in `self` and in `total` whose weight is not zero. */
  readonly selfSamples: Uint32Array;
  readonly totalSamples: Uint32Array;
  /** 1 where children are missing because of the limits. */
  readonly isCut: Uint8Array;
}

/** The finished columns. Equal totals stay in the order the nodes were found in. */
export function orderNodes(nodes: CallNodes): CallTreeColumns {
  const { length } = nodes;
  const total = sumOverSubtrees(nodes.parent, addColumns(nodes.self, nodes.rest, length));
  const totalSamples = sumOverSubtrees(
    nodes.parent,
    addColumns(nodes.selfSamples, nodes.restSamples, length),
  );
  const size = sumOverSubtrees(nodes.parent, new Uint32Array(length).fill(1));
  const rowOf = placeNodes(nodes, total, size);

  const tree = {
    length,
    parent: new Int32Array(length),
    function: new Int32Array(length),
    depth: new Int32Array(length),
    subtreeEnd: new Int32Array(length),
    self: new Float64Array(length),
    total: new Float64Array(length),
    selfSamples: new Uint32Array(length),
    totalSamples: new Uint32Array(length),
    isCut: new Uint8Array(length),
  };
  for (let node = 0; node < length; node++) {
    const row = rowOf[node];
    tree.parent[row] = nodes.parent[node] === NONE ? NONE : rowOf[nodes.parent[node]];
    tree.function[row] = nodes.function[node];
    tree.depth[row] = nodes.depth[node];
    tree.subtreeEnd[row] = row + size[node];
    tree.self[row] = nodes.self[node];
    tree.total[row] = total[node];
    tree.selfSamples[row] = nodes.selfSamples[node];
    tree.totalSamples[row] = totalSamples[node];
    tree.isCut[row] = nodes.isCut[node];
  }
  return tree;
}

function addColumns<T extends Float64Array | Uint32Array>(a: T, b: T, length: number): T {
  const sums = a.slice(0, length) as T;
  for (let i = 0; i < length; i++) sums[i] += b[i];
  return sums;
}

/** The depth-first position of every node, which is its row in the finished columns. `size`: nodes in each subtree. */
function placeNodes(nodes: CallNodes, total: Float64Array, size: Uint32Array): Uint32Array {
  const { length } = nodes;
  const { children, start } = listChildren(nodes.parent.subarray(0, length));
  const rowOf = new Uint32Array(length);
  // Parents come before their children in `nodes`, so a parent has its place before it hands out those of its children.
  for (let node = 0; node < length; node++) {
    let place = rowOf[node] + 1;
    const end = start[node + 1];
    if (end - start[node] > 1) sortByTotal(children.subarray(start[node], end), total);
    for (let i = start[node]; i < end; i++) {
      rowOf[children[i]] = place;
      place += size[children[i]];
    }
  }
  return rowOf;
}
