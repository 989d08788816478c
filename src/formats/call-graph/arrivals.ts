import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';

/** What waits for one function: rows of the tree that call it, each once, and their weights. Valid until the next is taken. */
export interface Waiting {
  readonly rows: Int32Array;
  readonly weights: Float64Array;
}

/** What paths bring to functions that were not reached yet: a list for each function, all in the same columns. */
export class Arrivals {
  /** Of each function, the first and the last of its list; -1: none. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** Of each item, the next one of its list, or of those that are free; -1: none. */
  #next = new Int32Array(1024);
  #row = new Int32Array(1024);
  #weight = new Float64Array(1024);
  #length = 0;
  #free = -1;
  /** What was taken last. */
  #rows = new Int32Array(64);
  #weights = new Float64Array(64);
  /** By row of the tree, counted from -1 (none): its place + 1 among what is taken; 0 for others. */
  #placeOf = new Int32Array(1024);

  constructor(functionCount: number) {
    this.#first = new Int32Array(functionCount).fill(-1);
    this.#last = new Int32Array(functionCount).fill(-1);
  }

  add(functionRow: number, row: number, weight: number): void {
    const last = this.#last[functionRow];
    if (last !== -1 && this.#row[last] === row) {
      this.#weight[last] += weight;
      return;
    }
    const item = this.#takeItem();
    this.#row[item] = row;
    this.#weight[item] = weight;
    this.#next[item] = -1;
    if (last === -1) this.#first[functionRow] = item;
    else this.#next[last] = item;
    this.#last[functionRow] = item;
  }

  /** The sum of what waits for a function. */
  sum(functionRow: number): number {
    let sum = 0;
    for (let item = this.#first[functionRow]; item !== -1; item = this.#next[item]) sum += this.#weight[item];
    return sum;
  }

  /** Takes all that waits for a function, in the order in which rows came first. */
  take(functionRow: number): Waiting {
    let count = 0;
    const first = this.#first[functionRow];
    for (let item = first; item !== -1; item = this.#next[item]) count = this.#gather(item, count);
    for (let at = 0; at < count; at++) this.#placeOf[this.#rows[at] + 1] = 0;
    if (first !== -1) {
      this.#next[this.#last[functionRow]] = this.#free;
      this.#free = first;
      this.#first[functionRow] = -1;
      this.#last[functionRow] = -1;
    }
    return { rows: this.#rows.subarray(0, count), weights: this.#weights.subarray(0, count) };
  }

  /** Adds an item to what is taken, and gives how many rows that are now. */
  #gather(item: number, count: number): number {
    const row = this.#row[item];
    if (row + 1 >= this.#placeOf.length) this.#placeOf = resizeColumn(this.#placeOf, grownCapacity(row + 1));
    const place = this.#placeOf[row + 1];
    if (place > 0) {
      this.#weights[place - 1] += this.#weight[item];
      return count;
    }
    if (count === this.#rows.length) {
      this.#rows = resizeColumn(this.#rows, grownCapacity(count));
      this.#weights = resizeColumn(this.#weights, grownCapacity(count));
    }
    this.#rows[count] = row;
    this.#weights[count] = this.#weight[item];
    this.#placeOf[row + 1] = count + 1;
    return count + 1;
  }

  #takeItem(): number {
    const free = this.#free;
    if (free !== -1) {
      this.#free = this.#next[free];
      return free;
    }
    if (this.#length === this.#row.length) {
      const capacity = grownCapacity(this.#length);
      this.#next = resizeColumn(this.#next, capacity);
      this.#row = resizeColumn(this.#row, capacity);
      this.#weight = resizeColumn(this.#weight, capacity);
    }
    return this.#length++;
  }
}
