import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { MAX_TIME } from '../../profile/builder/sample-table-builder.ts';
import type { StackIndex, ThreadIndex } from '../../profile/tables.ts';

/** Rows that a profile may leave out at once. */
const FARTHEST = 16;

/**
 * Puts the values of profiles into rows. Where a profile holds one value of a sample only, a sample with several is in several
 * profiles, one after the other; in the same order as a rule. A sample that a profile before in the group had, too, gets its value
 * into the row that it has already.
 */
export class SampleRows {
  readonly #builder: ProfileBuilder;
  readonly #values: number[];
  #column = 0;
  /** Columns that the profiles of the group have filled. */
  #columns = new Set<number>();
  /** First row of the group, and first row of this profile's own. */
  #groupStart = 0;
  #profileStart = 0;
  /** The next row of the group that a sample may belong to. */
  #cursor = 0;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
    this.#values = builder.samples.specs.map(() => 0);
  }

  beginProfile(column: number, isSameGroup: boolean): void {
    const { length } = this.#builder.samples;
    if (!isSameGroup || this.#columns.has(column)) {
      this.#columns = new Set();
      this.#groupStart = length;
    }
    this.#columns.add(column);
    this.#column = column;
    this.#cursor = this.#groupStart;
    this.#profileStart = length;
  }

  add(time: number, thread: ThreadIndex, stack: StackIndex | -1, state: number, value: number): void {
    const { samples } = this.#builder;
    const row = this.#cursor < this.#profileStart ? this.#findRow(time, thread, stack, state) : -1;
    if (row === -1) {
      this.#values[this.#column] = value;
      this.#builder.addSampleWeights(time, thread, stack, state, this.#values);
      this.#values[this.#column] = 0;
      return;
    }
    samples.weights[this.#column][row] = value;
    this.#cursor = row + 1;
  }

  /** The row at the cursor or a little behind it, should samples without a value have been left out. */
  #findRow(time: number, thread: number, stack: number, state: number): number {
    const { samples } = this.#builder;
    const end = Math.min(this.#profileStart, this.#cursor + FARTHEST);
    for (let row = this.#cursor; row < end; row++) {
      if (
        samples.stack[row] === stack &&
        samples.time[row] === Math.min(time, MAX_TIME) &&
        samples.thread[row] === thread &&
        samples.state[row] === state
      ) {
        return row;
      }
    }
    return -1;
  }
}
