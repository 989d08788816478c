// How long threads were stopped: from when we asked for it until we let them go, which is a little longer than they stood
// still.

import type { RecordingFacts } from '../../profile/tables.ts';

/** Buckets grow by this factor: percentiles are exact to 5 %. */
const GROWTH = 1.05;
/** From 1 µs to about 50 s. */
const BUCKETS = 365;
const SMALLEST = 1000;

/** Counts durations, in nanoseconds. */
export class StopTimes {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #longest = 0;

  add(duration: number): void {
    const bucket = Math.ceil(Math.log(Math.max(1, duration / SMALLEST)) / Math.log(GROWTH));
    this.#counts[Math.min(bucket, BUCKETS - 1)]++;
    this.#total++;
    this.#longest = Math.max(this.#longest, duration);
  }

  /** The duration that so many of a hundred did not exceed; 0 when there was none. */
  percentile(percent: number): number {
    const wanted = (this.#total * percent) / 100;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket];
      if (seen >= wanted && seen > 0) return Math.min(this.#longest, Math.round(SMALLEST * GROWTH ** bucket));
    }
    return this.#longest;
  }

  /** Empty when no thread was stopped. */
  toFacts(): Pick<RecordingFacts, 'stopTimes'> {
    if (this.#total === 0) return {};
    const [median, p99] = [this.percentile(50), this.percentile(99)];
    return { stopTimes: { count: this.#total, median, p99, longest: this.#longest } };
  }
}
