import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';

/** A list of row numbers for each row of a table, all in two columns. */
export class RowLists {
  length = 0;
  #start = new Int32Array(64);
  #items = new Int32Array(64);
  #count = 0;

  /** Begins the list of the next row. */
  begin(): void {
    if (this.length === this.#start.length)
      this.#start = resizeColumn(this.#start, grownCapacity(this.length));
    this.#start[this.length++] = this.#count;
  }

  /** Adds to the list of the last row. */
  push(item: number): void {
    if (this.#count === this.#items.length)
      this.#items = resizeColumn(this.#items, grownCapacity(this.#count));
    this.#items[this.#count++] = item;
  }

  /** The list of a row, without a copy. */
  get(row: number): Int32Array {
    const end = row + 1 < this.length ? this.#start[row + 1] : this.#count;
    return this.#items.subarray(this.#start[row], end);
  }
}
