// The tree with callees below callers: a shape, which is that of the stacks, and weights, which are those of a selection.
// Another selection costs a pass over the nodes.

import { hashPair, RowIndex } from '../../base/row-index.ts';
import type { StackWeights } from '../costs/stack-weights.ts';
import { NONE, type Profile } from '../tables.ts';
import { type ChildLists, listChildren, orderChildren } from './child-lists.ts';
import type { OpenTree } from './open-tree.ts';

/** Which call nodes stacks make, whatever they weigh. Parents stand before their children. */
export interface TreeShape {
  readonly length: number;
  readonly parent: Int32Array;
  readonly function: Int32Array;
  readonly depth: Int32Array;
  /** By stack. */
  readonly nodeOfStack: Int32Array;
  readonly children: ChildLists;
}

/** Merges stacks of equal functions. */
export function shapeTree({ stacks, frames }: Pick<Profile, 'stacks' | 'frames'>): TreeShape {
  const nodeOfStack = new Int32Array(stacks.length);
  const parent = new Int32Array(stacks.length + 1);
  const functions = new Int32Array(stacks.length + 1);
  const depth = new Int32Array(stacks.length + 1);
  parent[0] = NONE;
  functions[0] = NONE;
  const index = new RowIndex(stacks.length);
  let length = 1;
  for (let row = 0; row < stacks.length; row++) {
    const above = stacks.parent[row] === NONE ? 0 : nodeOfStack[stacks.parent[row]];
    const functionRow = frames.function[stacks.frame[row]];
    // Most nodes stand right behind their parent, and are found there without a look at the index.
    if (above + 1 < length && parent[above + 1] === above && functions[above + 1] === functionRow) {
      nodeOfStack[row] = above + 1;
      continue;
    }
    const hash = hashPair(above, functionRow);
    let slot = index.firstSlot(hash);
    let node = index.rowAt(slot);
    while (node !== -1 && (parent[node] !== above || functions[node] !== functionRow)) {
      slot = index.nextSlot(slot);
      node = index.rowAt(slot);
    }
    if (node === -1) {
      node = length++;
      parent[node] = above;
      functions[node] = functionRow;
      depth[node] = depth[above] + 1;
      if (node !== above + 1) index.insert(slot, hash, node);
    }
    nodeOfStack[row] = node;
  }
  const ownParent = parent.slice(0, length);
  return {
    length,
    parent: ownParent,
    function: functions.slice(0, length),
    depth: depth.slice(0, length),
    nodeOfStack,
    children: listChildren(ownParent),
  };
}

/** Columns of a tree that nobody looks at any more; see OpenTree. */
export type UsedColumns = Pick<OpenTree, 'self' | 'total' | 'selfSamples' | 'totalSamples'>;

/** The tree of a shape with the weights of the stacks that it is the shape of. Every sample is in it. */
export function weighTree(shape: TreeShape, weights: StackWeights, used?: UsedColumns): OpenTree {
  const { length, parent, nodeOfStack, children } = shape;
  const { self, total, selfSamples, totalSamples } =
    used?.self.length === length ? used : createColumns(length);
  self.fill(0);
  selfSamples.fill(0);
  self[0] = weights.withoutStack;
  selfSamples[0] = weights.samplesWithoutStack;
  for (let row = 0; row < nodeOfStack.length; row++) {
    const samples = weights.selfSamples[row];
    if (samples === 0) continue;
    const node = nodeOfStack[row];
    self[node] += weights.self[row];
    selfSamples[node] += samples;
  }
  total.set(self);
  totalSamples.set(selfSamples);
  // Parents stand before their children, so going backwards every node is complete when it is added to its parent.
  for (let node = length - 1; node > 0; node--) {
    const samples = totalSamples[node];
    if (samples === 0) continue;
    total[parent[node]] += total[node];
    totalSamples[parent[node]] += samples;
  }
  return {
    length,
    unit: weights.unit,
    effectiveSamples: weights.effectiveSamples,
    parent,
    function: shape.function,
    depth: shape.depth,
    self,
    total,
    selfSamples,
    totalSamples,
    childrenOf: (node, least) => orderChildren(children, node, { total, samples: totalSamples, least }),
  };
}

function createColumns(length: number): UsedColumns {
  return {
    self: new Float64Array(length),
    total: new Float64Array(length),
    selfSamples: new Uint32Array(length),
    totalSamples: new Uint32Array(length),
  };
}
