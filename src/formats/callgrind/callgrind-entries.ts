// The entries of a callgrind file that is written: functions with their own cost, and calls with the cost of all below. Equal ones
// are added up.

import { PairIndex } from '../../base/pair-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';

/** Own costs of functions (`callee` is -1) and calls from them. */
export class CallEntries {
  length = 0;
  /** Number of the function. */
  caller = new Int32Array(1024);
  /** Number of the function called; -1: the entry is the function's own cost. */
  callee = new Int32Array(1024);
  /** Columns of what is added up. */
  readonly costs: Float64Array[];
  readonly #index = new PairIndex();

  constructor(costCount: number) {
    this.costs = Array.from({ length: costCount }, () => new Float64Array(1024));
  }

  /** The row of the entry. Its costs are zero when it is new. */
  intern(caller: number, callee: number): number {
    const row = this.#index.intern(caller, callee, this.length);
    if (row < this.length) return row;
    if (row === this.caller.length) this.#grow();
    this.caller[row] = caller;
    this.callee[row] = callee;
    this.length++;
    return row;
  }

  #grow(): void {
    const capacity = grownCapacity(this.length);
    this.caller = resizeColumn(this.caller, capacity);
    this.callee = resizeColumn(this.callee, capacity);
    for (let column = 0; column < this.costs.length; column++) {
      this.costs[column] = resizeColumn(this.costs[column], capacity);
    }
  }
}

/** Entries by caller, for writing: those of function f are `rows[start[f]]` to `rows[start[f + 1] - 1]`. */
export interface Outgoing {
  readonly start: Int32Array;
  readonly rows: Int32Array;
}

/** Own costs first, then calls, both in the order of the file. */
export function groupByCaller(entries: CallEntries, functions: number): Outgoing {
  const start = new Int32Array(functions + 1);
  for (let row = 0; row < entries.length; row++) start[entries.caller[row] + 1]++;
  for (let f = 0; f < functions; f++) start[f + 1] += start[f];
  const next = start.slice(0, functions);
  const rows = new Int32Array(entries.length);
  for (const wantsCalls of [false, true]) {
    for (let row = 0; row < entries.length; row++) {
      if (entries.callee[row] >= 0 === wantsCalls) rows[next[entries.caller[row]]++] = row;
    }
  }
  return { start, rows };
}
