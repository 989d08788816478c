// A call graph as callgrind files hold it: lines of functions with their own cost, and calls with the cost of all below.
// Equal entries are added up. Costs are columns, one for each event.

import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';

/** Own costs of a line (`callee` is -1) and calls from it. */
export class CallGraph {
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

/** Entries by caller: those of function f are `rows[start[f]]` to `rows[start[f + 1] - 1]`. */
export interface Outgoing {
  readonly start: Int32Array;
  readonly rows: Int32Array;
}

/** Own costs first, then calls, both in the order of the file. */
export function groupByCaller(graph: CallGraph, functions: number): Outgoing {
  const start = new Int32Array(functions + 1);
  for (let row = 0; row < graph.length; row++) start[graph.caller[row] + 1]++;
  for (let f = 0; f < functions; f++) start[f + 1] += start[f];
  const next = start.slice(0, functions);
  const rows = new Int32Array(graph.length);
  for (const wantsCalls of [false, true]) {
    for (let row = 0; row < graph.length; row++) {
      if (graph.callee[row] >= 0 === wantsCalls) rows[next[graph.caller[row]]++] = row;
    }
  }
  return { start, rows };
}

/** For each function the number of its cycle: functions that call each other, directly or not, share one (Tarjan). */
export function findCycles(graph: CallGraph, { start, rows }: Outgoing, functions: number): Int32Array {
  const cycle = new Int32Array(functions).fill(-1);
  const order = new Int32Array(functions).fill(-1);
  const lowest = new Int32Array(functions);
  const next = start.slice(0, functions);
  const open: number[] = [];
  const path: number[] = [];
  let visited = 0;
  let cycles = 0;
  for (let first = 0; first < functions; first++) {
    if (order[first] !== -1) continue;
    path.push(first);
    while (path.length > 0) {
      const f = path[path.length - 1];
      if (order[f] === -1) {
        order[f] = lowest[f] = visited++;
        open.push(f);
      }
      let isDeeper = false;
      while (next[f] < start[f + 1]) {
        const callee = graph.callee[rows[next[f]]];
        if (callee >= 0 && order[callee] === -1) {
          path.push(callee);
          isDeeper = true;
          break;
        }
        if (callee >= 0 && cycle[callee] === -1) lowest[f] = Math.min(lowest[f], lowest[callee]);
        next[f]++;
      }
      if (isDeeper) continue;
      path.pop();
      if (lowest[f] !== order[f]) continue;
      for (let member = -1; member !== f; ) {
        member = open.pop() ?? f;
        cycle[member] = cycles;
      }
      cycles++;
    }
  }
  return cycle;
}
