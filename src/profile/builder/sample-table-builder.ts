import { stableOrder } from '../../base/stable-order.ts';
import {
  gatherRows,
  gatherRowsInto,
  grownCapacity,
  type NumericColumn,
  resizeColumn,
} from '../../base/typed-array.ts';
import type { CounterTable, SampleTable, WeightUnit } from '../tables.ts';

/** A column of weights to be: what WeightColumn says, without its values. */
export interface WeightSpec {
  readonly type: string;
  readonly unit: WeightUnit;
  /** A sample's weight is the stored value times this, in `unit`. */
  readonly scale: number;
  readonly storage: 'uint32' | 'float64';
}

/** The last instant that the time column can hold. Later samples keep their order and get this time. */
export const MAX_TIME = 0xffff_ffff;

/** Grows the samples of a profile. Samples may come out of order; building sorts them. */
export class SampleTableBuilder {
  readonly specs: readonly WeightSpec[];
  length = 0;
  time = new Uint32Array(1024);
  thread: Uint16Array | Uint32Array = new Uint16Array(1024);
  stack = new Int32Array(1024);
  state = new Uint8Array(1024);
  weights: (Uint32Array | Float64Array)[];
  #isSorted = true;
  /** A built profile shows these columns: they may grow, but what stands in them may not change. */
  #isShared = false;

  constructor(specs: readonly WeightSpec[]) {
    this.specs = specs;
    this.weights = specs.map((spec) => newWeightColumn(spec, 1024));
  }

  /** Whether all samples come in order of time, those since the last build behind the ones before. */
  get isSorted(): boolean {
    return this.#isSorted;
  }

  /** Adds a sample without its weights and gives its row. */
  append(time: number, thread: number, stack: number, state: number): number {
    if (this.length === this.time.length) this.reserve(this.length + 1);
    const row = this.length++;
    const exactTime = Math.min(time, MAX_TIME);
    if (row > 0 && exactTime < this.time[row - 1]) this.#isSorted = false;
    this.time[row] = exactTime;
    if (thread > 0xffff && this.thread.BYTES_PER_ELEMENT === 2) this.widenThreads();
    this.thread[row] = thread;
    this.stack[row] = stack;
    this.state[row] = state;
    return row;
  }

  /** Makes room for at least so many rows in all. */
  reserve(rows: number): void {
    if (rows <= this.time.length) return;
    const capacity = Math.max(rows, grownCapacity(this.time.length));
    this.time = resizeColumn(this.time, capacity);
    this.thread = resizeColumn(this.thread, capacity);
    this.stack = resizeColumn(this.stack, capacity);
    this.state = resizeColumn(this.state, capacity);
    this.weights = this.weights.map((column) => resizeColumn(column, capacity));
  }

  /** Gives the thread column four bytes a row. */
  widenThreads(): void {
    if (this.thread.BYTES_PER_ELEMENT === 2) this.thread = new Uint32Array(this.thread);
  }

  /** Takes over rows that a reader has written behind `length` itself. */
  commit(rows: number): void {
    for (let row = Math.max(1, this.length); row < this.length + rows && this.#isSorted; row++) {
      if (this.time[row] < this.time[row - 1]) this.#isSorted = false;
    }
    this.length += rows;
  }

  /** Forgets all samples. Profiles built before keep theirs. */
  clear(): void {
    if (this.#isShared) {
      const capacity = this.time.length;
      this.time = new Uint32Array(capacity);
      this.thread =
        this.thread.BYTES_PER_ELEMENT === 2 ? new Uint16Array(capacity) : new Uint32Array(capacity);
      this.stack = new Int32Array(capacity);
      this.state = new Uint8Array(capacity);
      this.weights = this.specs.map((spec) => newWeightColumn(spec, capacity));
    }
    this.length = 0;
    this.#isSorted = true;
    this.#isShared = false;
  }

