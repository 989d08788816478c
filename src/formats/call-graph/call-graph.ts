// Stacks out of a call graph: what pstats, callgrind and others keep are functions with their own cost, and calls with the
// cost of everything below them, but not which caller's caller a cost belongs to.
//
// A call graph without recursion is a flow: what comes into a function from its callers leaves it as its own cost or into
// calls. Every set of paths that adds up to the flow has the same self and total for each function, and the same cost for
// each call. As gprof does, we take that a call costs the same whoever called the caller, so paths are split in proportion.
// Where that would be too many paths, the rest of a function's callers are matched with the rest of its costs one by one
// (the "north-west corner" of a table with given sums), which adds paths instead of multiplying them.
//
// Costs in whole numbers stay whole: nothing is lost by rounding.
//
// Functions that call each other in cycles are taken together (call-graph-cycles.ts). Where the numbers contradict each other,
// a function's own cost is kept, and what its callers claim of it beyond that is taken back.

import { assert } from '../../base/assert.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { StackTableBuilder } from '../../profile/stack-table-builder.ts';
import { NONE } from '../../profile/tables.ts';
import { buildCycleWalks, type Walk } from './call-graph-cycles.ts';
import { buildCallIndex, type CallIndex, type Components, orderComponents } from './call-graph-order.ts';
import type { CallGraph } from './call-graph-types.ts';
import { distribute } from './distribute.ts';

export type { CallGraph } from './call-graph-types.ts';

/** A prefix tree of places; parents before children. */
export interface CallPaths {
  readonly length: number;
  /** Row of the caller; NONE for an outermost place. */
  readonly parent: Int32Array;
  /** Place of the call graph. */
  readonly place: Int32Array;
  /** What the path costs that ends here. */
  readonly self: Float64Array;
  /** False when the graph was so tangled that some paths lost their outermost callers, and so totals are too small. */
  readonly isWhole: boolean;
  /** What calls are said to cost beyond what the functions called have; it is in no path. */
  readonly missing: number;
}

/** Tells the user of paths that are not whole. */
export const TANGLED = 'Functions call each other in too many ways: totals of some are too small.';

/** Rows of the tree; from here on paths begin anew at the function reached. */
export const MAX_ROWS = 1 << 20;
/** Rows of the tree; from here on paths are no longer split in proportion. */
export const MAX_SPLIT_ROWS = 1 << 17;

/** Paths whose sums are the costs of the graph: `self` of every function always, `total` where the costs fit together. */
export function computeCallPaths(graph: CallGraph): CallPaths {
  checkCallGraph(graph);
  const index = buildCallIndex(graph);
  const components = orderComponents(graph.functionCount, index, graph.callCallee);
  const { costs, roots, missing } = balance(graph, index, components);
  const paths = new PathBuilder(graph, index, costs);
  // Components come with callees first.
  for (let component = components.count - 1; component >= 0; component--) {
    const members = components.members.subarray(components.start[component], components.start[component + 1]);
    paths.addComponent(members, components.ofFunction, roots);
  }
  return { ...paths.build(), missing };
}

/** Makes what comes into each component equal to what leaves it: the cost of calls, and what each function is entered with from nowhere. */
function balance(
  graph: CallGraph,
  index: CallIndex,
  { count, ofFunction, members, start }: Components,
): { costs: Float64Array; roots: Float64Array; missing: number } {
  const told = graph.callCost.map(positive);
  const costs = told.slice();
  const roots = new Float64Array(graph.functionCount);
  let missing = 0;
  for (let component = 0; component < count; component++) {
    const functions = members.subarray(start[component], start[component + 1]);
    const isOutside = (row: number) => ofFunction[row] !== component;
    let leaving = 0;
    let entering = 0;
    let toldLeaving = 0;
    for (const row of functions) {
      leaving += computeLeaving(graph, index, costs, row, isOutside);
      toldLeaving += computeLeaving(graph, index, told, row, isOutside);
      entering += sumEntering(index, costs, row, isOutside);
    }
    // What its own calls were cut by is missing there, not here once more.
    missing += Math.max(0, entering - toldLeaving);
    if (entering > leaving) {
      cutCalls(index, costs, functions, isOutside, entering, leaving);
    } else enterFromNowhere(graph, index, costs, functions, isOutside, leaving - entering, roots);
  }
  return { costs, roots, missing };
}

