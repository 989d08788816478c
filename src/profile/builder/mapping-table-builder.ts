import { hashNumber, hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { MappingIndex, MappingTable } from '../tables.ts';

/** A row of the mapping table, as the columns hold it. */
export interface MappingRow {
  readonly file: number;
  readonly buildId: number;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** Grows the mappings of a profile; the same values get the same row. */
export class MappingTableBuilder {
  length = 0;
  file = new Int32Array(16);
  buildId = new Int32Array(16);
  start = new Float64Array(16);
  end = new Float64Array(16);
  offset = new Float64Array(16);
  readonly #index = new RowIndex();
  #indexed = 0;

  intern(wanted: MappingRow): MappingIndex {
    for (; this.#indexed < this.length; this.#indexed++) {
      this.#index.append(this.#hashOfRow(this.#indexed), this.#indexed);
    }
    const hash = hashMapping(wanted);
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.#isEqual(row, wanted)) return row as MappingIndex;
      slot = this.#index.nextSlot(slot);
    }
    const row = this.append(wanted);
    this.#index.insert(slot, hash, row);
    this.#indexed = this.length;
    return row;
  }

  /** Adds a row as it is, for readers whose rows are numbered already. */
  append(values: MappingRow): MappingIndex {
    if (this.length === this.file.length) this.#grow();
    const row = this.length++;
    this.file[row] = values.file;
    this.buildId[row] = values.buildId;
    this.start[row] = values.start;
    this.end[row] = values.end;
    this.offset[row] = values.offset;
    return row as MappingIndex;
  }

  build(): MappingTable {
    const { length } = this;
    return {
      length,
      file: this.file.subarray(0, length),
      buildId: this.buildId.subarray(0, length),
      start: this.start.subarray(0, length),
      end: this.end.subarray(0, length),
      offset: this.offset.subarray(0, length),
    };
  }

  #isEqual(row: number, wanted: MappingRow): boolean {
    return (
      this.file[row] === wanted.file &&
      this.buildId[row] === wanted.buildId &&
      this.start[row] === wanted.start &&
      this.end[row] === wanted.end &&
      this.offset[row] === wanted.offset
    );
  }

  #hashOfRow(row: number): number {
    return hashMapping({
      file: this.file[row],
      buildId: this.buildId[row],
      start: this.start[row],
      end: this.end[row],
      offset: this.offset[row],
    });
  }

  #grow(): void {
    const capacity = grownCapacity(this.file.length);
    this.file = resizeColumn(this.file, capacity);
    this.buildId = resizeColumn(this.buildId, capacity);
    this.start = resizeColumn(this.start, capacity);
    this.end = resizeColumn(this.end, capacity);
    this.offset = resizeColumn(this.offset, capacity);
  }
}

function hashMapping({ file, buildId, start, end, offset }: MappingRow): number {
  const place = hashPair(hashNumber(start), hashPair(hashNumber(end), hashNumber(offset)));
  return hashPair(hashPair(file, buildId), place);
}
