import { PairIndex } from '../../base/pair-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { StackIndex, StackTable } from '../tables.ts';

/** Grows the prefix tree of stacks; the same frame on the same parent gets the same row. */
export class StackTableBuilder {
  length = 0;
  parent = new Int32Array(1024);
  frame = new Int32Array(1024);
  /** Rows that do not stand right behind their parent: the others are found there, which most are, without slow memory. */
  readonly #index = new PairIndex();
  /** Rows below this are in the index, where they have to be. */
  #indexed = 0;

  /** Called for every frame of every sample: no allocation when the row is known. */
  intern(parent: number, frame: number): StackIndex {
    const behind = parent + 1;
    if (behind < this.length && this.frame[behind] === frame && this.parent[behind] === parent) {
      return behind as StackIndex;
    }
    // Parents stand before their children: the last row has none, and its first one needs no place in the index.
    if (behind === this.length) return this.append(parent, frame);
    if (this.#indexed < this.length) this.#catchUp();
    const row = this.#index.intern(parent, frame, this.length);
    if (row < this.length) return row as StackIndex;
    this.#indexed++;
    return this.append(parent, frame);
  }

  /** Adds a row as it is, for readers whose rows are numbered already. */
  append(parent: number, frame: number): StackIndex {
    if (this.length === this.parent.length) {
      const capacity = grownCapacity(this.length);
      this.parent = resizeColumn(this.parent, capacity);
      this.frame = resizeColumn(this.frame, capacity);
    }
    const row = this.length++;
    this.parent[row] = parent;
    this.frame[row] = frame;
    return row as StackIndex;
  }

  build(): StackTable {
    const { length } = this;
    return { length, parent: this.parent.subarray(0, length), frame: this.frame.subarray(0, length) };
  }

  #catchUp(): void {
    for (; this.#indexed < this.length; this.#indexed++) {
      const row = this.#indexed;
      const parent = this.parent[row];
      if (row !== parent + 1) this.#index.intern(parent, this.frame[row], row);
    }
  }
}
