// What functions cost, added up as samples come and taken off again as they get old. A row for each function that was seen;
// whole time units, so that what is added and taken off later leaves nothing behind.

import { resizeColumn } from '../../base/typed-array.ts';

/** What a live table counts; the position in this list is part of a sum's place. */
export const TOP_MEASURES = ['cpu', 'wall', 'gil'] as const;
export type TopMeasure = (typeof TOP_MEASURES)[number];

/** The columns of numbers: of the last seconds, and since the start. */
export const SUM_COLUMNS = ['recentSelf', 'recentTotal', 'self', 'total'] as const;
export type SumColumn = (typeof SUM_COLUMNS)[number];

/** A number for each measure, in time units. */
export type Weights = Readonly<Record<TopMeasure, number>>;

const MEASURES = TOP_MEASURES.length;
const STRIDE = MEASURES * SUM_COLUMNS.length;

/** Sums of one thread, or of all. Functions are rows of the profile's function table; NONE stands for an unknown stack. */
export class FunctionSums {
  readonly #rowOf = new Map<number, number>();
  #functions = new Int32Array(16);
  #values = new Float64Array(16 * STRIDE);
  readonly #recent = new Float64Array(MEASURES);

  /** Number of functions. */
  get length(): number {
    return this.#rowOf.size;
  }

  /** The function of a row. */
  functionAt(row: number): number {
    return this.#functions[row];
  }

  /** A sum of a row, in time units. */
  value(row: number, column: SumColumn, measure: TopMeasure): number {
    return this.#values[placeOf(row, column, measure)];
  }

  /** Sum of the last seconds over all samples, in time units. */
  recent(measure: TopMeasure): number {
    return this.#recent[TOP_MEASURES.indexOf(measure)];
  }

  /** The row of a function, new or known. */
  intern(functionRow: number): number {
    const known = this.#rowOf.get(functionRow);
    if (known !== undefined) return known;
    const row = this.#rowOf.size;
    if (row === this.#functions.length) {
      this.#functions = resizeColumn(this.#functions, row * 2);
      this.#values = resizeColumn(this.#values, row * 2 * STRIDE);
    }
    this.#functions[row] = functionRow;
    this.#rowOf.set(functionRow, row);
    return row;
  }

  /** Adds weights to a row: to its last seconds and to its sums since the start. */
  add(row: number, weights: Weights, isSelf: boolean): void {
    this.#addTo(row, isSelf ? 'recentSelf' : 'recentTotal', weights, 1);
    this.#addTo(row, isSelf ? 'self' : 'total', weights, 1);
  }

  /** Takes weights off the last seconds of a row. */
  expire(row: number, weights: Weights, isSelf: boolean): void {
    this.#addTo(row, isSelf ? 'recentSelf' : 'recentTotal', weights, -1);
  }

  /** Adds weights to the last seconds as a whole, or takes them off. */
  addRecent(weights: Weights, sign: 1 | -1): void {
    for (let index = 0; index < MEASURES; index++) {
      this.#recent[index] += sign * weights[TOP_MEASURES[index]];
    }
  }

  /** A copy that does not change any more. */
  clone(): FunctionSums {
    const copy = new FunctionSums();
    for (let row = 0; row < this.length; row++) copy.intern(this.#functions[row]);
    copy.#values.set(this.#values.subarray(0, this.length * STRIDE));
    copy.#recent.set(this.#recent);
    return copy;
  }

  #addTo(row: number, column: SumColumn, weights: Weights, sign: 1 | -1): void {
    const place = placeOf(row, column, TOP_MEASURES[0]);
    this.#values[place] += sign * weights.cpu;
    this.#values[place + 1] += sign * weights.wall;
    this.#values[place + 2] += sign * weights.gil;
  }
}

function placeOf(row: number, column: SumColumn, measure: TopMeasure): number {
  return row * STRIDE + SUM_COLUMNS.indexOf(column) * MEASURES + TOP_MEASURES.indexOf(measure);
}

/** Rows with any weight since the start, by a column, the largest first; equal ones by the sums since the start. */
export function rankFunctions(
  sums: FunctionSums,
  measure: TopMeasure,
  by: SumColumn,
  isReversed: boolean,
): Int32Array {
  const [key, self, total] = ([by, 'self', 'total'] as const).map((column) =>
    Float64Array.from({ length: sums.length }, (_, row) => sums.value(row, column, measure)),
  );
  const ranked = Int32Array.from({ length: sums.length }, (_, row) => row)
    .filter((row) => total[row] > 0)
    // The last one is always decided in the same way, so that rows do not dance.
    .sort(
      (a, b) =>
        key[b] - key[a] ||
        self[b] - self[a] ||
        total[b] - total[a] ||
        sums.functionAt(a) - sums.functionAt(b),
    );
  return isReversed ? ranked.reverse() : ranked;
}
