// The costs of one profile on rows that it shares with another: sums of weights and of their squares.

import { visitOutermost } from '../costs/stack-walk.ts';
import { type DivisibleWeights, type StackWeights, sumOverSubtrees } from '../costs/stack-weights.ts';
import { computeDivisibleWeights } from '../costs/weight-sums.ts';
import type { Measure } from '../measure.ts';
import { NONE, type Profile } from '../tables.ts';
import type { CallNodes } from '../trees/call-tree-nodes.ts';
import type { CostColumn } from './cost-changes.ts';

/** Weights by stack, with their squares. */
export interface DiffSums {
  readonly profile: Profile;
  readonly weights: StackWeights;
  /** Sum of the squared weights of the samples that ended in each stack. Where weights count samples: the weight. */
  readonly selfSquares: Float64Array;
  readonly squaresWithoutStack: number;
  readonly squares: number;
}

export function computeDiffSums(profile: Profile, measure: Measure): DiffSums {
  return toDiffSums(profile, computeDivisibleWeights(profile, measure));
}

/** Of the weights of a selection; the samples of the profile are not looked at. */
export function toDiffSums(profile: Profile, weights: DivisibleWeights): DiffSums {
  const { self: selfSquares, withoutStack } = weights.countsSamples ? weights : weights.getSquares();
  return {
    profile,
    weights,
    selfSquares,
    squaresWithoutStack: withoutStack,
    squares: selfSquares.reduce((sum, each) => sum + each, withoutStack),
  };
}

/** Self and total of each common function; the last row, behind them, is for samples without a stack. */
export function sumByFunction(
  sums: DiffSums,
  commonRows: Int32Array,
  length: number,
): { readonly self: CostColumn; readonly total: CostColumn } {
  const { profile, weights, selfSquares } = sums;
  const { stacks, frames } = profile;
  const self = createColumn(length + 1);
  const total = createColumn(length + 1);
  const keyOfFrame = frames.function.map((row) => commonRows[row]);
  for (let row = 0; row < stacks.length; row++) {
    const key = keyOfFrame[stacks.frame[row]];
    self.amount[key] += weights.self[row];
    self.squares[key] += selfSquares[row];
  }
  const amountBelow = sumOverSubtrees(stacks.parent, weights.self);
  const squaresBelow = sumOverSubtrees(stacks.parent, selfSquares);
  visitOutermost(stacks, keyOfFrame, length, (row, key) => {
    total.amount[key] += amountBelow[row];
    total.squares[key] += squaresBelow[row];
  });
  for (const column of [self, total]) {
    column.amount[length] = weights.withoutStack;
    column.squares[length] = sums.squaresWithoutStack;
  }
  return { self, total };
}

/** Adds the call paths of the profile that have samples to the nodes. Gives the node of each stack, NONE without samples. */
export function addPaths(sums: DiffSums, commonRows: Int32Array, nodes: CallNodes): Int32Array {
  const { stacks, frames } = sums.profile;
  const samplesBelow = sumOverSubtrees(stacks.parent, sums.weights.selfSamples);
  const nodeOfStack = new Int32Array(stacks.length).fill(NONE);
  for (let row = 0; row < stacks.length; row++) {
    if (samplesBelow[row] === 0) continue;
    const above = stacks.parent[row] === NONE ? 0 : nodeOfStack[stacks.parent[row]];
    nodeOfStack[row] = nodes.intern(above, commonRows[frames.function[stacks.frame[row]]]);
  }
  return nodeOfStack;
}

/** Self and total of each node, once the nodes are complete. Node 0, the root, has the samples without a stack itself. */
export function sumByPath(
  sums: DiffSums,
  nodeOfStack: Int32Array,
  parent: Int32Array,
): { readonly self: CostColumn; readonly total: CostColumn } {
  const self = createColumn(parent.length);
  self.amount[0] = sums.weights.withoutStack;
  self.squares[0] = sums.squaresWithoutStack;
  for (let row = 0; row < nodeOfStack.length; row++) {
    const node = nodeOfStack[row];
    if (node === NONE) continue;
    self.amount[node] += sums.weights.self[row];
    self.squares[node] += sums.selfSquares[row];
  }
  return {
    self,
    total: {
      amount: sumOverSubtrees(parent, self.amount),
      squares: sumOverSubtrees(parent, self.squares),
    },
  };
}

function createColumn(length: number): CostColumn {
  return { amount: new Float64Array(length), squares: new Float64Array(length) };
}
