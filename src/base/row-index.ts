// Finds the row of a table that holds given values: open addressing over typed arrays, no object per row and no
// allocation on a look-up. The table compares the values itself, because only it knows its columns:
//
//   let slot = index.firstSlot(hash);
//   for (let row = index.rowAt(slot); row !== -1; row = index.rowAt(slot)) {
//     if (parent[row] === wantedParent && frame[row] === wantedFrame) return row;
//     slot = index.nextSlot(slot);
//   }
//   index.insert(slot, hash, newRow);

export class RowIndex {
  /** Two numbers a slot: the hash, and the row + 1 (0: free). */
  #slots: Int32Array;
  #mask: number;
  #used = 0;

  constructor(capacity = 64) {
    let size = 64;
    while (size < capacity * 2) size *= 2;
    this.#slots = new Int32Array(size * 2);
    this.#mask = size - 1;
  }

  /** The first slot that is free, or has a row of this hash: others are passed without a look at their columns. */
  firstSlot(hash: number): number {
    const slots = this.#slots;
    const wanted = hash | 0;
    let slot = hash & this.#mask;
    while (slots[slot * 2 + 1] !== 0 && slots[slot * 2] !== wanted) slot = (slot + 1) & this.#mask;
    return slot;
  }

  nextSlot(slot: number): number {
    return (slot + 1) & this.#mask;
  }

  /** The row in the slot; -1 when the slot is free: then the values are not in the table. */
  rowAt(slot: number): number {
    return this.#slots[slot * 2 + 1] - 1;
  }

  /** Fills the free slot that a search ended on. */
  insert(slot: number, hash: number, row: number): void {
    this.#slots[slot * 2] = hash;
    this.#slots[slot * 2 + 1] = row + 1;
    this.#used++;
    // Half full at most: searches for what is not there end after about two slots.
    if (this.#used * 2 > this.#mask) this.#grow();
  }

  /** Adds a row without looking whether an equal one is there. */
  append(hash: number, row: number): void {
    let slot = this.firstSlot(hash);
    while (this.rowAt(slot) !== -1) slot = this.nextSlot(slot);
    this.insert(slot, hash, row);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = old.length - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      let slot = old[i] & this.#mask;
      while (this.#slots[slot * 2 + 1] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot * 2] = old[i];
      this.#slots[slot * 2 + 1] = old[i + 1];
    }
  }
}

/** A hash of two integers, spread over all 32 bits. */
export function hashPair(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return hash;
}

/** A hash of a number of any size, for addresses. */
export function hashNumber(value: number): number {
  return hashPair(value | 0, Math.floor(value / 0x1_0000_0000) | 0);
}