/** Makes the calls into a component cost `leaving` in all, each in proportion; whole numbers stay whole. */
function cutCalls(
  index: CallIndex,
  costs: Float64Array,
  functions: Int32Array,
  isOutside: (row: number) => boolean,
  entering: number,
  leaving: number,
): void {
  const isWhole = Number.isInteger(entering) && Number.isInteger(leaving);
  let before = 0;
  let given = 0;
  for (const row of functions) {
    for (let at = index.inStart[row]; at < index.inStart[row + 1]; at++) {
      const call = index.inCalls[at];
      if (!isOutside(index.caller[call])) continue;
      before += costs[call];
      const cut = isWhole
        ? Math.round(before * (leaving / entering)) - given
        : costs[call] * (leaving / entering);
      given += cut;
      costs[call] = cut;
    }
  }
}

/** Own cost, and cost of calls to other components. */
function computeLeaving(
  graph: CallGraph,
  index: CallIndex,
  costs: Float64Array,
  row: number,
  isOutside: (row: number) => boolean,
): number {
  let sum = 0;
  for (let at = index.placeStart[row]; at < index.placeStart[row + 1]; at++) {
    sum += positive(graph.placeSelf[index.places[at]]);
  }
  for (let at = index.outStart[row]; at < index.outStart[row + 1]; at++) {
    const call = index.outCalls[at];
    if (isOutside(graph.callCallee[call])) sum += costs[call];
  }
  return sum;
}

function sumEntering(
  index: CallIndex,
  costs: Float64Array,
  row: number,
  isCounted: (caller: number) => boolean,
): number {
  let sum = 0;
  for (let at = index.inStart[row]; at < index.inStart[row + 1]; at++) {
    const call = index.inCalls[at];
    if (isCounted(index.caller[call])) sum += costs[call];
  }
  return sum;
}

/** Paths begin first at the functions whose callers explain the least of their total. */
function enterFromNowhere(
  graph: CallGraph,
  index: CallIndex,
  costs: Float64Array,
  functions: Int32Array,
  isOutside: (row: number) => boolean,
  amount: number,
  roots: Float64Array,
): void {
  if (functions.length === 1) {
    roots[functions[0]] = amount;
    return;
  }
  const candidates = Array.from(functions, (row) => {
    const total = graph.total?.[row] ?? Number.NaN;
    const known = Number.isNaN(total) ? 0 : total;
    return {
      row,
      unexplained: known - sumEntering(index, costs, row, () => true),
      room: known - sumEntering(index, costs, row, isOutside),
    };
  }).sort((a, b) => b.unexplained - a.unexplained || a.row - b.row);
  let rest = amount;
  for (const { row, room } of candidates) {
    const taken = Math.min(rest, Math.max(0, room));
    roots[row] = taken;
    rest -= taken;
  }
  roots[candidates[0].row] += rest;
}

function positive(cost: number): number {
  return cost > 0 && Number.isFinite(cost) ? cost : 0;
}

/** Follows the flow from callers to callees. What arrives at a function waits for it in a list: row of the tree and weight. */
class PathBuilder {
  readonly #graph: CallGraph;
  readonly #index: CallIndex;
  readonly #costs: Float64Array;
  readonly #tree = new StackTableBuilder();
  #self = new Float64Array(1024);
  readonly #arrivals: Map<number, number>[] = [];
  readonly #smallest: number;
  #isWhole = true;

  constructor(graph: CallGraph, index: CallIndex, costs: Float64Array) {
    this.#graph = graph;
    this.#index = index;
    this.#costs = costs;
    // What is less than a hundred-thousandth of everything is not worth paths of its own.
    this.#smallest = graph.placeSelf.reduce((sum, cost) => sum + positive(cost), 0) * 1e-5;
    for (let row = 0; row < graph.functionCount; row++) this.#arrivals.push(new Map());
  }

