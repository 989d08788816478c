import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { FunctionIndex, FunctionTable } from '../tables.ts';

/** A row of the function table, as the columns hold it. */
export interface FunctionRow {
  readonly name: number;
  readonly qualifiedName: number;
  readonly systemName: number;
  readonly file: number;
  readonly firstLine: number;
  readonly kind: number;
}

/** Grows the functions of a profile; the same values get the same row. */
export class FunctionTableBuilder {
  length = 0;
  name = new Int32Array(64);
  qualifiedName = new Int32Array(64);
  systemName = new Int32Array(64);
  file = new Int32Array(64);
  firstLine = new Int32Array(64);
  kind = new Uint8Array(64);
  readonly #index = new RowIndex();
  #indexed = 0;

  intern(wanted: FunctionRow): FunctionIndex {
    for (; this.#indexed < this.length; this.#indexed++) {
      this.#index.append(this.#hashOfRow(this.#indexed), this.#indexed);
    }
    const hash = hashFunction(wanted);
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.#isEqual(row, wanted)) return row as FunctionIndex;
      slot = this.#index.nextSlot(slot);
    }
    const row = this.append(wanted);
    this.#index.insert(slot, hash, row);
    this.#indexed = this.length;
    return row;
  }

  /** Adds a row as it is, for readers whose rows are numbered already. */
  append(values: FunctionRow): FunctionIndex {
    if (this.length === this.name.length) this.#grow();
    const row = this.length++;
    this.name[row] = values.name;
    this.qualifiedName[row] = values.qualifiedName;
    this.systemName[row] = values.systemName;
    this.file[row] = values.file;
    this.firstLine[row] = values.firstLine;
    this.kind[row] = values.kind;
    return row as FunctionIndex;
  }

  build(): FunctionTable {
    const { length } = this;
    return {
      length,
      name: this.name.subarray(0, length),
      qualifiedName: this.qualifiedName.subarray(0, length),
      systemName: this.systemName.subarray(0, length),
      file: this.file.subarray(0, length),
      firstLine: this.firstLine.subarray(0, length),
      kind: this.kind.subarray(0, length),
    };
  }

  #isEqual(row: number, wanted: FunctionRow): boolean {
    return (
      this.name[row] === wanted.name &&
      this.qualifiedName[row] === wanted.qualifiedName &&
      this.systemName[row] === wanted.systemName &&
      this.file[row] === wanted.file &&
      this.firstLine[row] === wanted.firstLine &&
      this.kind[row] === wanted.kind
    );
  }

  #hashOfRow(row: number): number {
    return hashFunction({
      name: this.name[row],
      qualifiedName: this.qualifiedName[row],
      systemName: this.systemName[row],
      file: this.file[row],
      firstLine: this.firstLine[row],
    });
  }

  #grow(): void {
    const capacity = grownCapacity(this.name.length);
    this.name = resizeColumn(this.name, capacity);
    this.qualifiedName = resizeColumn(this.qualifiedName, capacity);
    this.systemName = resizeColumn(this.systemName, capacity);
    this.file = resizeColumn(this.file, capacity);
    this.firstLine = resizeColumn(this.firstLine, capacity);
    this.kind = resizeColumn(this.kind, capacity);
  }
}

function hashFunction(row: Omit<FunctionRow, 'kind'>): number {
  const names = hashPair(hashPair(row.name, row.qualifiedName), row.systemName);
  return hashPair(names, hashPair(row.file, row.firstLine));
}
