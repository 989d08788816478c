// From events that say when functions begin and end to samples: between two events the open functions are the stack, and
// each such interval becomes one sample of that length.

import { resizeColumn } from '../../base/typed-array.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { type FrameIndex, NONE, type ThreadIndex } from '../../profile/tables.ts';
import { OpenFrames } from '../open-frames.ts';
import { BEGIN, COMPLETE, NO_STACK, type TraceEvents, UNNAMED } from './trace-event-table.ts';

/** What did not fit together. */
export interface IntervalRepairs {
  unclosed: number;
  unopened: number;
  misplaced: number;
  empty: number;
}

/** How times of events become times of samples: nanoseconds since `origin` (microseconds), in units of `timeUnit`. */
export interface TraceClock {
  readonly origin: number;
  readonly timeUnit: number;
  /** Nanoseconds since `origin` of the last event. */
  readonly end: number;
}

export function toNanoseconds(clock: TraceClock, microseconds: number): number {
  // Whole ones: sums such as 0.1 + 0.2 must not leave gaps between an end and the next beginning.
  return Math.round((microseconds - clock.origin) * 1000);
}

/** Adds the samples of one thread, whose events are the given rows in the order of the file. */
export function addIntervals(
  builder: ProfileBuilder,
  thread: ThreadIndex,
  { events, rows, clock }: { events: TraceEvents; rows: Uint32Array; clock: TraceClock },
  repairs: IntervalRepairs,
): void {
  const track = new Track(builder, thread, clock, repairs);
  for (const row of sortByTime(events, rows)) {
    const at = toNanoseconds(clock, events.time.values[row]);
    track.closeUntil(at);
    track.advance(at);
    const type = events.type(row);
    const name = events.name.values[row];
    if (type === COMPLETE) {
      const end = toNanoseconds(clock, events.time.values[row] + events.duration.values[row]);
      track.openUntil(end, events.frame.values[row], row);
    } else if (type === BEGIN) track.open(events.frame.values[row], name);
    else track.close(name);
  }
  track.finish();
}

/** By time; complete events that begin at once by length, the longest first; else in the order of the file. */
function sortByTime(events: TraceEvents, rows: Uint32Array): Uint32Array {
  const { values: time } = events.time;
  const { values: duration } = events.duration;
  const compare = (a: number, b: number) => {
    if (time[a] !== time[b]) return time[a] - time[b];
    return events.type(a) === COMPLETE && events.type(b) === COMPLETE
      ? duration[b] - duration[a] || a - b
      : a - b;
  };
  for (let i = 1; i < rows.length; i++)
    if (compare(rows[i - 1], rows[i]) > 0) return rows.slice().sort(compare);
  return rows;
}

class Track {
  readonly #builder: ProfileBuilder;
  readonly #thread: ThreadIndex;
  readonly #clock: TraceClock;
  readonly #repairs: IntervalRepairs;
  readonly #open: OpenFrames;
  readonly #ends = new EndHeap();
  #at = 0;
  /** How many times without a stack are open. */
  #noStack = 0;
  /** Frames that stayed open in spite of the end of what they are in, at this very moment. */
  #suspects = 0;

  constructor(builder: ProfileBuilder, thread: ThreadIndex, clock: TraceClock, repairs: IntervalRepairs) {
    this.#builder = builder;
    this.#thread = thread;
    this.#clock = clock;
    this.#repairs = repairs;
    this.#open = new OpenFrames(builder);
  }

  advance(to: number): void {
    if (to <= this.#at) return;
    const weight = to - this.#at;
    const time = Math.round(this.#at / this.#clock.timeUnit);
    this.#at = to;
    this.#repairs.misplaced += this.#suspects;
    this.#suspects = 0;
    if (this.#open.length === 0 && this.#noStack === 0) return;
    this.#builder.addSample(time, this.#thread, this.#open.stack, 0, weight, 0);
  }

  open(frame: number, name: number): void {
    if (name === NO_STACK) this.#noStack++;
    else this.#open.open(frame as FrameIndex, name, this.#at);
  }

  /** Opens what ends at a known time. */
  openUntil(end: number, frame: number, row: number): void {
    if (end <= this.#at) {
      this.#repairs.empty++;
      return;
    }
    // Below all numbers of names.
    const key = -3 - row;
    this.#open.open(frame as FrameIndex, key, this.#at);
    this.#ends.push(end, key);
  }

  close(name: number): void {
    if (name === NO_STACK) this.#noStack = Math.max(0, this.#noStack - 1);
    else if (name === UNNAMED) {
      if (this.#open.length === 0) this.#repairs.unopened++;
      else this.#open.closeInnermost();
    } else this.#close(name);
  }

  /** Closes what ends by itself until then. */
  closeUntil(time: number): void {
    while (this.#ends.length > 0 && this.#ends.time <= time) {
      this.advance(this.#ends.time);
      this.#close(this.#ends.pop());
    }
  }

  finish(): void {
    this.closeUntil(this.#clock.end);
    this.advance(this.#clock.end);
    this.#repairs.unclosed += this.#open.length;
  }

  #close(key: number): void {
    const misplaced = this.#open.close(key, this.#at);
    if (misplaced === NONE) this.#repairs.unopened++;
    // Of several that end at once, the outer may be named before the inner.
    else if (misplaced > 0) this.#suspects = 1;
    else if (this.#suspects > 0) this.#suspects = 0;
  }
}

/** The earliest end first; of several at once, the one that was pushed last. */
class EndHeap {
  #times = new Float64Array(64);
  #keys = new Int32Array(64);
  length = 0;

  /** The earliest. */
  get time(): number {
    return this.#times[0];
  }

  push(time: number, key: number): void {
    if (this.length === this.#times.length) this.#grow();
    let place = this.length++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(time, key, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#times[place] = time;
    this.#keys[place] = key;
  }

  /** The key of the earliest. */
  pop(): number {
    const key = this.#keys[0];
    this.length--;
    const time = this.#times[this.length];
    const last = this.#keys[this.length];
    let place = 0;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= this.length) break;
      const other = child + 1;
      if (other < this.length && this.#isBefore(this.#times[other], this.#keys[other], child)) child = other;
      if (this.#isBefore(time, last, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#times[place] = time;
    this.#keys[place] = last;
    return key;
  }

  /** Keys fall from row to row, so the smaller one began later. */
  #isBefore(time: number, key: number, place: number): boolean {
    return time < this.#times[place] || (time === this.#times[place] && key < this.#keys[place]);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from];
    this.#keys[to] = this.#keys[from];
  }

  #grow(): void {
    this.#times = resizeColumn(this.#times, this.length * 2);
    this.#keys = resizeColumn(this.#keys, this.length * 2);
  }
}
