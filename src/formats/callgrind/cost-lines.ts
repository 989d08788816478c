// The cost lines of a callgrind file: own costs of lines, and calls with the cost of all below. Equal lines are added up. In files of
// many parts, those of a function come in the same order in each: so most are found where the one before stood, without a look-up.
// The others are taken as they come, and equal ones added up function by function when there are many.

import { PairIndex } from '../../base/pair-index.ts';
import { resizeColumn } from '../../base/typed-array.ts';
import { NONE } from '../../profile/tables.ts';

/** How much larger the columns may get until the next time. */
const GROWTH = 1.5;
/** Lines of a function that are looked at for an equal one: those that a part does not have are passed over. */
const LOOK_AHEAD = 8;

export class CostLines {
  length = 0;
  /** Number of the function. */
  caller: Int32Array;
  /** Number of the function called; NONE: the line's own cost. */
  callee: Int32Array;
  /** 0 where unknown. */
  line: Int32Array;
  /** A column for each event. */
  readonly costs: Float64Array[];
  /** Where the lines of each function begin, of those there were when equal ones were added up last, and where the last one's end. */
  start: Uint32Array = new Uint32Array(1);
  /** The function of the line before: where its lines begin and end, and which of them is likely to come next. */
  #current = NONE;
  #first = 0;
  #end = 0;
  #next = 0;
  readonly #index = new PairIndex();
  /** For merging: rows in their new order, and a column of either type, both in the same memory. */
  #rows: Uint32Array;
  #doubles: Float64Array;
  #integers: Int32Array;

  /** `capacity` is the number of lines that are kept before equal ones are added up for the first time. */
  constructor(events: number, capacity = 1 << 17) {
    this.caller = new Int32Array(capacity);
    this.callee = new Int32Array(capacity);
    this.line = new Int32Array(capacity);
    this.costs = Array.from({ length: events }, () => new Float64Array(capacity));
    this.#rows = new Uint32Array(capacity);
    this.#doubles = new Float64Array(capacity);
    this.#integers = new Int32Array(this.#doubles.buffer);
  }

  /** The row of a line of a function below `functionCount`, to add its costs to: of an equal line before, or a new one. */
  intern(caller: number, callee: number, line: number, functionCount: number): number {
    if (caller !== this.#current) this.#goTo(caller);
    const looks = Math.min(LOOK_AHEAD, this.#end - this.#first);
    for (let look = 0, row = this.#next; look < looks; look++) {
      const isEqual = this.line[row] === line && this.callee[row] === callee;
      const next = row + 1 < this.#end ? row + 1 : this.#first;
      if (isEqual) {
        this.#next = next;
        return row;
      }
      row = next;
    }
    return this.#append(caller, callee, line, functionCount);
  }

  /** Adds up equal lines for the last time. */
  finish(functionCount: number): void {
    this.#merge(functionCount);
  }

  #goTo(caller: number): void {
    const isKnown = caller + 1 < this.start.length;
    this.#current = caller;
    this.#first = isKnown ? this.start[caller] : 0;
    this.#end = isKnown ? this.start[caller + 1] : 0;
    this.#next = this.#first;
  }

  #append(caller: number, callee: number, line: number, functionCount: number): number {
    if (this.length === this.caller.length) this.#makeRoom(functionCount);
    const row = this.length++;
    this.caller[row] = caller;
    this.callee[row] = callee;
    this.line[row] = line;
    for (const column of this.costs) column[row] = 0;
    return row;
  }

  #makeRoom(functionCount: number): void {
    this.#merge(functionCount);
    const capacity = Math.ceil(this.length * GROWTH);
    if (capacity <= this.caller.length) return;
    this.#resizeScratch(capacity);
    this.#resizeColumns(capacity);
  }

  /** Adds up equal lines. Those of a function stand one behind the other then. Takes as little new memory as it can. */
  #merge(functionCount: number): void {
    const start = this.#groupByCaller(functionCount);
    const { callee, line } = this;
    const rows = this.#rows;
    let kept = 0;
    for (let f = 0; f < functionCount; f++) {
      // `rows` and `start` are filled anew from the front with what is kept.
      const [first, end] = [start[f], start[f + 1]];
      start[f] = kept;
      this.#index.clear();
      for (let at = first; at < end; at++) {
        const row = rows[at];
        const equal = this.#index.intern(callee[row], line[row], row);
        if (equal === row) rows[kept++] = row;
        else for (const column of this.costs) column[equal] += column[row];
      }
    }
    start[functionCount] = kept;
    this.start = start;
    this.#current = NONE;
    this.length = kept;
    for (const column of [this.caller, callee, line]) this.#keepRows(column, this.#integers);
    for (const column of this.costs) this.#keepRows(column, this.#doubles);
  }

  #keepRows<T extends Int32Array | Float64Array>(column: T, scratch: T): void {
    const rows = this.#rows;
    for (let at = 0; at < this.length; at++) scratch[at] = column[rows[at]];
    column.set(scratch.subarray(0, this.length));
  }

  #resizeScratch(capacity: number): void {
    this.#rows = new Uint32Array(capacity);
    this.#doubles = new Float64Array(capacity);
    this.#integers = new Int32Array(this.#doubles.buffer);
  }

  #resizeColumns(capacity: number): void {
    this.caller = resizeColumn(this.caller, capacity);
    this.callee = resizeColumn(this.callee, capacity);
    this.line = resizeColumn(this.line, capacity);
    for (let event = 0; event < this.costs.length; event++) {
      this.costs[event] = resizeColumn(this.costs[event], capacity);
    }
  }

  /** Fills `rows`, function by function; gives where each one begins. */
  #groupByCaller(functionCount: number): Uint32Array {
    const { caller, length } = this;
    const rows = this.#rows;
    const start = new Uint32Array(functionCount + 1);
    for (let row = 0; row < length; row++) start[caller[row] + 1]++;
    for (let f = 0; f < functionCount; f++) start[f + 1] += start[f];
    const next = start.slice(0, functionCount);
    for (let row = 0; row < length; row++) rows[next[caller[row]]++] = row;
    return start;
  }
}
