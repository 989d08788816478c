import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { assertRoom, MAX_ROWS } from './limits.ts';

/**
 * Rows by their ids, which are any 64-bit numbers, given as lower and upper 32 bits. Ids that count up by one, as most writers
 * give them, need no index.
 */
export class IdTable {
  length = 0;
  #low = new Int32Array(64);
  #high = new Int32Array(64);
  /** Undefined while all ids count up from the first one. */
  #index: RowIndex | undefined;

  /** Gives the next row to an id. Of two rows with one id, the first is found. Throws `not-a-recording` at MAX_ROWS. */
  add(low: number, high: number): number {
    assertRoom(this.length, MAX_ROWS, 'functions, locations or mappings');
    if (this.length === this.#low.length) {
      const capacity = grownCapacity(this.length);
      this.#low = resizeColumn(this.#low, capacity);
      this.#high = resizeColumn(this.#high, capacity);
    }
    const row = this.length++;
    this.#low[row] = low;
    this.#high[row] = high;
    if (this.#index !== undefined) this.#insert(this.#index, row);
    else if (high !== 0 || low < 0 || low !== this.#low[0] + row) this.#index = this.#buildIndex();
    return row;
  }

  /** The row of an id; -1 when it has none. */
  find(low: number, high: number): number {
    const index = this.#index;
    if (index === undefined) {
      const row = low - this.#low[0];
      return high === 0 && low >= 0 && row >= 0 && row < this.length ? row : -1;
    }
    let slot = index.firstSlot(hashPair(low, high));
    for (let row = index.rowAt(slot); row !== -1; row = index.rowAt(slot)) {
      if (this.#low[row] === low && this.#high[row] === high) return row;
      slot = index.nextSlot(slot);
    }
    return -1;
  }

  #buildIndex(): RowIndex {
    const index = new RowIndex(this.length);
    for (let row = 0; row < this.length; row++) this.#insert(index, row);
    return index;
  }

  #insert(index: RowIndex, row: number): void {
    const low = this.#low[row];
    const high = this.#high[row];
    const hash = hashPair(low, high);
    let slot = index.firstSlot(hash);
    for (let other = index.rowAt(slot); other !== -1; other = index.rowAt(slot)) {
      if (this.#low[other] === low && this.#high[other] === high) return;
      slot = index.nextSlot(slot);
    }
    index.insert(slot, hash, row);
  }
}
