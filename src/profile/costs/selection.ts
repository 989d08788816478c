import { reorderSamples } from '../builder/sample-table-builder.ts';
import {
  type FunctionIndex,
  NONE,
  type ProcessIndex,
  type Profile,
  SAMPLE_STATES,
  type SampleState,
  type SampleTable,
  STATE_MASK,
  type ThreadIndex,
} from '../tables.ts';

export { computeWeights, type Measure } from '../measure.ts';

/** Which samples a view is about. What is not named does not restrict. */
export interface Selection {
  /** In time units; a sample at `start` belongs to it, one at `end` does not. */
  readonly timeRange?: { readonly start: number; readonly end: number };
  readonly processes?: ReadonlySet<ProcessIndex>;
  readonly threads?: ReadonlySet<ThreadIndex>;
  readonly states?: ReadonlySet<SampleState>;
  /** Keeps the samples that have at least one of these functions in their stack. */
  readonly functions?: ReadonlySet<FunctionIndex>;
}

/** The profile with the selected samples only; all other tables are the same. Nothing selected: the same profile. */
export function selectSamples(profile: Profile, selection: Selection): Profile {
  const { timeRange, processes, threads, states, functions } = selection;
  let { samples } = profile;
  if (timeRange !== undefined) samples = sliceTime(samples, timeRange.start, timeRange.end);
  const isNarrowed = processes ?? threads ?? states ?? functions;
  if (isNarrowed === undefined) return samples === profile.samples ? profile : { ...profile, samples };

  const keepThread = markThreads(profile, processes, threads);
  const keepState = markStates(states);
  const keepStack = markStacks(profile, functions);
  const rows = new Uint32Array(samples.length);
  let count = 0;
  for (let row = 0; row < samples.length; row++) {
    // keepStack has the samples without a stack in slot 0.
    const isKept =
      keepThread[samples.thread[row]] &
      keepState[samples.state[row] & STATE_MASK] &
      keepStack[samples.stack[row] + 1];
    rows[count] = row;
    count += isKept;
  }
  if (count === profile.samples.length) return profile;
  return { ...profile, samples: reorderSamples(samples, rows.subarray(0, count)) };
}

/** The samples of a time range, without a copy: they are in order of time. */
function sliceTime(samples: SampleTable, start: number, end: number): SampleTable {
  const first = findFirstAtOrAfter(samples.time, start);
  const last = Math.max(first, findFirstAtOrAfter(samples.time, end));
  if (first === 0 && last === samples.length) return samples;
  return {
    length: last - first,
    time: samples.time.subarray(first, last),
    thread: samples.thread.subarray(first, last),
    stack: samples.stack.subarray(first, last),
    state: samples.state.subarray(first, last),
    weights: samples.weights.map((column) => ({ ...column, values: column.values.subarray(first, last) })),
  };
}

/** The first row of an ascending column whose value is not below the given one; its length if there is none. */
export function findFirstAtOrAfter(column: Uint32Array | Float64Array, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One slot for each thread: 1 where it is one of the threads, and of one of the processes. */
export function markThreads(
  profile: Profile,
  processes: ReadonlySet<ProcessIndex> | undefined,
  threads: ReadonlySet<ThreadIndex> | undefined,
): Uint8Array {
  return Uint8Array.from({ length: profile.threads.length }, (_, row) => {
    const isInProcess = processes?.has(profile.threads.process[row] as ProcessIndex) ?? true;
    const isThread = threads?.has(row as ThreadIndex) ?? true;
    return isInProcess && isThread ? 1 : 0;
  });
}

/** One slot for each value of the state column: 1 where it stands for one of the states. */
export function markStateValues(states: ReadonlySet<SampleState> | undefined): Uint8Array {
  const keepState = markStates(states);
  return Uint8Array.from({ length: 256 }, (_, value) => keepState[value & STATE_MASK]);
}

function markStates(states: ReadonlySet<SampleState> | undefined): Uint8Array {
  return Uint8Array.from({ length: STATE_MASK + 1 }, (_, value) => {
    // States of a newer version, which this one has no name for, count as unknown.
    return (states?.has(SAMPLE_STATES[value] ?? 'unknown') ?? true) ? 1 : 0;
  });
}

/** One slot for each stack behind slot 0, which is for samples without a stack. */
function markStacks(profile: Profile, functions: ReadonlySet<FunctionIndex> | undefined): Uint8Array {
  const { stacks, frames } = profile;
  const keep = new Uint8Array(stacks.length + 1);
  if (functions === undefined) return keep.fill(1);
  const isWanted = new Uint8Array(profile.functions.length);
  for (const row of functions) isWanted[row] = 1;
  for (let row = 0; row < stacks.length; row++) {
    const above = stacks.parent[row];
    const isBelowWanted = above === NONE ? 0 : keep[above + 1];
    keep[row + 1] = isBelowWanted | isWanted[frames.function[stacks.frame[row]]];
  }
  return keep;
}
