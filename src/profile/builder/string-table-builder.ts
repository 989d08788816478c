import type { StringIndex } from '../tables.ts';

/** Grows the strings of a profile; the same text gets the same row. */
export class StringTableBuilder {
  readonly rows: string[] = [];
  readonly #index = new Map<string, number>();
  /** Rows below this are in the index. Appended rows wait until something is interned. */
  #indexed = 0;

  get length(): number {
    return this.rows.length;
  }

  intern(text: string): StringIndex {
    while (this.#indexed < this.rows.length) this.#addToIndex(this.#indexed);
    const known = this.#index.get(text);
    if (known !== undefined) return known as StringIndex;
    const row = this.append(text);
    this.#addToIndex(row);
    return row;
  }

  /** Adds a row as it is, for readers whose rows are numbered already. */
  append(text: string): StringIndex {
    return (this.rows.push(text) - 1) as StringIndex;
  }

  build(): readonly string[] {
    return this.rows.slice();
  }

  #addToIndex(row: number): void {
    const text = this.rows[row];
    if (!this.#index.has(text)) this.#index.set(text, row);
    this.#indexed = row + 1;
  }
}
