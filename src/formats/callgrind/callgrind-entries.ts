// The entries of a callgrind file that is written: functions with their own cost, and calls with the cost of all below. Equal ones
// are added up. Costs are columns, one for each event.

import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';

/** Own costs of a line (`callee` is -1) and calls from it. */
export class CallEntries {
  length = 0;
  /** Number of the function. */
  caller = new Int32Array(1024);
  /** Number of the function called; -1: the entry is the line's own cost. */
  callee = new Int32Array(1024);
  /** 0 where unknown. */
  line = new Int32Array(1024);
  readonly costs: Float64Array[];
  readonly #index = new RowIndex();

  constructor(events: number) {
    this.costs = Array.from({ length: events }, () => new Float64Array(1024));
  }

  /** The row of the entry. Its costs are zero when it is new. */
  intern(caller: number, callee: number, line: number): number {
    const hash = hashPair(hashPair(caller, callee), line);
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.caller[row] === caller && this.callee[row] === callee && this.line[row] === line) return row;
      slot = this.#index.nextSlot(slot);
    }
    if (this.length === this.caller.length) this.#grow();
    const row = this.length++;
    this.caller[row] = caller;
    this.callee[row] = callee;
    this.line[row] = line;
    this.#index.insert(slot, hash, row);
    return row;
  }

  #grow(): void {
    const capacity = grownCapacity(this.length);
    this.caller = resizeColumn(this.caller, capacity);
    this.callee = resizeColumn(this.callee, capacity);
    this.line = resizeColumn(this.line, capacity);
    for (let event = 0; event < this.costs.length; event++) {
      this.costs[event] = resizeColumn(this.costs[event], capacity);
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
