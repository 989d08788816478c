// When the samples of a CPU profile were taken, and how long each lasted. Times are found anew in each walk: columns of them would
// take more memory than the samples themselves.

import { formatCounted } from '../../base/quantities.ts';
import { NONE } from '../../profile/tables.ts';
import { doubles, integers } from '../number-list.ts';
import { medianDelta, type V8Samples } from './v8-samples.ts';

/** Goes once through the samples, in order of time. Samples last until the next one: V8 notes where it is, not where it was. */
export class V8Timeline {
  readonly length: number;
  /** Microseconds from startTime to the first sample. */
  readonly first: number;
  /** Microseconds from startTime to the end of the last sample. */
  readonly end: number;
  readonly notes: readonly string[];
  /** Row in `V8Samples` of the sample that was gone to. */
  row = NONE;
  /** Microseconds from startTime. */
  start = 0;
  /** Microseconds until the next sample, or the end of the profile. */
  duration = 0;
  readonly #lastDuration: number;
  /** Samples that come after later ones in the file, in order of time. Most profiles have none. */
  readonly #lateRows: Int32Array;
  readonly #lateTimes: Float64Array;
  #nextLate = 0;
  /** At the next one of the others. */
  readonly #others: SampleClock;
  #hasOther: boolean;
  #upcoming = NONE;
  #upcomingStart = 0;

  constructor(samples: V8Samples) {
    this.length = samples.node.length;
    const missing = Math.max(0, this.length - samples.delta.length);
    const median = medianDelta(samples);
    const { first, last, backwards, rows, times } = findLate(new SampleClock(samples, median));
    const order = Uint32Array.from(rows, (_, at) => at).sort((a, b) => times[a] - times[b] || a - b);
    this.#lateRows = Int32Array.from(order, (at) => rows[at]);
    this.#lateTimes = Float64Array.from(order, (at) => times[at]);
    const rest = samples.endTime - samples.startTime - last;
    this.first = first;
    this.#lastDuration = samples.endTime > 0 && rest >= 0 ? rest : median;
    this.end = this.length === 0 ? 0 : last + this.#lastDuration;
    const notes = [];
    if (missing > 0)
      notes.push(
        `${formatCounted(missing, 'sample has no time: it was', 'samples have no time: they were')} taken to follow in the usual distance.`,
      );
    if (backwards > 0)
      notes.push(
        `${formatCounted(backwards, 'sample goes back in time: it was put where its time says', 'samples go back in time: they were put where their times say')}.`,
      );
    this.notes = notes;
    this.#others = new SampleClock(samples, median);
    this.#hasOther = this.#others.nextInOrder();
    this.#lookAhead();
  }

  /** Goes to the next sample, the first one at first; false behind the last. */
  next(): boolean {
    if (this.#upcoming === NONE) return false;
    this.row = this.#upcoming;
    this.start = this.#upcomingStart;
    this.#lookAhead();
    this.duration = this.#upcoming === NONE ? this.#lastDuration : this.#upcomingStart - this.start;
    return true;
  }

  #lookAhead(): void {
    const late = this.#nextLate;
    const others = this.#others;
    if (late < this.#lateRows.length) {
      const [row, time] = [this.#lateRows[late], this.#lateTimes[late]];
      if (!this.#hasOther || time < others.time || (time === others.time && row < others.row)) {
        this.#upcoming = row;
        this.#upcomingStart = time;
        this.#nextLate++;
        return;
      }
    }
    this.#upcoming = this.#hasOther ? others.row : NONE;
    this.#upcomingStart = others.time;
    if (this.#hasOther) this.#hasOther = others.nextInOrder();
  }
}

/** The times of samples in the order of the file. */
class SampleClock {
  row = NONE;
  /** Microseconds since startTime. */
  time = 0;
  /** Since the sample before. */
  delta = 0;
  readonly #length: number;
  readonly #deltas: Int32Array | Float64Array;
  /** Of samples without one. */
  readonly #usual: number;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(samples: V8Samples, usual: number) {
    this.#length = samples.node.length;
    this.#deltas = samples.delta.view();
    this.#usual = usual;
  }

  /** Goes to the next sample, if there is one. */
  next(): boolean {
    if (++this.row >= this.#length) return false;
    this.delta = this.row < this.#deltas.length ? this.#deltas[this.row] : this.#usual;
    const time = this.time + this.delta;
    // An infinite sum of times that are each possible.
    if (Number.isFinite(time)) this.time = time;
    return true;
  }

  /** Goes to the next sample that none of those before is later than. */
  nextInOrder(): boolean {
    while (this.next()) {
      if (this.time < this.#latest) continue;
      this.#latest = this.time;
      return true;
    }
    return false;
  }
}

/** Samples that come after a later one. */
function findLate(clock: SampleClock) {
  const rows = integers();
  const times = doubles();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let backwards = 0;
  while (clock.next()) {
    if (clock.delta < 0 && clock.row > 0) backwards++;
    if (clock.time < first) first = clock.time;
    if (clock.time >= last) last = clock.time;
    else {
      rows.push(clock.row);
      times.push(clock.time);
    }
  }
  return { first, last, backwards, rows: rows.view(), times: times.view() };
}
