import { NONE, type ProcessIndex, type Profile, type SampleIndex } from '../tables.ts';
import { findFirstAtOrAfter } from './selection.ts';

/** A counter of one process over time. A value holds until the next one. */
export interface MemoryCurve {
  /** In time units, ascending. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** The first moment of the highest value; undefined when nothing was measured. */
  readonly peak: MemoryPeak | undefined;
}

export interface MemoryPeak {
  readonly time: number;
  readonly value: number;
  /** Of every thread of the process that had not ended by then: its last sample at or before the peak. */
  readonly samples: readonly SampleIndex[];
}

/** The curve of a counter of a process, with its exact peak and what the threads did at that moment. */
export function computeMemoryCurve(
  profile: Profile,
  process: ProcessIndex,
  counter: string = 'resident',
): MemoryCurve {
  const { counters, strings } = profile;
  const rows: number[] = [];
  for (let row = 0; row < counters.length; row++) {
    if (counters.process[row] === process && strings[counters.name[row]] === counter) rows.push(row);
  }
  const time = Float64Array.from(rows, (row) => counters.time[row]);
  const value = Float64Array.from(rows, (row) => counters.value[row]);
  if (rows.length === 0) return { time, value, peak: undefined };
  let top = 0;
  for (let row = 1; row < value.length; row++) {
    if (value[row] > value[top]) top = row;
  }
  const samples = findLastSamples(profile, process, time[top]);
  return { time, value, peak: { time: time[top], value: value[top], samples } };
}

/** In order of the thread table. */
function findLastSamples(profile: Profile, process: ProcessIndex, time: number): SampleIndex[] {
  const { samples, threads } = profile;
  const last = new Int32Array(threads.length).fill(NONE);
  const isWanted = new Uint8Array(threads.length);
  let missing = 0;
  for (let thread = 0; thread < threads.length; thread++) {
    const isOver = threads.end[thread] !== NONE && threads.end[thread] < time;
    if (threads.process[thread] !== process || isOver || threads.start[thread] > time) continue;
    isWanted[thread] = 1;
    missing++;
  }
  for (let row = findFirstAfter(samples.time, time) - 1; row >= 0 && missing > 0; row--) {
    const thread = samples.thread[row];
    if (isWanted[thread] === 0) continue;
    isWanted[thread] = 0;
    missing--;
    last[thread] = row;
  }
  return Array.from(last).filter((row) => row !== NONE) as SampleIndex[];
}

function findFirstAfter(column: Uint32Array, value: number): number {
  return findFirstAtOrAfter(column, Math.floor(value) + 1);
}
