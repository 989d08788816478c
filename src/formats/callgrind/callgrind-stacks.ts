// A call graph becomes stacks: the cost of a program flows from its outermost functions through calls to the lines that
// it was spent on, and a flow can be taken apart into paths. Each path is a stack; whatever paths are chosen, every
// function keeps self and total, and every call its cost. Which caller's caller a cost belongs to the file does not
// tell, and so no reader can: docs/decisions/009-stacks-of-call-graphs.md.

import type { CallGraph, Outgoing } from './callgrind-graph.ts';

/** Steps through calls, for each entry of the graph or in all: memory must fit the file. What is left has no callers then. */
const STEPS_PER_ENTRY = 20;
const MIN_STEPS = 1_000_000;

export interface StackSink {
  /** The row of the stack that has the function (at the line) as its innermost frame, on top of `parent` (-1: none). */
  push(parent: number, functionNumber: number, line: number): number;
  /** Adds a cost of the event to a stack. */
  add(stack: number, event: number, cost: number): void;
}

/** Costs of one event that could not be followed from an outermost function. */
export interface Unplaced {
  /** Own costs whose callers account for less: their stacks begin with the function itself. */
  readonly withoutCaller: number;
  /** Costs of calls that the functions called do not have. */
  readonly missing: number;
}

/** Gives all own costs of an event to stacks. `cycle` as findCycles has it. */
export function distributeCosts(
  graph: CallGraph,
  outgoing: Outgoing,
  cycle: Int32Array,
  event: number,
  sink: StackSink,
): Unplaced {
  const flow = new Flow(graph, outgoing, cycle, event, sink);
  const surplus = computeSurplus(graph, cycle, event);
  // First those that nobody calls, or that cost more than their calls do: the program begins there.
  let missing = 0;
  for (let f = 0; f < surplus.length; f++) {
    if (surplus[f] > 0) missing += flow.send(f, surplus[f]);
  }
  let withoutCaller = 0;
  for (let f = 0; f < surplus.length; f++) {
    const left = flow.takeRest(f);
    withoutCaller += left;
  }
  return { withoutCaller, missing };
}

/** Of each function, what it costs with all that it calls, less what calls of it cost. Calls within a cycle do not count. */
function computeSurplus(graph: CallGraph, cycle: Int32Array, event: number): Float64Array {
  const costs = graph.costs[event];
  const surplus = new Float64Array(cycle.length);
  const outerCalls = new Float64Array(cycle.length);
  const byCycle = new Float64Array(cycle.length);
  for (let row = 0; row < graph.length; row++) {
    const caller = graph.caller[row];
    const callee = graph.callee[row];
    if (callee >= 0 && cycle[callee] === cycle[caller]) continue;
    surplus[caller] += costs[row];
    byCycle[cycle[caller]] += costs[row];
    if (callee < 0) continue;
    outerCalls[callee] += costs[row];
    byCycle[cycle[callee]] -= costs[row];
  }
  const size = new Uint32Array(cycle.length);
  for (const c of cycle) size[c]++;
  // Of a cycle as a whole, at its first function that is called from outside, or its first one.
  const entry = new Int32Array(cycle.length).fill(-1);
  for (let f = 0; f < cycle.length; f++) {
    const known = entry[cycle[f]];
    if (known === -1 || (outerCalls[known] === 0 && outerCalls[f] > 0)) entry[cycle[f]] = f;
  }
  for (let f = 0; f < cycle.length; f++) {
    if (size[cycle[f]] === 1) surplus[f] -= outerCalls[f];
    else surplus[f] = entry[cycle[f]] === f ? byCycle[cycle[f]] : 0;
  }
  return surplus;
}

class Flow {
  readonly #graph: CallGraph;
  readonly #outgoing: Outgoing;
  readonly #cycle: Int32Array;
  readonly #event: number;
  readonly #sink: StackSink;
  /** What has not been given to a stack yet. */
  readonly #left: Float64Array;
  /** Where entries with something left may begin. */
  readonly #next: Int32Array;
  /** The run in which a function of a cycle was entered last: each is entered once in a run. */
  readonly #entered: Int32Array;
  #run = 0;
  #steps: number;

  constructor(graph: CallGraph, outgoing: Outgoing, cycle: Int32Array, event: number, sink: StackSink) {
    this.#graph = graph;
    this.#outgoing = outgoing;
    this.#cycle = cycle;
    this.#event = event;
    this.#sink = sink;
    this.#left = graph.costs[event].slice(0, graph.length);
    this.#next = outgoing.start.slice();
    this.#entered = new Int32Array(cycle.length);
    this.#steps = Math.max(MIN_STEPS, graph.length * STEPS_PER_ENTRY);
  }

  /** Sends a cost into a function; gives what found no place. */
  send(first: number, amount: number): number {
    const { caller, callee, line } = this.#graph;
    const { start, rows } = this.#outgoing;
    // One entry a level: the function, the stack of its caller, the entry it came by, what it was given and has left.
    const functions = [first];
    const parents = [-1];
    const runs = [++this.#run];
    const positions = [this.#next[first]];
    const given = [amount];
    const rest = [amount];
    const via = [-1];
    this.#entered[first] = this.#run;
    for (let depth = 0; depth >= 0; ) {
      const f = functions[depth];
      const position = positions[depth];
      if (rest[depth] <= 0 || position === start[f + 1] || this.#steps <= 0) {
        const used = given[depth] - rest[depth];
        // What found no place in the function called finds none later either.
        const isExhausted = rest[depth] > 0 && this.#steps > 0;
        if (via[depth] >= 0) this.#left[via[depth]] = isExhausted ? 0 : this.#left[via[depth]] - used;
        depth--;
        if (depth >= 0) rest[depth] -= used;
        else return amount - used;
        continue;
      }
      const row = rows[position];
      positions[depth]++;
      const target = callee[row];
      const isInner = target >= 0 && this.#cycle[target] === this.#cycle[caller[row]];
      const most = isInner ? rest[depth] : Math.min(rest[depth], this.#left[row]);
      if (!isInner && this.#left[row] <= 0) {
        if (this.#next[f] === position) this.#next[f]++;
        continue;
      }
      this.#steps--;
      if (target < 0) {
        this.#sink.add(this.#sink.push(parents[depth], f, line[row]), this.#event, most);
        this.#left[row] -= most;
        rest[depth] -= most;
        continue;
      }
      // Within a cycle, each function is gone to once from where the cycle was entered.
      if (isInner && this.#entered[target] === runs[depth]) continue;
      const stack = this.#sink.push(parents[depth], f, line[row]);
      depth++;
      functions[depth] = target;
      parents[depth] = stack;
      runs[depth] = isInner ? runs[depth - 1] : ++this.#run;
      this.#entered[target] = runs[depth];
      positions[depth] = this.#next[target];
      given[depth] = rest[depth] = most;
      via[depth] = isInner ? -1 : row;
    }
    return 0;
  }

  /** Makes stacks of the own costs of a function that are left, without callers. */
  takeRest(f: number): number {
    const { start, rows } = this.#outgoing;
    let sum = 0;
    for (let position = start[f]; position < start[f + 1]; position++) {
      const row = rows[position];
      if (this.#graph.callee[row] >= 0) break;
      const left = this.#left[row];
      if (left === 0) continue;
      this.#sink.add(this.#sink.push(-1, f, this.#graph.line[row]), this.#event, left);
      this.#left[row] = 0;
      sum += left;
    }
    return sum;
  }
}
