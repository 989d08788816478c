// The call graph of a profile: what formats that keep no stacks can hold of it.

import { computeFunctionCosts, type FunctionCosts } from '../../profile/costs/function-costs.ts';
import { visitOutermost } from '../../profile/costs/stack-walk.ts';
import { computeStackWeights, sumOverSubtrees } from '../../profile/costs/stack-weights.ts';
import type { Measure } from '../../profile/measure.ts';
import { NONE, type Profile } from '../../profile/tables.ts';
import type { CallGraph } from './call-graph-types.ts';

/** Rows of functions are those of the profile, and each is one place. */
export interface ProfileCallGraph extends CallGraph {
  readonly costs: FunctionCosts;
  readonly total: Float64Array;
  /** For each call, what the callee itself cost in stacks where this caller called it. */
  readonly callSelf: Float64Array;
  /** For each call, the samples in `callCost`. */
  readonly callSamples: Uint32Array;
}

export function computeCallGraph(profile: Profile, measure: Measure): ProfileCallGraph {
  const costs = computeFunctionCosts(profile, measure);
  const { stacks } = profile;
  const weights = computeStackWeights(profile, measure);
  const { callOfStack, callers, callees } = findCalls(profile);
  const callSelf = new Float64Array(callers.length);
  for (let row = 0; row < stacks.length; row++) {
    if (callOfStack[row] !== NONE) callSelf[callOfStack[row]] += weights.self[row];
  }
  const subtreeWeight = sumOverSubtrees(stacks.parent, weights.self);
  const subtreeSamples = sumOverSubtrees(stacks.parent, weights.selfSamples);
  const callCost = new Float64Array(callers.length);
  const callSamples = new Uint32Array(callers.length);
  const rows = Int32Array.from({ length: stacks.length }, (_, row) => row);
  visitOutermost({ ...stacks, frame: rows }, callOfStack, callers.length, (row, call) => {
    callCost[call] += subtreeWeight[row];
    callSamples[call] += subtreeSamples[row];
  });
  return {
    costs,
    functionCount: profile.functions.length,
    placeFunction: Int32Array.from({ length: profile.functions.length }, (_, row) => row),
    placeSelf: costs.self,
    callPlace: Int32Array.from(callers),
    callCallee: Int32Array.from(callees),
    callCost,
    callSelf,
    callSamples,
    total: costs.total,
  };
}

/** Pairs of functions that call each other; for each stack, the one at its end. */
function findCalls({ stacks, frames, functions }: Profile): {
  callOfStack: Int32Array;
  callers: readonly number[];
  callees: readonly number[];
} {
  const known = new Map<number, number>();
  const callers: number[] = [];
  const callees: number[] = [];
  const callOfStack = new Int32Array(stacks.length).fill(NONE);
  for (let row = 0; row < stacks.length; row++) {
    if (stacks.parent[row] === NONE) continue;
    const caller = frames.function[stacks.frame[stacks.parent[row]]];
    const callee = frames.function[stacks.frame[row]];
    const key = caller * functions.length + callee;
    let call = known.get(key);
    if (call === undefined) {
      call = callers.length;
      known.set(key, call);
      callers.push(caller);
      callees.push(callee);
    }
    callOfStack[row] = call;
  }
  return { callOfStack, callers, callees };
}
