// What the sections of all tables share: row counts, columns of integers, and the checks of what was read.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { MalformedError } from '../../base/malformed.ts';
import { NONE } from '../tables.ts';
import { foldDifference, readColumn, unfoldDifference, writeColumn } from './column-coding.ts';
import { MAX_SECTION_ROWS, MAX_TABLE_ROWS } from './recording-format.ts';

/** Rows of a table that a section holds: from `start` to `end` (excluded). */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** A column of values from 0 to 2^32 - 1. */
export function writeValues(writer: ByteWriter, rows: RowRange, getValue: (row: number) => number): void {
  const count = rows.end - rows.start;
  const values = new Uint32Array(count);
  for (let i = 0; i < count; i++) values[i] = getValue(rows.start + i);
  writeColumn(writer, values, count);
}

export function readValues(reader: ByteReader, count: number): Uint32Array {
  const values = new Uint32Array(count);
  readColumn(reader, values, count);
  return values;
}

/** A column as differences from the row before; the first row of the section differs from 0. */
export function writeDifferences(writer: ByteWriter, column: Int32Array, rows: RowRange): void {
  writeValues(writer, rows, (row) => foldDifference(column[row], row === rows.start ? 0 : column[row - 1]));
}

export function readDifferences(reader: ByteReader, count: number): Int32Array {
  const codes = readValues(reader, count);
  const column = new Int32Array(count);
  let previous = 0;
  for (let i = 0; i < count; i++) {
    previous = unfoldDifference(codes[i], previous) | 0;
    column[i] = previous;
  }
  return column;
}

/** Rows of a section, for a table that has so many already. */
export function readRowCount(reader: ByteReader, rows: number, maxRows = MAX_TABLE_ROWS): number {
  const count = reader.readVarint();
  if (count > MAX_SECTION_ROWS) throw new MalformedError(`a section has ${count} rows`);
  if (rows + count > maxRows) throw new MalformedError(`a table has more than ${maxRows} rows`);
  return count;
}

/** A row number must be that of a row that was read already. */
export function checkRow(row: number, length: number, table: string): void {
  if (row < 0 || row >= length)
    throw new MalformedError(`${table} row ${row} is used, but there are ${length}`);
}

export function checkOptionalRow(row: number, length: number, table: string): void {
  if (row !== NONE) checkRow(row, length, table);
}

/** A line or column number, or NONE. */
export function checkLine(line: number): void {
  if (line < NONE) throw new MalformedError(`${line} is no line number`);
}
