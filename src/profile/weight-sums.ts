// Sums of weights by stack while they are added up: slot 0 is for samples without a stack, slot n + 1 for stack n, so that
// the loops need no branch for it. Values are as they are stored, not scaled.
//
// What a sample adds is written out in each loop: called as a function, it made the plain one take a fifth longer.

import { resizeColumn } from '../base/typed-array.ts';
import { getMeasureColumn, type Measure, type MeasureColumn } from './measure.ts';
import { BLOCK, type SampleGroups } from './sample-groups.ts';
import { type DivisibleWeights, safeRatio } from './stack-weights.ts';
import type { Profile, SampleTable } from './tables.ts';

/** As computeStackWeights, of weights that can be divided. */
export function computeDivisibleWeights(profile: Profile, measure: Measure): DivisibleWeights {
  const { samples, stacks } = profile;
  const column = getMeasureColumn(profile, measure);
  const sums = createSums(stacks.length + 1);
  addRows(sums, samples, column, 0, samples.length, 1);
  return finishSums(sums, column);
}

export interface Sums {
  readonly weight: Float64Array;
  /** Samples whose weight is not zero. */
  readonly samples: Uint32Array;
  readonly squares: Float64Array;
}

export const BYTES_A_SLOT = 20;

export function createSums(slots: number): Sums {
  return {
    weight: new Float64Array(slots),
    samples: new Uint32Array(slots),
    squares: new Float64Array(slots),
  };
}

/** A copy with more slots. */
export function resizeSums({ weight, samples, squares }: Sums, slots: number): Sums {
  return {
    weight: resizeColumn(weight, slots),
    samples: resizeColumn(samples, slots),
    squares: resizeColumn(squares, slots),
  };
}

export function copySums({ weight, samples, squares }: Sums): Sums {
  return { weight: weight.slice(), samples: samples.slice(), squares: squares.slice() };
}

export function subtractSums(from: Sums, { weight, samples, squares }: Sums): void {
  for (let slot = 0; slot < weight.length; slot++) {
    from.weight[slot] -= weight[slot];
    from.samples[slot] -= samples[slot];
    from.squares[slot] -= squares[slot];
  }
}

/** Adds the samples of some rows, or with a sign of -1 takes them away. */
export function addRows(
  sums: Sums,
  samples: SampleTable,
  { values, requiredState }: MeasureColumn,
  first: number,
  last: number,
  sign: 1 | -1,
): void {
  const { weight, samples: counts, squares } = sums;
  const { stack, state } = samples;
  for (let row = first; row < last; row++) {
    const value = values === undefined ? 1 : values[row];
    if (value === 0 || (state[row] & requiredState) !== requiredState) continue;
    const slot = stack[row] + 1;
    weight[slot] += sign * value;
    counts[slot] += sign;
    squares[slot] += sign * value * value;
  }
}

/** The same, of the rows of some groups. */
export function addGroups(
  sums: Sums,
  samples: SampleTable,
  { values, requiredState }: MeasureColumn,
  { groups, isMeant }: { readonly groups: SampleGroups; readonly isMeant: Uint8Array },
  first: number,
  last: number,
  sign: 1 | -1,
): void {
  const { weight, samples: counts, squares } = sums;
  const { stack, state } = samples;
  const { rows, starts } = groups;
  for (let block = Math.floor(first / BLOCK); block * BLOCK < last; block++) {
    const base = block * BLOCK;
    for (let group = 0; group < groups.length; group++) {
      if (isMeant[group] === 0) continue;
      const list = block * groups.length + group;
      let i = starts[list];
      let end = starts[list + 1];
      while (i < end && base + rows[i] < first) i++;
      while (i < end && base + rows[end - 1] >= last) end--;
      for (; i < end; i++) {
        const row = base + rows[i];
        const value = values === undefined ? 1 : values[row];
        if (value === 0 || (state[row] & requiredState) !== requiredState) continue;
        const slot = stack[row] + 1;
        weight[slot] += sign * value;
        counts[slot] += sign;
        squares[slot] += sign * value * value;
      }
    }
  }
}

/** The same, where there are no groups: of the rows that both masks keep. */
export function addMasked(
  sums: Sums,
  samples: SampleTable,
  { values, requiredState }: MeasureColumn,
  { threads, states }: { readonly threads: Uint8Array; readonly states: Uint8Array },
  first: number,
  last: number,
): void {
  const { weight, samples: counts, squares } = sums;
  const { stack, state, thread } = samples;
  for (let row = first; row < last; row++) {
    if ((threads[thread[row]] & states[state[row]]) === 0) continue;
    const value = values === undefined ? 1 : values[row];
    if (value === 0 || (state[row] & requiredState) !== requiredState) continue;
    const slot = stack[row] + 1;
    weight[slot] += value;
    counts[slot]++;
    squares[slot] += value * value;
  }
}

/** Scales the sums, in place, and says what they come to. */
export function finishSums(
  { weight, samples: counts, squares }: Sums,
  { unit, scale, countsSamples }: MeasureColumn,
): DivisibleWeights {
  let sum = 0;
  let samples = 0;
  let sumOfSquares = 0;
  for (let slot = 0; slot < weight.length; slot++) {
    sum += weight[slot];
    samples += counts[slot];
    sumOfSquares += squares[slot];
    weight[slot] *= scale;
    squares[slot] *= scale * scale;
  }
  return {
    unit,
    self: weight.subarray(1),
    selfSamples: counts.subarray(1),
    withoutStack: weight[0],
    samplesWithoutStack: counts[0],
    sum: sum * scale,
    samples,
    effectiveSamples: countsSamples ? Math.max(0, sum * scale) : safeRatio(sum * sum, sumOfSquares),
    squares: squares.subarray(1),
    squaresWithoutStack: squares[0],
    countsSamples,
  };
}
