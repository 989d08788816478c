// From the costs of two profiles to their differences: how large, how sure, and which are more than chance.

import { computeShareError } from '../statistics.ts';
import { computeEqualityProbability, computeLeastProbability, type Draw } from './equality-test.ts';

/** Differences of one kind of cost; rows are those of what the cost is of. */
export interface CostChanges {
  readonly length: number;
  /** Amounts in the unit of the profiles, as measured. */
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** After minus before, both normalised. */
  readonly change: Float64Array;
  /** Standard error of the change. */
  readonly error: Float64Array;
  /** How probable it is that, with nothing changed, any row of the table would differ as clearly as this one. 0 to 1. */
  readonly probability: Float64Array;
  /** 1: less probable than SIGNIFICANCE. */
  readonly isSignificant: Uint8Array;
}

/** Of this share of comparisons of equal programs some difference is taken for significant, in the whole of a table. */
export const SIGNIFICANCE = 0.05;

/** The costs of one profile. */
export interface CostSide {
  /** Sum of the weights, and of their squares. */
  readonly sum: number;
  readonly squares: number;
  /** What `sum` is after normalising. */
  readonly whole: number;
}

/** One kind of cost in one profile, by row: the sums of weights and of their squares. */
export interface CostColumn {
  readonly amount: Float64Array;
  readonly squares: Float64Array;
}

/** A column to compare; rows that are certain to be the same comparison as another row are no comparison of their own. */
export interface ComparedColumn {
  readonly before: CostColumn;
  readonly after: CostColumn;
  /** Undefined: all rows count. */
  readonly isRepeated?: (row: number) => boolean;
}

/** Compares columns that belong to one table, and so share its chance of a false alarm. */
export function compareCosts(
  before: CostSide,
  after: CostSide,
  columns: readonly ComparedColumn[],
): CostChanges[] {
  const compared = columns.map((column) => compareColumn(before, after, column));
  const least: number[] = [];
  compared.forEach(({ leastProbability }, i) => {
    const { isRepeated = () => false } = columns[i];
    leastProbability.forEach((probability, row) => {
      if (!isRepeated(row)) least.push(probability);
    });
  });
  const comparisons = countComparisons(least);
  return compared.map(({ changes }) => {
    const { probability, isSignificant } = changes;
    for (let row = 0; row < changes.length; row++) {
      probability[row] = Math.min(1, probability[row] * comparisons);
      isSignificant[row] = probability[row] <= SIGNIFICANCE ? 1 : 0;
    }
    return changes;
  });
}

/**
 * How many comparisons there are that could come out at all: the smallest k such that at most k of them could be
 * significant at SIGNIFICANCE / k (Tarone, A modified Bonferroni method for discrete data, Biometrics 46, 1990).
 */
export function countComparisons(leastProbabilities: readonly number[]): number {
  const sorted = Float64Array.from(leastProbabilities).sort();
  let possible = sorted.length;
  for (let count = 1; ; count++) {
    while (possible > 0 && sorted[possible - 1] > SIGNIFICANCE / count) possible--;
    if (possible <= count) return count;
  }
}

function compareColumn(before: CostSide, after: CostSide, column: ComparedColumn) {
  const length = column.before.amount.length;
  const changes = {
    length,
    before: column.before.amount,
    after: column.after.amount,
    change: new Float64Array(length),
    error: new Float64Array(length),
    probability: new Float64Array(length),
    isSignificant: new Uint8Array(length),
  };
  const leastProbability = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    const [a, b] = describeDraws(before, after, column, row);
    changes.change[row] = (b.seen / b.all) * b.whole - (a.seen / a.all) * a.whole;
    changes.error[row] = Math.hypot(
      computeShareError(a.seen / a.all, a.all) * a.whole,
      computeShareError(b.seen / b.all, b.all) * b.whole,
    );
    changes.probability[row] = computeEqualityProbability(a, b);
    leastProbability[row] = computeLeastProbability(a, b);
  }
  return { changes, leastProbability };
}

/**
 * A row's cost on both sides in effective samples. Kish's number of them holds for costs whose samples are as heavy as all;
 * of heavier ones there are fewer. With r, how much heavier, the variance of a share p is that of
 * n (1 − p) / ((1 − 2p) r + p) equal samples; p and r are those of both sides together, as if nothing had changed.
 */
function describeDraws(
  before: CostSide,
  after: CostSide,
  column: ComparedColumn,
  row: number,
): readonly [Draw, Draw] {
  const shareA = getShare(before, column.before, row);
  const shareB = getShare(after, column.after, row);
  const samplesA = countEffective(before);
  const samplesB = countEffective(after);
  const share = (shareA * samplesA + shareB * samplesB) / (samplesA + samplesB);
  const heavier = clampTo(
    (shareA * getHeaviness(before, column.before, row) + shareB * getHeaviness(after, column.after, row)) /
      (shareA + shareB),
    1 / share,
  );
  const divisor = (1 - 2 * share) * heavier + share;
  const factor = share < 1 && divisor > 0 ? (1 - share) / divisor : 1;
  const allA = samplesA * factor;
  const allB = samplesB * factor;
  return [
    { seen: shareA * allA, all: allA, whole: before.whole },
    { seen: shareB * allB, all: allB, whole: after.whole },
  ];
}

function countEffective({ sum, squares }: CostSide): number {
  // Squares of very small weights are 0.
  return squares > 0 ? (sum * sum) / squares : 1;
}

function getShare({ sum }: CostSide, { amount }: CostColumn, row: number): number {
  return Math.min(1, Math.max(0, amount[row] / sum));
}

/** Mean weight of the row's samples, by weight, relative to that of all. */
function getHeaviness({ sum, squares }: CostSide, column: CostColumn, row: number): number {
  const amount = column.amount[row];
  return amount > 0 ? column.squares[row] / amount / (squares / sum) : 0;
}

function clampTo(value: number, most: number): number {
  return Number.isFinite(value) && value > 0 ? Math.min(value, most) : 1;
}
