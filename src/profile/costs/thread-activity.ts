// What threads did over time, for timelines: time by state and CPU time, in buckets of equal length.
//
// A sample stands for the time since the one before it of the same thread, so it is spread over the buckets that this time
// touches: a thread that is sampled less often than there are buckets still fills all of them.

import { type Profile, SAMPLE_STATES, STATE_MASK, type ThreadIndex } from '../tables.ts';
import { findFirstAtOrAfter } from './selection.ts';

/** One column of values for each of SAMPLE_STATES. */
export const ACTIVITY_STATES = SAMPLE_STATES.length;

export interface ThreadActivity {
  /** In time units. */
  readonly start: number;
  readonly end: number;
  readonly buckets: number;
  readonly threads: readonly ThreadIndex[];
  /**
   * Part of each bucket that the thread spent in a state, 0 to 1; with measuring errors a little more. Place of a value:
   * `(thread position × ACTIVITY_STATES + state) × buckets + bucket`.
   */
  readonly states: Float32Array;
  /** CPUs that all threads of the profile kept busy together, in each bucket. */
  readonly cpus: Float32Array;
}

export interface ActivityOptions {
  readonly start: number;
  readonly end: number;
  readonly buckets: number;
  /** Whose states to tell; the CPU time is that of all threads. */
  readonly threads: readonly ThreadIndex[];
}

/** One pass over the samples of the range. */
export function computeThreadActivity(profile: Profile, options: ActivityOptions): ThreadActivity {
  const { start, end, buckets, threads } = options;
  const { samples, timeUnit } = profile;
  const states = new Float32Array(threads.length * ACTIVITY_STATES * buckets);
  const cpus = new Float32Array(buckets);
  const place = new Int32Array(profile.threads.length).fill(-1);
  threads.forEach((thread, position) => {
    place[thread] = position;
  });
  const elapsed = samples.weights.find(({ type }) => type === 'elapsed');
  const cpu = samples.weights.find(({ type }) => type === 'cpu');
  const cpuScale = (cpu?.scale ?? 0) / timeUnit;
  const elapsedScale = (elapsed?.scale ?? 0) / timeUnit;
  const bucketLength = (end - start) / buckets;
  const toBuckets = 1 / bucketLength;
  const lastTime = new Float64Array(profile.threads.length).fill(-1);
  for (let row = findFirstAtOrAfter(samples.time, start); row < samples.length; row++) {
    const time = samples.time[row];
    const thread = samples.thread[row];
    const before = lastTime[thread] >= 0 ? time - lastTime[thread] : bucketLength;
    lastTime[thread] = time;
    const length = elapsed === undefined ? before : elapsed.values[row] * elapsedScale;
    const from = time - length;
    if (from >= end) {
      // Later samples may still reach back, but only as far as their own length.
      if ((time - end) * timeUnit > MAX_REACH) break;
      continue;
    }
    const first = Math.max(0, (from - start) * toBuckets);
    const last = Math.min(buckets, (time - start) * toBuckets);
    const cpuShare = cpu === undefined || length === 0 ? 0 : (cpu.values[row] * cpuScale) / length;
    const position = place[thread];
    const state = samples.state[row] & STATE_MASK;
    const base = (position * ACTIVITY_STATES + (state < ACTIVITY_STATES ? state : 0)) * buckets;
    let bucket = Math.floor(first);
    if (last <= bucket + 1) {
      // Nearly every sample, in all but the closest views.
      cpus[bucket] += (last - first) * cpuShare;
      if (position >= 0) states[base + bucket] += last - first;
      continue;
    }
    for (; bucket < last; bucket++) {
      const part = Math.min(last, bucket + 1) - Math.max(first, bucket);
      cpus[bucket] += part * cpuShare;
      if (position >= 0) states[base + bucket] += part;
    }
  }
  return { start, end, buckets, threads, states, cpus };
}

/** Samples so long behind the end, in nanoseconds, are looked at: they may reach back into the range. */
const MAX_REACH = 2e9;
