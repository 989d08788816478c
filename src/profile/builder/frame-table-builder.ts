import { hashNumber, hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { type FrameIndex, type FrameTable, NONE } from '../tables.ts';

/** A row of the frame table, as the columns hold it. */
export interface FrameRow {
  readonly function: number;
  readonly line: number;
  readonly column: number;
  readonly address: number;
  readonly mapping: number;
  readonly inlineDepth: number;
  readonly tier: number;
}

/** Grows the frames of a profile; the same values get the same row. */
export class FrameTableBuilder {
  length = 0;
  function = new Int32Array(256);
  line = new Int32Array(256);
  column = new Int32Array(256);
  address = new Float64Array(256);
  mapping = new Int32Array(256);
  inlineDepth = new Uint16Array(256);
  tier = new Uint8Array(256);
  readonly #index = new RowIndex();
  #indexed = 0;

  intern(wanted: FrameRow): FrameIndex {
    if (this.#indexed < this.length) this.#catchUp();
    const hash = hashFrame(wanted);
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.#isEqual(row, wanted)) return row as FrameIndex;
      slot = this.#index.nextSlot(slot);
    }
    const row = this.append(wanted);
    this.#index.insert(slot, hash, row);
    this.#indexed = this.length;
    return row;
  }

  /** The frame of an interpreted function at a line, without an object for the question: for recorders. */
  internLine(functionRow: number, line: number): FrameIndex {
    if (this.#indexed < this.length) this.#catchUp();
    let slot = this.#index.firstSlot(hashPair(functionRow, line));
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.function[row] === functionRow && this.line[row] === line && this.#isPlain(row)) {
        return row as FrameIndex;
      }
      slot = this.#index.nextSlot(slot);
    }
    return this.intern({ ...PLAIN, function: functionRow, line });
  }

  /** Adds a row as it is, for readers whose rows are numbered already. */
  append(values: FrameRow): FrameIndex {
    if (this.length === this.function.length) this.reserve(grownCapacity(this.length));
    const row = this.length++;
    this.function[row] = values.function;
    this.line[row] = values.line;
    this.column[row] = values.column;
    this.address[row] = values.address;
    this.mapping[row] = values.mapping;
    this.inlineDepth[row] = values.inlineDepth;
    this.tier[row] = values.tier;
    return row as FrameIndex;
  }

  /** Makes room for so many rows in all. */
  reserve(rows: number): void {
    if (rows <= this.function.length) return;
    this.function = resizeColumn(this.function, rows);
    this.line = resizeColumn(this.line, rows);
    this.column = resizeColumn(this.column, rows);
    this.address = resizeColumn(this.address, rows);
    this.mapping = resizeColumn(this.mapping, rows);
    this.inlineDepth = resizeColumn(this.inlineDepth, rows);
    this.tier = resizeColumn(this.tier, rows);
  }

  build(): FrameTable {
    const { length } = this;
    return {
      length,
      function: this.function.subarray(0, length),
      line: this.line.subarray(0, length),
      column: this.column.subarray(0, length),
      address: this.address.subarray(0, length),
      mapping: this.mapping.subarray(0, length),
      inlineDepth: this.inlineDepth.subarray(0, length),
      tier: this.tier.subarray(0, length),
    };
  }

  #isEqual(row: number, wanted: FrameRow): boolean {
    return (
      this.function[row] === wanted.function &&
      this.line[row] === wanted.line &&
      this.column[row] === wanted.column &&
      this.address[row] === wanted.address &&
      this.mapping[row] === wanted.mapping &&
      this.inlineDepth[row] === wanted.inlineDepth &&
      this.tier[row] === wanted.tier
    );
  }

  #isPlain(row: number): boolean {
    return (
      this.column[row] === NONE &&
      this.address[row] === NONE &&
      this.mapping[row] === NONE &&
      this.inlineDepth[row] === 0 &&
      this.tier[row] === 0
    );
  }

  #catchUp(): void {
    for (; this.#indexed < this.length; this.#indexed++) {
      const row = this.#indexed;
      this.#index.append(this.#hashOfRow(row), row);
    }
  }

  #hashOfRow(row: number): number {
    return hashFrame({
      function: this.function[row],
      line: this.line[row],
      column: this.column[row],
      address: this.address[row],
      mapping: this.mapping[row],
      inlineDepth: this.inlineDepth[row],
    });
  }
}

const PLAIN = { column: NONE, address: NONE, mapping: NONE, inlineDepth: 0, tier: 0 } as const;

/** Plain frames are the many: they have the hash of their function and line. */
function hashFrame(row: Omit<FrameRow, 'tier'>): number {
  const place = hashPair(row.function, row.line);
  const { column, address, mapping, inlineDepth } = row;
  if (column === NONE && address === NONE && mapping === NONE && inlineDepth === 0) return place;
  return hashPair(hashPair(place, column), hashPair(hashNumber(address), hashPair(mapping, inlineDepth)));
}
