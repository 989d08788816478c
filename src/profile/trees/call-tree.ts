// Call trees: stacks merged by function, which is the tree that people see. Top-down, or inverted: below the root the
// functions that samples ended in, below each of them its callers.
//
// The top-down tree has at most as many nodes as there are stacks. The inverted one could have as many as all stacks are
// deep together: it is built level by level, within a budget, and says where it was cut; `path` asks for what was cut.

import { computeStackWeights, type StackWeights, sumOverSubtrees } from '../costs/stack-weights.ts';
import type { Measure } from '../measure.ts';
import { type FunctionIndex, NONE, type Profile, type WeightUnit } from '../tables.ts';
import { CallNodes } from './call-tree-nodes.ts';
import { type CallTreeColumns, orderNodes } from './call-tree-order.ts';

/** The call nodes, with what is needed to read their weights. */
export interface CallTree extends CallTreeColumns {
  readonly unit: WeightUnit;
  /** For computeShareError. */
  readonly effectiveSamples: number;
}

export interface CallTreeOptions {
  /** Callers below callees. */
  readonly inverted?: boolean;
  /** Levels below the root, or below `path`. Default: all. */
  readonly maxDepth?: number;
  /** Inverted only: nodes below this share of the whole weight get no children. Default: 0. */
  readonly minShare?: number;
  /** Inverted only: keeps to the samples whose innermost functions are these, the leaf first. */
  readonly path?: readonly FunctionIndex[];
  /** Of this profile and measure, where they are known already. */
  readonly weights?: StackWeights;
}

/** Steps from a stack to its caller while an inverted tree is built: about half a second. */
const MAX_INVERTED_STEPS = 4_000_000;
/** Nodes of an inverted tree, give or take a level: about 100 bytes each while it is built. */
const MAX_INVERTED_NODES = 1_000_000;

/** Stacks merged by function. Every sample is in it: the root's total is the weight of all (or of all below `path`). */
export function computeCallTree(profile: Profile, measure: Measure, options: CallTreeOptions = {}): CallTree {
  const weights = options.weights ?? computeStackWeights(profile, measure);
  const nodes = new CallNodes();
  if (options.inverted === true) addInverted(profile, weights, nodes, options);
  else addTopDown(profile, weights, nodes, options.maxDepth ?? Number.POSITIVE_INFINITY);
  if (options.path === undefined) nodes.addSelf(0, weights.withoutStack, weights.samplesWithoutStack);
  return { unit: weights.unit, effectiveSamples: weights.effectiveSamples, ...orderNodes(nodes) };
}

function addTopDown(profile: Profile, weights: StackWeights, nodes: CallNodes, maxDepth: number): void {
  const { stacks, frames } = profile;
  const nodeOfStack = new Int32Array(stacks.length);
  // Only stacks with samples below get nodes: a selection leaves most of them without.
  const samplesBelow = sumOverSubtrees(stacks.parent, weights.selfSamples);
  for (let row = 0; row < stacks.length; row++) {
    if (samplesBelow[row] === 0) continue;
    const above = stacks.parent[row] === NONE ? 0 : nodeOfStack[stacks.parent[row]];
    if (nodes.depth[above] >= maxDepth) {
      nodeOfStack[row] = above;
      nodes.addRest(above, weights.self[row], weights.selfSamples[row]);
    } else {
      const node = nodes.intern(above, frames.function[stacks.frame[row]]);
      nodeOfStack[row] = node;
      nodes.addSelf(node, weights.self[row], weights.selfSamples[row]);
    }
  }
}

/** Level by level: every stack that has samples walks towards its outermost frame, and takes its node along. */
function addInverted(
  profile: Profile,
  weights: StackWeights,
  nodes: CallNodes,
  options: CallTreeOptions,
): void {
  const { stacks, frames } = profile;
  const { path = [], maxDepth = Number.POSITIVE_INFINITY, minShare = 0 } = options;
  const minTotal = minShare * Math.abs(weights.sum);
  const walkers = startWalkers(weights);
  const { leaf, at, node } = walkers;
  let active = walkers.length;
  let steps = 0;
  let totals = new Float64Array([Number.POSITIVE_INFINITY]);
  let levelStart = 0;
  for (let depth = 0; active > 0; depth++) {
    const wanted = path[depth];
    const isFirstLevel = depth <= path.length;
    const isOverBudget = steps + active > MAX_INVERTED_STEPS || nodes.length > MAX_INVERTED_NODES;
    const isLastLevel = depth >= path.length + maxDepth || (!isFirstLevel && isOverBudget);
    const nextStart = nodes.length;
    const nextTotals: number[] = [];
    let kept = 0;
    for (let i = 0; i < active; i++) {
      const weight = weights.self[leaf[i]];
      const samples = weights.selfSamples[leaf[i]];
      const functionRow = frames.function[stacks.frame[at[i]]];
      if (wanted !== undefined && functionRow !== wanted) continue;
      if (isLastLevel || (!isFirstLevel && Math.abs(totals[node[i] - levelStart]) < minTotal)) {
        nodes.addRest(node[i], weight, samples);
        continue;
      }
      const child = nodes.intern(node[i], functionRow);
      nextTotals[child - nextStart] = (nextTotals[child - nextStart] ?? 0) + weight;
      const caller = stacks.parent[at[i]];
      if (caller === NONE) {
        if (depth + 1 >= path.length) nodes.addSelf(child, weight, samples);
        continue;
      }
      leaf[kept] = leaf[i];
      at[kept] = caller;
      node[kept++] = child;
    }
    steps += active;
    active = kept;
    levelStart = nextStart;
    totals = Float64Array.from(nextTotals);
  }
}

/** One walker for each stack that samples ended in: where it began, where it is, and the node it has come to. */
function startWalkers(weights: StackWeights): {
  readonly length: number;
  readonly leaf: Int32Array;
  readonly at: Int32Array;
  readonly node: Int32Array;
} {
  const leaf = new Int32Array(weights.self.length);
  let length = 0;
  for (let row = 0; row < leaf.length; row++) {
    if (weights.selfSamples[row] > 0) leaf[length++] = row;
  }
  return { length, leaf, at: leaf.slice(), node: new Int32Array(leaf.length) };
}
