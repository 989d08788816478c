// Where the samples of each thread and state stand, so that a selection of threads or states looks at its own samples alone.
//
// Rows are kept in blocks of 65,536, within a block by group, within a group in order: two bytes a sample.

import { NONE, type Profile, type SampleTable } from '../tables.ts';

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
export function groupSamples(profile: Profile): SampleGroups | undefined {
  const steps = groupInSteps(profile);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The same, a million samples at a time. */
export function* groupInSteps({
  samples,
  threads,
}: Pick<Profile, 'samples' | 'threads'>): Generator<void, SampleGroups | undefined> {
  const { length } = samples;
  const places = { of: new Int32Array(256).fill(NONE), states: [] as number[] };
  for (let row = 0; row < length; row += STEP) {
    findStates(samples, row, Math.min(length, row + STEP), places);
    yield;
  }
  const { states } = places;
  const groups = threads.length * states.length;
  const blocks = Math.ceil(length / BLOCK);
  if (groups * blocks > MIN_LISTS + length / 4) return undefined;
  const listOf = { groups, states: states.length, placeOf: places.of };
  const starts = new Uint32Array(groups * blocks + 1);
  const counts = new Float64Array(groups);
  for (let row = 0; row < length; row += STEP) {
    countLists(samples, row, Math.min(length, row + STEP), listOf, starts);
    yield;
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
  for (let row = 0; row < length; row += STEP) {
    fillLists(samples, row, Math.min(length, row + STEP), listOf, next, rows);
    yield;
  }
  return { length: groups, states, starts, rows, counts };
}

const STEP = 16 * BLOCK;
/** Lists that even few samples may have. */
const MIN_LISTS = 100_000;

/** How the list of a row is found. */
interface ListOf {
  readonly groups: number;
  readonly states: number;
  readonly placeOf: Int32Array;
}

function findStates(
  { state }: SampleTable,
  first: number,
  last: number,
  { of, states }: { readonly of: Int32Array; readonly states: number[] },
): void {
  for (let row = first; row < last; row++) {
    if (of[state[row]] !== NONE) continue;
    of[state[row]] = states.length;
    states.push(state[row]);
  }
}

function countLists(
  { thread, state }: SampleTable,
  first: number,
  last: number,
  { groups, states, placeOf }: ListOf,
  counts: Uint32Array,
): void {
  for (let row = first; row < last; row++)
    counts[(row >>> 16) * groups + thread[row] * states + placeOf[state[row]]]++;
}

function fillLists(
  { thread, state }: SampleTable,
  first: number,
  last: number,
  { groups, states, placeOf }: ListOf,
  next: Uint32Array,
  rows: Uint16Array,
): void {
  for (let row = first; row < last; row++) {
    const list = (row >>> 16) * groups + thread[row] * states + placeOf[state[row]];
    rows[next[list]++] = row & 0xffff;
  }
}
