// The cost lines of a callgrind file: own costs of lines, and calls with the cost of all below. Lines are taken as they come, and
// equal ones added up function by function when there are many: so a line costs no look-up in a large table.

import { PairIndex } from '../../base/pair-index.ts';
import { resizeColumn } from '../../base/typed-array.ts';
import type { CallGraph } from '../call-graph/call-graph-types.ts';

/** Lines that are kept before equal ones are added up for the first time. */
const FIRST_MERGE = 1 << 17;
/** How much larger the columns may get until the next time. */
const GROWTH = 1.5;

export class CostLines {
  length = 0;
  /** Number of the function. */
  caller = new Int32Array(FIRST_MERGE);
  /** Number of the function called; -1: the line's own cost. */
  callee = new Int32Array(FIRST_MERGE);
  /** 0 where unknown. */
  line = new Int32Array(FIRST_MERGE);
  /** A column for each event. */
  readonly costs: Float64Array[];
  readonly #index = new PairIndex();
  /** For merging: rows in their new order, and a column of either type, both in the same memory. */
  #rows = new Uint32Array(FIRST_MERGE);
  #doubles = new Float64Array(FIRST_MERGE);
  #integers = new Int32Array(this.#doubles.buffer);

  constructor(events: number) {
    this.costs = Array.from({ length: events }, () => new Float64Array(FIRST_MERGE));
  }

  /** Adds a line of a function below `functionCount`; what is in the columns of costs at its row has to be written. */
  append(caller: number, callee: number, line: number, functionCount: number): number {
    if (this.length === this.caller.length) this.#makeRoom(functionCount);
    const row = this.length++;
    this.caller[row] = caller;
    this.callee[row] = callee;
    this.line[row] = line;
    return row;
  }

  /** Adds up equal lines for the last time, and lets go of all memory that is needed for that alone. */
  finish(functionCount: number): void {
    this.#merge(functionCount);
    this.#resizeScratch(0);
    this.#resizeColumns(this.length);
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
      // `rows` is filled anew from its front with those that are kept.
      const end = start[f + 1];
      this.#index.clear();
      for (let at = start[f]; at < end; at++) {
        const row = rows[at];
        const first = this.#index.intern(callee[row], line[row], row);
        if (first === row) rows[kept++] = row;
        else for (const column of this.costs) column[first] += column[row];
      }
    }
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

/** Lines of functions: own cost and calls of a line have one place. */
export interface CallPlaces {
  readonly functionCount: number;
  readonly function: Int32Array;
  /** 0 where unknown. */
  readonly line: Int32Array;
  /** For each cost line, its place. */
  readonly ofCostLine: Int32Array;
  /** The cost lines that are calls, the places they are made from, and the functions called. */
  readonly calls: Int32Array;
  readonly callPlace: Int32Array;
  readonly callCallee: Int32Array;
}

/** Of merged lines. Functions that are called and never written of have a place without a line. */
export function listPlaces(lines: CostLines, functionCount: number): CallPlaces {
  const { caller, callee, line, length } = lines;
  const functions = new Int32Array(length + functionCount);
  const placeLine = new Int32Array(length + functionCount);
  const ofCostLine = new Int32Array(length);
  let calls = 0;
  let places = 0;
  const index = new PairIndex();
  for (let f = 0, row = 0; f < functionCount; f++) {
    let end = row;
    while (end < length && caller[end] === f) end++;
    if (end === row) functions[places++] = f;
    index.clear();
    for (; row < end; row++) {
      const place = index.intern(line[row], 0, places);
      if (place === places) {
        functions[places] = f;
        placeLine[places++] = line[row];
      }
      ofCostLine[row] = place;
      if (callee[row] >= 0) calls++;
    }
  }
  const callRows = new Int32Array(calls);
  for (let row = 0, call = 0; row < length; row++) if (callee[row] >= 0) callRows[call++] = row;
  return {
    functionCount,
    function: functions.slice(0, places),
    line: placeLine.slice(0, places),
    ofCostLine,
    calls: callRows,
    callPlace: callRows.map((row) => ofCostLine[row]),
    callCallee: callRows.map((row) => callee[row]),
  };
}

/** The graph of one event; graphs of all events have the same shape. */
export function graphOfEvent(lines: CostLines, places: CallPlaces, event: number): CallGraph {
  const costs = lines.costs[event];
  const placeSelf = new Float64Array(places.function.length);
  for (let row = 0; row < lines.length; row++) {
    if (lines.callee[row] < 0) placeSelf[places.ofCostLine[row]] += costs[row];
  }
  return {
    functionCount: places.functionCount,
    placeFunction: places.function,
    placeSelf,
    callPlace: places.callPlace,
    callCallee: places.callCallee,
    callCost: Float64Array.from(places.calls, (row) => costs[row]),
  };
}