  /** The samples in the order they were added in, those of a build before sorted, without a copy. Valid until samples are added or cleared. */
  view(): SampleTable {
    const { length } = this;
    return {
      length,
      time: this.time.subarray(0, length),
      thread: this.thread.subarray(0, length),
      stack: this.stack.subarray(0, length),
      state: this.state.subarray(0, length),
      weights: this.specs.map(({ type, unit, scale }, column) => ({
        type,
        unit,
        scale,
        values: this.weights[column].subarray(0, length),
      })),
    };
  }

  /** The samples in order of time; samples of the same time stay in the order they were added in. */
  build(): SampleTable {
    if (!this.#isSorted) this.#sort();
    this.#isShared = true;
    return this.view();
  }

  /** In the memory that the columns have, unless a profile shows it: two of all columns would be the most that an import ever needs. */
  #sort(): void {
    const scratch = new Float64Array(this.length);
    const rows = stableOrder(this.time.subarray(0, this.length), new Uint32Array(scratch.buffer));
    const sort = <T extends NumericColumn>(column: T) =>
      this.#isShared ? gatherRows(column, rows) : gatherInPlace(column, rows, scratch);
    this.time = sort(this.time);
    this.thread = sort(this.thread);
    this.stack = sort(this.stack);
    this.state = sort(this.state);
    this.weights = this.weights.map(sort);
    this.#isSorted = true;
  }
}

/** The same column with its first rows in another order. `scratch` has eight bytes for each. */
function gatherInPlace<T extends NumericColumn>(column: T, rows: Uint32Array, scratch: Float64Array): T {
  const Column = column.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => T;
  const gathered = new Column(scratch.buffer, 0, rows.length);
  gatherRowsInto(column, gathered, rows);
  column.set(gathered);
  return column;
}

/** The chosen rows of the samples, in the given order. */
export function reorderSamples(samples: SampleTable, rows: Uint32Array): SampleTable {
  return {
    length: rows.length,
    time: gatherRows(samples.time, rows),
    thread: gatherRows(samples.thread, rows),
    stack: gatherRows(samples.stack, rows),
    state: gatherRows(samples.state, rows),
    weights: samples.weights.map((column) => ({ ...column, values: gatherRows(column.values, rows) })),
  };
}

/** Grows the counters of a profile. */
export class CounterTableBuilder {
  length = 0;
  process = new Int32Array(64);
  name = new Int32Array(64);
  time = new Float64Array(64);
  value = new Float64Array(64);

  append(process: number, name: number, time: number, value: number): void {
    if (this.length === this.time.length) {
      const capacity = grownCapacity(this.length);
      this.process = resizeColumn(this.process, capacity);
      this.name = resizeColumn(this.name, capacity);
      this.time = resizeColumn(this.time, capacity);
      this.value = resizeColumn(this.value, capacity);
    }
    const row = this.length++;
    this.process[row] = process;
    this.name[row] = name;
    this.time[row] = time;
    this.value[row] = value;
  }

  /** Forgets all values. */
  clear(): void {
    this.length = 0;
  }

  /** The values in the order they were added in, without a copy. Valid until values are added or cleared. */
  view(): CounterTable {
    const { length } = this;
    return {
      length,
      process: this.process.subarray(0, length),
      name: this.name.subarray(0, length),
      time: this.time.subarray(0, length),
      value: this.value.subarray(0, length),
    };
  }

  /** The values in order of time. */
  build(): CounterTable {
    const { length, time } = this;
    const rows = Uint32Array.from({ length }, (_, row) => row).sort((a, b) => time[a] - time[b] || a - b);
    return {
      length,
      process: gatherRows(this.process, rows),
      name: gatherRows(this.name, rows),
      time: gatherRows(this.time, rows),
      value: gatherRows(this.value, rows),
    };
  }
}

function newWeightColumn(spec: WeightSpec, capacity: number): Uint32Array | Float64Array {
  return spec.storage === 'uint32' ? new Uint32Array(capacity) : new Float64Array(capacity);
}
