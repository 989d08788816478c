import { hashPair } from './row-index.ts';

const SMALLEST = 64;

/**
 * Finds rows by two numbers, which stand beside the row: what is looked up needs one place in memory, where a RowIndex needs that of
 * its table as well, but more of it. May serve one set after the other; its memory is that of the largest then.
 */
export class PairIndex {
  /** Three numbers a slot: both keys, and the row; -1 where the slot is free. */
  #slots = new Int32Array(3 * SMALLEST).fill(-1);
  #mask = SMALLEST - 1;
  #used = 0;

  /** Forgets all rows. */
  clear(): void {
    if (this.#used === 0) return;
    this.#slots.fill(-1, 0, (this.#mask + 1) * 3);
    this.#mask = SMALLEST - 1;
    this.#used = 0;
  }

  /** The row of these keys; `row` (not negative) when they are new, which is theirs then. */
  intern(first: number, second: number, row: number): number {
    const slots = this.#slots;
    for (let slot = hashPair(first, second) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 3;
      const known = slots[at + 2];
      if (known === -1) {
        slots[at] = first;
        slots[at + 1] = second;
        slots[at + 2] = row;
        // Three quarters full at most. Half full was no faster: the slots of a search lie side by side in memory, and there were more of them.
        if (++this.#used * 4 > this.#mask * 3) this.#grow();
        return row;
      }
      if (slots[at] === first && slots[at + 1] === second) return known;
    }
  }

  /** The row of these keys; -1 when they have none. */
  find(first: number, second: number): number {
    const slots = this.#slots;
    for (let slot = hashPair(first, second) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 3;
      if (slots[at + 2] === -1 || (slots[at] === first && slots[at + 1] === second)) return slots[at + 2];
    }
  }

  /** Twice as many slots: in the same memory, if a set before was as large. */
  #grow(): void {
    const length = (this.#mask + 1) * 3;
    const isLarger = length * 2 > this.#slots.length;
    const old = isLarger ? this.#slots : this.#slots.slice(0, length);
    if (isLarger) this.#slots = new Int32Array(length * 2);
    this.#slots.fill(-1, 0, length * 2);
    this.#mask = this.#mask * 2 + 1;
    const slots = this.#slots;
    for (let from = 0; from < length; from += 3) {
      if (old[from + 2] === -1) continue;
      let slot = hashPair(old[from], old[from + 1]) & this.#mask;
      while (slots[slot * 3 + 2] !== -1) slot = (slot + 1) & this.#mask;
      slots[slot * 3] = old[from];
      slots[slot * 3 + 1] = old[from + 1];
      slots[slot * 3 + 2] = old[from + 2];
    }
  }
}
