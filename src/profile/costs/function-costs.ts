import type { Measure } from '../measure.ts';
import type { Profile, WeightUnit } from '../tables.ts';
import { visitOutermost } from './stack-walk.ts';
import { computeStackWeights, type StackWeights, sumOverSubtrees } from './stack-weights.ts';

/** What each function cost. Rows are those of the function table. */
export interface FunctionCosts {
  readonly length: number;
  readonly unit: WeightUnit;
  /** Weight of the samples whose innermost frame is in the function, in `unit`. */
  readonly self: Float64Array;
  /** Weight of the samples with the function anywhere in their stack, each counted once. */
  readonly total: Float64Array;
  /** Number of samples in `self` and in `total` whose weight is not zero. */
  readonly selfSamples: Uint32Array;
  readonly totalSamples: Uint32Array;
  /** Weight of all samples, those without a stack included: what shares are shares of. */
  readonly sum: number;
  readonly samples: number;
  /** Weight of the samples without a stack. */
  readonly withoutStack: number;
  /** For computeShareError. */
  readonly effectiveSamples: number;
}

/** Self and total of every function; in recursion a function's total counts each sample once. `weights`: where they are known already. */
export function computeFunctionCosts(
  profile: Profile,
  measure: Measure,
  weights: StackWeights = computeStackWeights(profile, measure),
): FunctionCosts {
  const { stacks, frames } = profile;
  const length = profile.functions.length;
  const self = new Float64Array(length);
  const selfSamples = new Uint32Array(length);
  for (let row = 0; row < stacks.length; row++) {
    const functionRow = frames.function[stacks.frame[row]];
    self[functionRow] += weights.self[row];
    selfSamples[functionRow] += weights.selfSamples[row];
  }
  const subtreeWeight = sumOverSubtrees(stacks.parent, weights.self);
  const subtreeSamples = sumOverSubtrees(stacks.parent, weights.selfSamples);
  const total = new Float64Array(length);
  const totalSamples = new Uint32Array(length);
  visitOutermost(stacks, frames.function, length, (row, functionRow) => {
    total[functionRow] += subtreeWeight[row];
    totalSamples[functionRow] += subtreeSamples[row];
  });
  const { unit, sum, samples, withoutStack, effectiveSamples } = weights;
  return {
    length,
    unit,
    self,
    total,
    selfSamples,
    totalSamples,
    sum,
    samples,
    withoutStack,
    effectiveSamples,
  };
}

/** The functions that have a cost, by descending weight. */
export function sortFunctions(costs: FunctionCosts, by: 'self' | 'total'): Uint32Array {
  const key = costs[by];
  const other = by === 'self' ? costs.total : costs.self;
  const rows = Uint32Array.from({ length: costs.length }, (_, row) => row).filter(
    (row) => costs.totalSamples[row] > 0,
  );
  return rows.sort((a, b) => key[b] - key[a] || other[b] - other[a] || a - b);
}
