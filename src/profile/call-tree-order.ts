// Brings call nodes into depth-first order, siblings by descending total.

import type { CallNodes } from './call-tree-nodes.ts';
import { sumOverSubtrees } from './stack-weights.ts';
import { NONE } from './tables.ts';

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
  const rowOf = placeNodes(nodes, total);

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
  const size = countSubtrees(nodes);
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

/** Nodes in each subtree, the node itself included. */
function countSubtrees(nodes: CallNodes): Uint32Array {
  return sumOverSubtrees(nodes.parent, new Uint32Array(nodes.length).fill(1));
}

/** The depth-first position of every node, which is its row in the finished columns. */
function placeNodes(nodes: CallNodes, total: Float64Array): Uint32Array {
  const { children, start } = listChildren(nodes, total);
  const size = countSubtrees(nodes);
  const rowOf = new Uint32Array(nodes.length);
  // Parents come before their children in `nodes`, so a parent has its place before it hands out those of its children.
  for (let node = 0; node < nodes.length; node++) {
    let place = rowOf[node] + 1;
    for (let i = start[node]; i < start[node + 1]; i++) {
      rowOf[children[i]] = place;
      place += size[children[i]];
    }
  }
  return rowOf;
}

/** The children of node n, by descending total: children[start[n]] to children[start[n + 1] - 1]. */
function listChildren(
  nodes: CallNodes,
  total: Float64Array,
): { readonly children: Uint32Array; readonly start: Uint32Array } {
  const { length, parent } = nodes;
  const start = new Uint32Array(length + 2);
  for (let node = 1; node < length; node++) start[parent[node] + 2]++;
  for (let node = 0; node < length; node++) start[node + 2] += start[node + 1];
  // start[n + 1] is now where the next child of n goes, and ends as where those of n + 1 begin.
  const children = new Uint32Array(length - 1);
  for (let node = 1; node < length; node++) children[start[parent[node] + 1]++] = node;
  for (let node = 0; node < length; node++) {
    if (start[node + 1] - start[node] > 1) {
      sortByTotal(children.subarray(start[node], start[node + 1]), total);
    }
  }
  return { children, start };
}

/** Most nodes have a handful of children, for which inserting is several times faster than a general sort. */
function sortByTotal(rows: Uint32Array, total: Float64Array): void {
  if (rows.length > 24) {
    rows.sort((a, b) => total[b] - total[a] || a - b);
    return;
  }
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i];
    let place = i;
    for (; place > 0 && total[rows[place - 1]] < total[row]; place--) rows[place] = rows[place - 1];
    rows[place] = row;
  }
}
