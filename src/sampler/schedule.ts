// When to sample: deadlines on the monotonic clock that do not drift. A round that takes too long does not move the later
// ones; the deadlines it ran over are left out and counted.

/** A gap of an exponential schedule is cut here, in periods: longer ones come once in 22,000 gaps. */
const LONGEST_GAP = 10;

/** How the rounds are spread over time. */
export interface ScheduleOptions {
  /** Mean gap between rounds in nanoseconds; 0 for no gap at all. */
  readonly period: number;
  /** Gaps vary at random with an exponential distribution, so that sampling cannot beat in time with the program. */
  readonly exponential: boolean;
  /** A random number in [0, 1). */
  readonly random?: () => number;
}

/** Deadlines, and counts of how well they were met. All times in nanoseconds of one clock. */
export class Schedule {
  /** Rounds that took place, those of them that began more than half a period late, deadlines left out. */
  rounds = 0;
  lateRounds = 0;
  missedRounds = 0;
  /** When the next round is due. */
  deadline: number;
  readonly #period: number;
  readonly #exponential: boolean;
  readonly #random: () => number;

  constructor(start: number, options: ScheduleOptions) {
    this.deadline = start;
    this.#period = options.period;
    this.#exponential = options.exponential;
    this.#random = options.random ?? Math.random;
  }

  /** A round begins at `now`. */
  begin(now: number): void {
    this.rounds++;
    if (this.#period > 0 && now - this.deadline > this.#period / 2) this.lateRounds++;
  }

  /** The round has ended at `now`: sets the next deadline. */
  end(now: number): void {
    if (this.#period === 0) {
      this.deadline = now;
      return;
    }
    this.deadline += this.#gap();
    while (this.deadline < now) {
      this.missedRounds++;
      this.deadline += this.#gap();
    }
  }

  #gap(): number {
    if (!this.#exponential) return this.#period;
    return Math.min(LONGEST_GAP, -Math.log(1 - this.#random())) * this.#period;
  }
}