  addComponent(members: Int32Array, ofFunction: Int32Array, roots: Float64Array): void {
    const component = ofFunction[members[0]];
    const isOutside = (row: number) => ofFunction[row] !== component;
    for (const row of members) if (roots[row] > 0) this.#arrive(row, NONE, roots[row]);
    const leaving = Array.from(members, (row) =>
      computeLeaving(this.#graph, this.#index, this.#costs, row, isOutside),
    );
    const entering = Array.from(members, (row) => sumValues(this.#arrivals[row]));
    const { walks, isWhole } = buildCycleWalks({
      members,
      entering,
      leaving,
      total: this.#graph.total,
      index: this.#index,
      callPlace: this.#graph.callPlace,
      callCallee: this.#graph.callCallee,
      callCost: this.#costs,
    });
    if (!isWhole) this.#isWhole = false;
    const exits = this.#walk(members, walks);
    for (const row of members) this.#leave(row, exits.get(row) ?? new Map(), isOutside);
  }

  build(): Omit<CallPaths, 'missing'> {
    const { length, parent, frame } = this.#tree.build();
    return { length, parent, place: frame, self: this.#self.slice(0, length), isWhole: this.#isWhole };
  }

  #arrive(row: number, parent: number, weight: number): void {
    const arrivals = this.#arrivals[row];
    arrivals.set(parent, (arrivals.get(parent) ?? 0) + weight);
  }

  /** From where paths enter a component to where they leave it: for the last function of each walk, its callers' rows. */
  #walk(members: Int32Array, walks: readonly Walk[]): Map<number, Map<number, number>> {
    const byEntry = new Map<number, Walk[]>();
    for (const walk of walks) {
      const list = byEntry.get(walk.functions[0]);
      if (list === undefined) byEntry.set(walk.functions[0], [walk]);
      else list.push(walk);
    }
    const exits = new Map<number, Map<number, number>>();
    for (const entry of members) {
      const arrivals = this.#arrivals[entry];
      this.#arrivals[entry] = new Map();
      const outputs = byEntry.get(entry) ?? [];
      this.#match(
        arrivals,
        outputs.map((walk) => walk.weight),
        (parent, output, weight) => {
          const { functions, places } = outputs[output];
          let row = parent;
          for (let at = 0; at < functions.length - 1; at++) row = this.#intern(row, places[at]);
          const exit = functions[functions.length - 1];
          const waiting = exits.get(exit) ?? new Map<number, number>();
          exits.set(exit, waiting.set(row, (waiting.get(row) ?? 0) + weight));
        },
      );
    }
    return exits;
  }

  /** Own cost and calls to other components. */
  #leave(row: number, waiting: Map<number, number>, isOutside: (row: number) => boolean): void {
    const { callPlace, callCallee, placeSelf } = this.#graph;
    const index = this.#index;
    const places: number[] = [];
    const callees: number[] = [];
    const costs: number[] = [];
    for (let at = index.placeStart[row]; at < index.placeStart[row + 1]; at++) {
      const place = index.places[at];
      if (positive(placeSelf[place]) === 0) continue;
      places.push(place);
      callees.push(NONE);
      costs.push(placeSelf[place]);
    }
    for (let at = index.outStart[row]; at < index.outStart[row + 1]; at++) {
      const call = index.outCalls[at];
      if (this.#costs[call] === 0 || !isOutside(callCallee[call])) continue;
      places.push(callPlace[call]);
      callees.push(callCallee[call]);
      costs.push(this.#costs[call]);
    }
    this.#match(waiting, costs, (parent, output, weight) => {
      const node = this.#intern(parent, places[output]);
      if (callees[output] === NONE) this.#self[node] += weight;
      else this.#arrive(callees[output], node, weight);
    });
  }

  #match(
    inputs: Map<number, number>,
    outputs: readonly number[],
    visit: (parent: number, output: number, weight: number) => void,
  ): void {
    if (outputs.length === 0) return;
    const isTooLarge = this.#tree.length >= MAX_ROWS;
    if (isTooLarge && inputs.size > 1) this.#isWhole = false;
    const useRows = inputs.size > 0 && !(isTooLarge && inputs.size > 1);
    const rows = useRows ? [...inputs.keys()] : [NONE];
    const weights = useRows ? [...inputs.values()] : [1];
    const smallest = this.#tree.length < MAX_SPLIT_ROWS ? this.#smallest : Number.POSITIVE_INFINITY;
    distribute(weights, outputs, smallest, (input, output, weight) => visit(rows[input], output, weight));
  }

  #intern(parent: number, place: number): number {
    const row = this.#tree.intern(parent, place);
    if (row >= this.#self.length) this.#self = resizeColumn(this.#self, grownCapacity(row));
    return row;
  }
}

function sumValues(weights: Map<number, number>): number {
  let sum = 0;
  for (const weight of weights.values()) sum += weight;
  return sum;
}

function checkCallGraph(graph: CallGraph): void {
  const { functionCount, placeFunction, callPlace, callCallee } = graph;
  assert(
    placeFunction.every((row) => row >= 0 && row < functionCount),
    'a place in an unknown function',
  );
  assert(
    callPlace.every((place) => place >= 0 && place < placeFunction.length),
    'a call from an unknown place',
  );
  assert(
    callCallee.every((row) => row >= 0 && row < functionCount),
    'a call of an unknown function',
  );
}
