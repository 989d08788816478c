// The entries of a callgrind file: lines of functions with their own cost, and calls with the cost of all below. Equal ones are
// added up. Costs are columns, one for each event, and each of these makes a call graph.

import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { CallGraph } from '../call-graph/call-graph-types.ts';

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

/** The graph of one event; `places` are those of listPlaces. */
export function graphOfEvent(entries: CallEntries, places: CallPlaces, event: number): CallGraph {
  const costs = entries.costs[event];
  const placeSelf = new Float64Array(places.function.length);
  const callCost = new Float64Array(places.calls.length);
  for (let row = 0; row < entries.length; row++) {
    if (entries.callee[row] < 0) placeSelf[places.ofEntry[row]] += costs[row];
  }
  for (let call = 0; call < callCost.length; call++) callCost[call] = costs[places.calls[call]];
  return {
    functionCount: places.functionCount,
    placeFunction: places.function,
    placeSelf,
    callPlace: places.calls.map((row) => places.ofEntry[row]),
    callCallee: places.calls.map((row) => entries.callee[row]),
    callCost,
  };
}

/** Lines of functions: own cost and calls of a line have one place. */
export interface CallPlaces {
  readonly functionCount: number;
  readonly function: Int32Array;
  /** 0 where unknown. */
  readonly line: Int32Array;
  /** For each entry, its place. */
  readonly ofEntry: Int32Array;
  /** The entries that are calls. */
  readonly calls: Int32Array;
}

export function listPlaces(entries: CallEntries, functionCount: number): CallPlaces {
  const functions: number[] = [];
  const lines: number[] = [];
  const calls: number[] = [];
  const known = new Map<number, number>();
  const ofEntry = new Int32Array(entries.length);
  const hasPlace = new Uint8Array(functionCount);
  for (let row = 0; row < entries.length; row++) {
    const key = entries.caller[row] * 2 ** 31 + entries.line[row];
    let place = known.get(key);
    if (place === undefined) {
      place = functions.length;
      known.set(key, place);
      functions.push(entries.caller[row]);
      lines.push(entries.line[row]);
      hasPlace[entries.caller[row]] = 1;
    }
    ofEntry[row] = place;
    if (entries.callee[row] >= 0) calls.push(row);
  }
  // Functions that are called and never written of.
  for (let row = 0; row < functionCount; row++) {
    if (hasPlace[row] === 1) continue;
    functions.push(row);
    lines.push(0);
  }
  return {
    functionCount,
    function: Int32Array.from(functions),
    line: Int32Array.from(lines),
    ofEntry,
    calls: Int32Array.from(calls),
  };
}
