import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';

/** Numbers of 64 bits, each once: ids of code, addresses, ids of threads. A row is known by its number. */
export class AddressTable {
  length = 0;
  low = new Uint32Array(16);
  high = new Uint32Array(16);
  readonly #index = new RowIndex(16);

  /** The row of the number, which is added if it is new. */
  intern(low: number, high: number): number {
    const hash = hashPair(low | 0, high | 0);
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.low[row] === low && this.high[row] === high) return row;
      slot = this.#index.nextSlot(slot);
    }
    if (this.length === this.low.length) {
      this.low = resizeColumn(this.low, grownCapacity(this.length));
      this.high = resizeColumn(this.high, grownCapacity(this.length));
    }
    const row = this.length++;
    this.low[row] = low;
    this.high[row] = high;
    this.#index.insert(slot, hash, row);
    return row;
  }

  /** `0x7f43c0de`. */
  format(row: number): string {
    const high = this.high[row];
    const low = this.low[row].toString(16);
    return high === 0 ? `0x${low}` : `0x${high.toString(16)}${low.padStart(8, '0')}`;
  }
}
