// Numbers for texts that stand in a larger block of bytes: a name that was seen before is found without making a string of it.

import { RowIndex } from './row-index.ts';
import { grownCapacity, resizeColumn } from './typed-array.ts';

/** Gives equal byte sequences equal numbers: 0 for the first one, 1 for the next. */
export class SliceIndex {
  length = 0;
  readonly #index = new RowIndex();
  /** All sequences, one behind the other. */
  #bytes = new Uint8Array(4096);
  /** Where each one ends, in #bytes. */
  #ends = new Uint32Array(64);

  /** The number of the bytes from `start` to `end`; `length` has grown by one when they are new. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]) | 0;
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash ^= hash >>> 13;
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.#isEqual(row, bytes, start, end)) return row;
      slot = this.#index.nextSlot(slot);
    }
    const row = this.#append(bytes, start, end);
    this.#index.insert(slot, hash, row);
    return row;
  }

  #isEqual(row: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = row === 0 ? 0 : this.#ends[row - 1];
    if (this.#ends[row] - own !== end - start) return false;
    const shift = own - start;
    for (let at = start; at < end; at++) if (this.#bytes[at + shift] !== bytes[at]) return false;
    return true;
  }

  #append(bytes: Uint8Array, start: number, end: number): number {
    if (this.length === this.#ends.length) this.#ends = resizeColumn(this.#ends, grownCapacity(this.length));
    const row = this.length++;
    const own = row === 0 ? 0 : this.#ends[row - 1];
    const needed = own + end - start;
    if (needed > this.#bytes.length) {
      this.#bytes = resizeColumn(this.#bytes, Math.max(needed, grownCapacity(this.#bytes.length)));
    }
    this.#bytes.set(bytes.subarray(start, end), own);
    this.#ends[row] = needed;
    return row;
  }
}
