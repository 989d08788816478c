// The format holds samples, all of one weight: what weighs more is written several times.

import { getMeasureColumn, type Measure } from '../../profile/measure.ts';
import type { Profile } from '../../profile/tables.ts';

/** Records that are written at the most: what has more is rounded. The original's tools take minutes for these. */
export const MAX_RECORDS = 1 << 21;
/** Up to so many, and up to sixteen for each sample, weights are written exactly; then a fine rounding is enough. */
const USUAL_RECORDS = 1 << 16;
/** Bytes of stacks that are written at the most. */
export const MAX_STACK_BYTES = 1 << 28;

export interface SampleCounts {
  /** What each record stands for, in the unit of the weights. */
  readonly quantum: number;
  /** Records of each sample. */
  readonly counts: Uint32Array;
  readonly isRounded: boolean;
}

/** How often each sample is written: exactly in proportion to its weight where the limits allow. */
export function countRecords(profile: Profile, measure: Measure): SampleCounts {
  const { length, stack, state } = profile.samples;
  const { values, scale, requiredState } = getMeasureColumn(profile, measure);
  const weights = new Float64Array(length);
  const depths = computeDepths(profile);
  let divisor = 0;
  let isWhole = true;
  let sum = 0;
  let bytes = 0;
  for (let i = 0; i < length; i++) {
    const weight = (state[i] & requiredState) !== requiredState ? 0 : Math.max(0, values?.[i] ?? 1);
    if (weight === 0) continue;
    weights[i] = weight;
    sum += weight;
    bytes += weight * recordBytes(stack[i] < 0 ? 0 : depths[stack[i]]);
    if (!Number.isSafeInteger(weight * FRACTIONS)) isWhole = false;
    else if (isWhole && divisor !== 1) divisor = findDivisor(divisor, weight * FRACTIONS);
  }
  const counts = new Uint32Array(length);
  if (sum === 0) return { quantum: scale, counts, isRounded: false };
  const most = Math.min(MAX_RECORDS, Math.max(USUAL_RECORDS, length * 16));
  const finest = isWhole ? divisor / FRACTIONS : 0;
  const coarsest = Math.max(sum / most, bytes / MAX_STACK_BYTES);
  const isRounded = finest < coarsest;
  const quantum = isRounded ? coarsest : finest;
  // What is left of one sample counts with the next: the sums stay right, whatever the weights are.
  let carry = 0;
  for (let i = 0; i < length; i++) {
    carry += weights[i] / quantum;
    counts[i] = isRounded ? Math.floor(carry) : Math.round(carry);
    carry -= counts[i];
  }
  return { quantum: quantum * scale, counts, isRounded };
}

/** Weights that are multiples of a 64th are written exactly, too. */
const FRACTIONS = 64;

function findDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function recordBytes(depth: number): number {
  return 33 + 16 * depth;
}

function computeDepths({ stacks }: Profile): Int32Array {
  const depths = new Int32Array(stacks.length);
  for (let row = 0; row < stacks.length; row++) {
    depths[row] = stacks.parent[row] < 0 ? 1 : depths[stacks.parent[row]] + 1;
  }
  return depths;
}
