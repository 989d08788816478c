// Which source line each instruction of a code object belongs to, in the four ways CPython has written that:
// co_lnotab with unsigned line steps (2.7) and signed ones (3.6 … 3.9), https://github.com/python/cpython/blob/3.9/Objects/lnotab_notes.txt;
// co_linetable with ranges (3.10), PEP 626; and with locations (3.11+), PEP 657 and
// https://github.com/python/cpython/blob/main/InternalDocs/code_objects.md.

import { assertUnreachable } from '../../base/assert.ts';
import type { LineTableFormat } from './layout.ts';

/** Byte offset of instructions → line. Row r holds from starts[r] up to the next row's start, the last one to the end. */
export interface LineTable {
  /** Ascending; starts[0] is 0. */
  readonly starts: Uint32Array;
  /** NO_LINE for instructions that the compiler added and that belong to no line. */
  readonly lines: Int32Array;
  /** Line of the definition: that of instructions before the first row with a line. */
  readonly firstLine: number;
}

/** In `lines`. */
export const NO_LINE = -1;

/** Decodes a whole table. Damaged ones give rows up to the damage. */
export function parseLineTable(format: LineTableFormat, bytes: Uint8Array, firstLine: number): LineTable {
  const rows = new Rows(firstLine);
  switch (format) {
    case 'lnotab-unsigned':
      parseLineNumbers(bytes, false, rows);
      break;
    case 'lnotab-signed':
      parseLineNumbers(bytes, true, rows);
      break;
    case 'line-ranges':
      parseRanges(bytes, rows);
      break;
    case 'locations':
      parseLocations(bytes, rows);
      break;
    default:
      assertUnreachable(format);
  }
  return rows.build();
}

/**
 * The line of the instruction at a byte offset from the beginning of the byte code. Instructions without a line get
 * that of the instructions before them; negative offsets, which mean "not started", the line of the definition.
 */
export function lineAt(table: LineTable, byteOffset: number): number {
  const { starts, lines } = table;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle] <= byteOffset) low = middle + 1;
    else high = middle;
  }
  for (let row = low - 1; row >= 0; row--) if (lines[row] !== NO_LINE) return lines[row];
  return table.firstLine;
}

/** Collects rows; those that change nothing are left out. */
class Rows {
  readonly #starts: number[] = [];
  readonly #lines: number[] = [];
  readonly firstLine: number;

  constructor(firstLine: number) {
    this.firstLine = firstLine;
  }

  add(start: number, line: number): void {
    // Steps of more than a byte can hold are written as several entries, of which the last one counts.
    if (this.#starts.at(-1) === start) {
      this.#starts.pop();
      this.#lines.pop();
    }
    if (this.#lines.at(-1) === line) return;
    this.#starts.push(start);
    this.#lines.push(line);
  }

  build(): LineTable {
    return {
      starts: Uint32Array.from(this.#starts),
      lines: Int32Array.from(this.#lines),
      firstLine: this.firstLine,
    };
  }
}

/** Pairs of bytes: step of the offset, step of the line from there on. */
function parseLineNumbers(bytes: Uint8Array, isSigned: boolean, rows: Rows): void {
  let offset = 0;
  let line = rows.firstLine;
  rows.add(offset, line);
  for (let at = 0; at + 2 <= bytes.length; at += 2) {
    offset += bytes[at];
    line += isSigned ? toSigned(bytes[at + 1]) : bytes[at + 1];
    rows.add(offset, line);
  }
}

/** Pairs of bytes: length of the range, step of the line before it; -128 for a range without line. */
function parseRanges(bytes: Uint8Array, rows: Rows): void {
  let offset = 0;
  let line = rows.firstLine;
  for (let at = 0; at + 2 <= bytes.length; at += 2) {
    const step = toSigned(bytes[at + 1]);
    if (step !== -128) line += step;
    if (bytes[at] > 0) rows.add(offset, step === -128 ? NO_LINE : line);
    offset += bytes[at];
  }
}

const KIND_NONE = 15;
const KIND_LONG = 14;
const KIND_NO_COLUMNS = 13;
const KIND_ONE_LINE_0 = 10;

/**
 * Entries of one byte 1kkkklll (kind, length in units of two bytes less one) and, by kind, more bytes whose high bit is
 * not set: the line step first where there is one, then columns, which are skipped.
 */
function parseLocations(bytes: Uint8Array, rows: Rows): void {
  let offset = 0;
  let line = rows.firstLine;
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++];
    if ((first & 0x80) === 0) return;
    const kind = (first >>> 3) & 15;
    if (kind === KIND_LONG || kind === KIND_NO_COLUMNS) line += readSignedVarint(bytes, at);
    else if (kind >= KIND_ONE_LINE_0 && kind < KIND_NO_COLUMNS) line += kind - KIND_ONE_LINE_0;
    rows.add(offset, kind === KIND_NONE ? NO_LINE : line);
    offset += ((first & 7) + 1) * 2;
    while (at < bytes.length && (bytes[at] & 0x80) === 0) at++;
  }
}

/** Six bits a byte, low ones first, bit 6 set when more follow; the lowest bit of all is the sign. */
function readSignedVarint(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start, shift = 0; at < bytes.length && shift < 36; at++, shift += 6) {
    value += (bytes[at] & 63) * 2 ** shift;
    if ((bytes[at] & 64) === 0) break;
  }
  const magnitude = Math.floor(value / 2);
  return value % 2 === 1 ? -magnitude : magnitude;
}

function toSigned(byte: number): number {
  return byte < 128 ? byte : byte - 256;
}
