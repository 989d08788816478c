// Lists of numbers in JSON files, read into typed columns that grow: eight or four bytes a number, whatever the file's size.

import { grownCapacity, resizeColumn } from '../base/typed-array.ts';
import type { JsonReader } from './json/json-reader.ts';

/** A column that grows row by row. `values` is exchanged when it grows: do not keep it while rows are added. */
export class NumberList<T extends Int32Array | Float64Array = Float64Array> {
  values: T;
  length = 0;

  /** `empty` says the type, and how many rows there is room for at first. */
  constructor(empty: T) {
    this.values = empty;
  }

  push(value: number): void {
    if (this.length === this.values.length) this.#grow();
    this.values[this.length++] = value;
  }

  /** Adds the items of a JSON list; what is no finite number becomes `missing`. A `null` instead of a list is an empty one. */
  read(json: JsonReader, missing: number): void {
    if (json.skipNull()) return;
    json.enterArray();
    for (;;) {
      if (this.length === this.values.length) this.#grow();
      const end = json.fillNumbers(this.values, this.length, missing);
      const isEnd = end < this.values.length;
      this.length = end;
      if (isEnd) return;
    }
  }

  /** Adds the rows of another list. */
  append(other: NumberList<T>): void {
    const length = this.length + other.length;
    if (length > this.values.length) {
      this.values = resizeColumn(this.values, Math.max(length, grownCapacity(this.values.length)));
    }
    this.values.set(other.view(), this.length);
    this.length = length;
  }

  /** The rows that there are, without a copy. */
  view(): T {
    return this.values.subarray(0, this.length) as T;
  }

  #grow(): void {
    this.values = resizeColumn(this.values, grownCapacity(this.values.length));
  }
}

/** Most numbers of long lists are small and whole: four bytes each as long as all of them are, eight from the first other one on. */
export class CompactNumbers {
  /** Exchanged when it grows: do not keep it while rows are added. */
  values: Int32Array | Float64Array = new Int32Array(16);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) this.#reserve(this.length + 1);
    if ((value | 0) !== value) this.#widen();
    this.values[this.length++] = value;
  }

  /** As that of NumberList. */
  read(json: JsonReader, missing: number): void {
    if (json.skipNull()) return;
    json.enterArray();
    let block = new Float64Array(FEW);
    for (;;) {
      const end = json.fillNumbers(block, 0, missing);
      this.#add(block, end);
      if (end < block.length) return;
      if (end === FEW) block = new Float64Array(MANY);
    }
  }

  /** Adds the rows of another list. */
  append(other: CompactNumbers): void {
    this.#reserve(this.length + other.length);
    if (other.values instanceof Float64Array) this.#widen();
    this.values.set(other.view(), this.length);
    this.length += other.length;
  }

  /** The rows that there are, without a copy. */
  view(): Int32Array | Float64Array {
    return this.values.subarray(0, this.length);
  }

  #add(block: Float64Array, count: number): void {
    this.#reserve(this.length + count);
    let done = 0;
    const { values } = this;
    if (values instanceof Int32Array) {
      for (; done < count; done++) {
        const value = block[done];
        if ((value | 0) !== value) break;
        values[this.length + done] = value;
      }
      if (done < count) this.#widen();
    }
    this.values.set(block.subarray(done, count), this.length + done);
    this.length += count;
  }

  #widen(): void {
    if (this.values instanceof Int32Array) this.values = new Float64Array(this.values);
  }

  #reserve(rows: number): void {
    if (rows <= this.values.length) return;
    this.values = resizeColumn(this.values, Math.max(rows, grownCapacity(this.values.length)));
  }
}

/** Numbers of a list that are read at once: at first, as many lists are short, and then. */
const [FEW, MANY] = [64, 8192];

/** For times, sizes, addresses and ids. */
export function doubles(): NumberList<Float64Array> {
  return new NumberList(new Float64Array(16));
}

/** For row numbers and lines. What does not fit becomes another number: check the range of what is used as an index. */
export function integers(): NumberList<Int32Array> {
  return new NumberList(new Int32Array(16));
}
