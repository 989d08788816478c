// Where the samples of each thread and state stand, so that a selection of threads or states looks at its own samples alone.
//
// Rows are kept in blocks of 65,536, within a block by group, within a group in order: two bytes a sample.

import type { Profile } from './tables.ts';

export const BLOCK = 0x1_0000;

/** A group for each thread and each value of the state column that there is: group = thread × states.length + place. */
export interface SampleGroups {
  readonly length: number;
  /** Values of the state column. */
  readonly states: readonly number[];
  /** By block, then by group: where its rows begin; those of the next one end them. */
  readonly starts: Uint32Array;
  /** Row less the first row of its block. */
  readonly rows: Uint16Array;
  /** Samples of each group. */
  readonly counts: Float64Array;
}

/** Undefined where there are so many threads that the lists would be larger than the samples. */
export function groupSamples({ samples, threads }: Profile): SampleGroups | undefined {
  const { length, thread, state } = samples;
  const placeOfState = new Int32Array(256).fill(-1);
  const states: number[] = [];
  for (let row = 0; row < length; row++) {
    if (placeOfState[state[row]] !== -1) continue;
    placeOfState[state[row]] = states.length;
    states.push(state[row]);
  }
  const groups = threads.length * states.length;
  const blocks = Math.ceil(length / BLOCK);
  if (groups * blocks > MIN_LISTS + length / 4) return undefined;
  const starts = new Uint32Array(groups * blocks + 1);
  const counts = new Float64Array(groups);
  for (let row = 0; row < length; row++) {
    starts[(row >>> 16) * groups + thread[row] * states.length + placeOfState[state[row]]]++;
  }
  let sum = 0;
  for (let list = 0; list < starts.length; list++) {
    const count = starts[list];
    if (list < groups * blocks) counts[list % groups] += count;
    starts[list] = sum;
    sum += count;
  }
  const next = starts.slice();
  const rows = new Uint16Array(length);
  for (let row = 0; row < length; row++) {
    const list = (row >>> 16) * groups + thread[row] * states.length + placeOfState[state[row]];
    rows[next[list]++] = row & 0xffff;
  }
  return { length: groups, states, starts, rows, counts };
}

/** Lists that even few samples may have. */
const MIN_LISTS = 100_000;
