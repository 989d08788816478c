// The tree with callees below callers: a shape, which is that of the stacks, and weights, which are those of a selection.
// Another selection costs a pass over the nodes.

import { hashPair, RowIndex } from '../base/row-index.ts';
import { type ChildLists, listChildren, orderChildren } from './child-lists.ts';
import type { OpenTree } from './open-tree.ts';
import { type StackWeights, sumOverSubtrees } from './stack-weights.ts';
import { NONE, type Profile } from './tables.ts';

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

/** The tree of a shape with the weights of the stacks that it is the shape of. Every sample is in it. */
export function weighTree(shape: TreeShape, weights: StackWeights): OpenTree {
  const { parent, nodeOfStack, children } = shape;
  const self = new Float64Array(shape.length);
  const selfSamples = new Uint32Array(shape.length);
  self[0] = weights.withoutStack;
  selfSamples[0] = weights.samplesWithoutStack;
  for (let row = 0; row < nodeOfStack.length; row++) {
    if (weights.selfSamples[row] === 0) continue;
    self[nodeOfStack[row]] += weights.self[row];
    selfSamples[nodeOfStack[row]] += weights.selfSamples[row];
  }
  const total = sumOverSubtrees(parent, self);
  const totalSamples = sumOverSubtrees(parent, selfSamples);
  const known = new Map<number, Int32Array>();
  return {
    length: shape.length,
    unit: weights.unit,
    effectiveSamples: weights.effectiveSamples,
    parent,
    function: shape.function,
    depth: shape.depth,
    self,
    total,
    selfSamples,
    totalSamples,
    childrenOf: (node) => {
      let ordered = known.get(node);
      if (ordered === undefined) {
        ordered = orderChildren(children, node, total, totalSamples);
        known.set(node, ordered);
      }
      return ordered;
    },
  };
}
