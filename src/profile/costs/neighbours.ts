// Who calls a function, and what it calls: the weight of its samples, divided among its callers and its callees.
//
// In recursion a sample passes through the function several times. It counts once: its caller is that of the outermost
// call, its callee that of the innermost one. So the callers add up to the function's total, and the callees, with its
// self, too.

import { type FunctionIndex, NONE, type Profile } from '../tables.ts';
import type { StackWeights } from './stack-weights.ts';

/** Functions on one side of another one, by descending weight. */
export interface Neighbours {
  /** FunctionIndex; NONE: nothing (a caller of outermost frames, the callee of samples in the function itself). */
  readonly function: Int32Array;
  /** In the unit of the stack weights. */
  readonly weight: Float64Array;
  readonly samples: Float64Array;
}

/** Callers and callees of a function. Their weights add up to its total on either side. */
export function computeNeighbours(
  profile: Profile,
  weights: StackWeights,
  functionRow: FunctionIndex,
): { readonly callers: Neighbours; readonly callees: Neighbours } {
  const { stacks, frames } = profile;
  const callers = new Sums();
  const callees = new Sums();
  // Of each stack: the functions before its outermost call, and behind its innermost one.
  const callerOf = new Int32Array(stacks.length).fill(ABSENT);
  const calleeOf = new Int32Array(stacks.length).fill(ABSENT);
  for (let row = 0; row < stacks.length; row++) {
    const above = stacks.parent[row];
    const own = frames.function[stacks.frame[row]];
    const isIt = own === functionRow;
    const isBelow = above !== NONE && callerOf[above] !== ABSENT;
    if (!isIt && !isBelow) continue;
    if (isBelow) callerOf[row] = callerOf[above];
    else callerOf[row] = above === NONE ? NONE : frames.function[stacks.frame[above]];
    if (isIt) calleeOf[row] = NONE;
    else calleeOf[row] = calleeOf[above] === NONE ? own : calleeOf[above];
    if (weights.selfSamples[row] === 0) continue;
    callers.add(callerOf[row], weights.self[row], weights.selfSamples[row]);
    callees.add(calleeOf[row], weights.self[row], weights.selfSamples[row]);
  }
  return { callers: callers.build(), callees: callees.build() };
}

/** The function is not in the stack. */
const ABSENT = -2;

class Sums {
  readonly #rows = new Map<number, { weight: number; samples: number }>();

  add(functionRow: number, weight: number, samples: number): void {
    const known = this.#rows.get(functionRow);
    if (known === undefined) {
      this.#rows.set(functionRow, { weight, samples });
      return;
    }
    known.weight += weight;
    known.samples += samples;
  }

  build(): Neighbours {
    const sorted = [...this.#rows].sort((a, b) => b[1].weight - a[1].weight || a[0] - b[0]);
    return {
      function: Int32Array.from(sorted, ([row]) => row),
      weight: Float64Array.from(sorted, ([, { weight }]) => weight),
      samples: Float64Array.from(sorted, ([, { samples }]) => samples),
    };
  }
}
