import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashNumber, hashPair, RowIndex } from './row-index.ts';

/** The use that the header of row-index.ts describes. */
class PairTable {
  readonly rows: [number, number][] = [];
  readonly #index = new RowIndex();

  intern(a: number, b: number): number {
    const hash = hashPair(a, b);
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.rows[row][0] === a && this.rows[row][1] === b) return row;
      slot = this.#index.nextSlot(slot);
    }
    this.#index.insert(slot, hash, this.rows.length);
    return this.rows.push([a, b]) - 1;
  }
}

test('the same pair gets the same row, and another pair another one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -1, max: 40 }), fc.integer({ min: 0, max: 40 }))),
      (pairs) => {
        const table = new PairTable();
        const model = new Map<string, number>();
        for (const [a, b] of pairs) {
          const key = `${a} ${b}`;
          if (!model.has(key)) model.set(key, model.size);
          expect(table.intern(a, b)).toBe(model.get(key));
        }
      },
    ),
  );
});

test('rows are found after the index has grown many times, and searches stay short', () => {
  const table = new PairTable();
  for (let i = 0; i < 100_000; i++) table.intern(i - 1, i % 7);
  for (let i = 0; i < 100_000; i++) {
    if (table.intern(i - 1, i % 7) !== i) throw new Error(`row ${i} is lost`);
  }
});

test('appended rows are found like inserted ones', () => {
  const index = new RowIndex();
  for (let row = 0; row < 1000; row++) index.append(hashPair(row, 1), row);
  for (let row = 0; row < 1000; row++) {
    let slot = index.firstSlot(hashPair(row, 1));
    while (index.rowAt(slot) !== row) {
      expect(index.rowAt(slot)).not.toBe(-1);
      slot = index.nextSlot(slot);
    }
  }
});

test('hashes of neighbouring numbers, large ones too, spread over the low bits', () => {
  for (const base of [0, 2 ** 40]) {
    const slots = new Set<number>();
    for (let i = 0; i < 256; i++) slots.add(hashNumber(base + i * 4096) & 0xff);
    expect(slots.size).toBeGreaterThan(128);
  }
});
