// Sums of weights by stack while they are added up: slot 0 is for samples without a stack, slot n + 1 for stack n, so that
// the loops need no branch for it. Values are as they are stored, not scaled.
//
// Adding up is mostly waiting for memory: weight and number of samples stand side by side, in four bytes each where they can,
// and the squares of weights, which few ask for, are sums of their own. What a sample adds is written out in each loop: called
// as a function, it made the plain one take a fifth longer.

import { getMeasureColumn, type Measure, type MeasureColumn } from '../measure.ts';
import type { Profile, SampleTable } from '../tables.ts';
import { type DivisibleWeights, type Squares, safeRatio, type WeightColumns } from './stack-weights.ts';

/** In four bytes where the weight of all samples fits into them. */
export type Slots = Int32Array | Float64Array;

/** Rows of samples, added with a sign of 1, taken away with -1. */
export interface RowAdder {
  addRange(first: number, last: number, sign: 1 | -1): void;
  /** The rows `base + rows[i]`. */
  addListed(rows: Uint16Array, from: number, to: number, base: number, sign: 1 | -1): void;
}

/** Sums that grow. */
export interface Sums {
  /** By slot two numbers: the weight, and the samples whose weight is not zero. */
  readonly slots: Slots;
  /** Of all samples together. */
  squares: number;
}

/** As computeStackWeights, of weights that can be divided. */
export function computeDivisibleWeights(profile: Profile, measure: Measure): DivisibleWeights {
  const { samples, stacks } = profile;
  const column = getMeasureColumn(profile, measure);
  const sums: Sums = { slots: new Float64Array(2 * (stacks.length + 1)), squares: 0 };
  addToSums(sums, samples, column).addRange(0, samples.length, 1);
  return finishSums(sums, column, createColumns(stacks.length + 1), () => {
    const squares = new Float64Array(stacks.length + 1);
    addToSquares(squares, samples, column).addRange(0, samples.length, 1);
    return finishSquares(squares, column);
  });
}

/** Adds weights to sums. */
export function addToSums(sums: Sums, samples: SampleTable, column: MeasureColumn): RowAdder {
  const { slots } = sums;
  const { stack, state } = samples;
  const { values, requiredState } = column;
  return {
    addRange: (first, last, sign) => {
      let squares = 0;
      for (let row = first; row < last; row++) {
        const value = values === undefined ? 1 : values[row];
        if (value === 0 || (state[row] & requiredState) !== requiredState) continue;
        const slot = 2 * (stack[row] + 1);
        slots[slot] += sign * value;
        slots[slot + 1] += sign;
        squares += value * value;
      }
      sums.squares += sign * squares;
    },
    addListed: (rows, from, to, base, sign) => {
      let squares = 0;
      for (let i = from; i < to; i++) {
        const row = base + rows[i];
        const value = values === undefined ? 1 : values[row];
        if (value === 0 || (state[row] & requiredState) !== requiredState) continue;
        const slot = 2 * (stack[row] + 1);
        slots[slot] += sign * value;
        slots[slot + 1] += sign;
        squares += value * value;
      }
      sums.squares += sign * squares;
    },
  };
}

/** Adds the squares of weights by slot. */
export function addToSquares(squares: Float64Array, samples: SampleTable, column: MeasureColumn): RowAdder {
  const { stack, state } = samples;
  const { values, requiredState } = column;
  return {
    addRange: (first, last, sign) => {
      for (let row = first; row < last; row++) {
        const value = values === undefined ? 1 : values[row];
        if ((state[row] & requiredState) === requiredState) squares[stack[row] + 1] += sign * value * value;
      }
    },
    addListed: (rows, from, to, base, sign) => {
      for (let i = from; i < to; i++) {
        const row = base + rows[i];
        const value = values === undefined ? 1 : values[row];
        if ((state[row] & requiredState) === requiredState) squares[stack[row] + 1] += sign * value * value;
      }
    },
  };
}

/** Room for the weights of so many slots. */
export function createColumns(slots: number): WeightColumns {
  return { weight: new Float64Array(slots), samples: new Uint32Array(slots) };
}

/** Scales the sums into columns, which become those of the weights. `getSquares`: computes those of the same samples. */
export function finishSums(
  { slots, squares }: Sums,
  { unit, scale, countsSamples }: MeasureColumn,
  columns: WeightColumns,
  getSquares: () => Squares,
): DivisibleWeights {
  const { weight, samples: counts } = columns;
  let sum = 0;
  let samples = 0;
  for (let slot = 0; slot < weight.length; slot++) {
    const value = slots[2 * slot];
    const count = slots[2 * slot + 1];
    sum += value;
    samples += count;
    weight[slot] = value * scale;
    counts[slot] = count;
  }
  let known: Squares | undefined;
  return {
    unit,
    self: weight.subarray(1),
    selfSamples: counts.subarray(1),
    withoutStack: weight[0],
    samplesWithoutStack: counts[0],
    sum: sum * scale,
    samples,
    effectiveSamples: countsSamples ? Math.max(0, sum * scale) : safeRatio(sum * sum, squares),
    getSquares: () => {
      known ??= getSquares();
      return known;
    },
    countsSamples,
  };
}

/** Scales the squares, in place. */
export function finishSquares(squares: Float64Array, { scale }: MeasureColumn): Squares {
  for (let slot = 0; slot < squares.length; slot++) squares[slot] *= scale * scale;
  return { self: squares.subarray(1), withoutStack: squares[0] };
}
