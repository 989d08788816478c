import { DEFAULT_TIME_UNIT } from '../../profile/builder/profile-builder.ts';
import { MAX_TIME } from '../../profile/builder/sample-table-builder.ts';

/** Nanoseconds since 1970 below this are none: they count from the beginning of a recording (104 days). */
const MAX_RELATIVE_HIGH = 1 << 21;

const TWO_32 = 0x1_0000_0000;

/**
 * Turns nanoseconds since 1970, given as lower and upper 32 bits because a number cannot hold them, into time units since the
 * beginning of a recording.
 */
export class WallClock {
  readonly #timeUnit: number;
  #startLow: number;
  #startHigh: number;

  /** A start of 0 means that it is not known: the first time there is takes its place. */
  constructor(timeUnit: number, startLow: number, startHigh: number) {
    this.#timeUnit = timeUnit;
    this.#startLow = startLow;
    this.#startHigh = startHigh;
  }

  /** 0 for the time 0, which means unknown, and for what is before the beginning. */
  toTime(low: number, high: number): number {
    if (low === 0 && high === 0) return 0;
    if (this.#startLow === 0 && this.#startHigh === 0 && high >>> 0 >= MAX_RELATIVE_HIGH) {
      this.#startLow = low;
      this.#startHigh = high;
    }
    const since = subtractTimes(low, high, this.#startLow, this.#startHigh);
    return Math.max(0, Math.round(since / this.#timeUnit));
  }
}

/** The difference of two numbers of 64 bits; exact where it is below 2^53. */
export function subtractTimes(low: number, high: number, otherLow: number, otherHigh: number): number {
  return (high - otherHigh) * TWO_32 + ((low >>> 0) - (otherLow >>> 0));
}

/** The finest time unit, a power of ten, in which so many nanoseconds have a place; the usual one for 0, which is unknown. */
export function chooseTimeUnit(longest: number): number {
  if (longest === 0) return DEFAULT_TIME_UNIT;
  let unit = 1;
  while (longest / unit > MAX_TIME) unit *= 10;
  return unit;
}
