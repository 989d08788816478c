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

import { type CallIndex, type Components, shapeCallGraph } from './call-graph-order.ts';
import { type CallGraph, positive } from './call-graph-types.ts';
import { type InternPath, PathBuilder, type PathCosts } from './path-builder.ts';

export { type CallShape, shapeCallGraph } from './call-graph-order.ts';
export type { CallGraph } from './call-graph-types.ts';
export { MAX_PATHS } from './path-builder.ts';

/** What paths cost, and what is not in them. */
export interface CallPaths extends PathCosts {
  /** What calls are said to cost beyond what the functions called have; it is in no path. */
  readonly missing: number;
}

/** Tells the user of paths that are not whole. */
export const TANGLED = 'Functions call each other in too many ways: totals of some are too small.';

/**
 * Paths whose sums are the costs of the graph: `self` of every function always, `total` where the costs fit together. Graphs
 * that differ in their costs only have one shape.
 */
export function computeCallPaths(
  graph: CallGraph,
  internPath: InternPath,
  shape = shapeCallGraph(graph),
): CallPaths {
  const { costs, roots, missing } = balance(graph, shape.index, shape.components);
  const paths = new PathBuilder(graph, shape, costs, internPath);
  // Components come with callees first.
  for (let component = shape.components.count - 1; component >= 0; component--)
    paths.addComponent(component, roots);
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
