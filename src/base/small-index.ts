import { hashPair } from './row-index.ts';

const SMALLEST = 64;

/** Finds rows by two numbers, for one small set after the other: its memory is that of the largest, and stays near the processor. */
export class SmallIndex {
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
        if (++this.#used * 2 > this.#mask) this.#grow();
        return row;
      }
      if (slots[at] === first && slots[at + 1] === second) return known;
    }
  }

  /** Twice as many slots: in the same memory, if a set before was as large. */
  #grow(): void {
    const old = this.#slots.slice(0, (this.#mask + 1) * 3);
    this.#mask = this.#mask * 2 + 1;
    const length = (this.#mask + 1) * 3;
    if (length > this.#slots.length) this.#slots = new Int32Array(length);
    this.#slots.fill(-1, 0, length);
    this.#used = 0;
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 2] !== -1) this.intern(old[at], old[at + 1], old[at + 2]);
    }
  }
}
