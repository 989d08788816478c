// The one pass over all samples: everything else that is computed walks the (far smaller) table of stacks.

import { getMeasureColumn, type Measure } from '../measure.ts';
import { NONE, type Profile, type WeightUnit } from '../tables.ts';

export interface StackWeights {
  readonly unit: WeightUnit;
  /** Weight of the samples that ended in each stack, in `unit`. */
  readonly self: Float64Array;
  /** Number of those samples that counted: their weight was not zero. */
  readonly selfSamples: Uint32Array;
  /** Weight and number of the samples without a stack. */
  readonly withoutStack: number;
  readonly samplesWithoutStack: number;
  /** Weight of all samples. */
  readonly sum: number;
  /** Number of samples that counted. */
  readonly samples: number;
  /** (sum of weights)² / sum of squared weights: so many samples of equal weight would say as much; the sum of counts. */
  readonly effectiveSamples: number;
}

/** Weights of which a part can be taken: with the squares that the effective samples of the part come from. */
export interface DivisibleWeights extends StackWeights {
  /** Computed when they are asked for, and remembered. */
  getSquares(): Squares;
  /** The weights are counts, and so are the effective samples. */
  readonly countsSamples: boolean;
}

/** Sums of the squares of weights, in the square of their unit. */
export interface Squares {
  /** Of the samples that ended in each stack. */
  readonly self: Float64Array;
  readonly withoutStack: number;
}

/** The memory that weights stand in; slot 0 is for the samples without a stack. */
export interface WeightColumns {
  readonly weight: Float64Array;
  readonly samples: Uint32Array;
}

/** Adds up the samples by stack. */
export function computeStackWeights(profile: Profile, measure: Measure): StackWeights {
  const { unit, scale, values, countsSamples, requiredState } = getMeasureColumn(profile, measure);
  const { length, stack, state } = profile.samples;
  const self = new Float64Array(profile.stacks.length + 1);
  const selfSamples = new Uint32Array(profile.stacks.length + 1);
  let sumOfSquares = 0;
  // Slot 0 takes the samples without a stack, so that the loop has no branch for them.
  for (let i = 0; i < length; i++) {
    const weight = values === undefined ? 1 : values[i];
    if (weight === 0 || (state[i] & requiredState) !== requiredState) continue;
    const slot = stack[i] - NONE;
    self[slot] += weight;
    selfSamples[slot]++;
    sumOfSquares += weight * weight;
  }
  let sum = 0;
  let samples = 0;
  for (let slot = 0; slot < self.length; slot++) {
    sum += self[slot];
    samples += selfSamples[slot];
    self[slot] *= scale;
  }
  return {
    unit,
    self: self.subarray(1),
    selfSamples: selfSamples.subarray(1),
    withoutStack: self[0],
    samplesWithoutStack: selfSamples[0],
    sum: sum * scale,
    samples,
    effectiveSamples: countsSamples ? Math.max(0, sum * scale) : safeRatio(sum * sum, sumOfSquares),
  };
}

/** 0 where nothing is divided by. */
export function safeRatio(dividend: number, divisor: number): number {
  return divisor === 0 ? 0 : dividend / divisor;
}

/** Per stack: the weight of all samples that passed through it, itself included. */
export function sumOverSubtrees<T extends Float64Array | Uint32Array>(parent: Int32Array, self: T): T {
  const total = self.slice() as T;
  // Parents stand before their children, so going backwards every row is complete when it is added to its parent.
  for (let row = total.length - 1; row >= 0; row--) {
    if (parent[row] !== NONE) total[parent[row]] += total[row];
  }
  return total;
}
