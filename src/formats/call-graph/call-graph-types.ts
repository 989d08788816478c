/** Functions, the places in them that cost something or call, and calls. All costs are in one unit; what is not above 0 counts as 0. */
export interface CallGraph {
  /** Functions are the numbers below this. */
  readonly functionCount: number;
  /** Function of each place: a line of it, or the function as a whole. Every function needs at least one. */
  readonly placeFunction: Int32Array;
  /** What each place costs itself, without what it calls. */
  readonly placeSelf: Float64Array;
  /** For each call, the place it is made from. */
  readonly callPlace: Int32Array;
  /** For each call, the function that is called. */
  readonly callCallee: Int32Array;
  /** For each call, what the callee cost with everything below it; in recursion the outermost call only. */
  readonly callCost: Float64Array;
  /** What each function cost with everything below it, recursion counted once; NaN or left out where unknown. Only cycles need it. */
  readonly total?: Float64Array;
}

/** A cost as it counts. */
export function positive(cost: number): number {
  return cost > 0 && Number.isFinite(cost) ? cost : 0;
}
