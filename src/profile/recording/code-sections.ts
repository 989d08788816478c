// The sections of a recording that say what code is: strings, functions, mappings, frames and stacks. Each begins with
// its number of rows; then column by column. docs/recording-format.md, "Sections", says the same in tables.
//
// Readers check every row number, so that what they built is a valid profile whatever the bytes were.

import type { ByteReader } from '../../base/byte-reader.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import { decodeText, encodeText } from '../../base/text-bytes.ts';
import type { ProfileBuilder } from '../builder/profile-builder.ts';
import { FRAME_TIERS, FUNCTION_KINDS, type Profile } from '../tables.ts';
import { foldDifference, readColumn, unfoldDifference, writeColumn } from './column-coding.ts';
import { readNumbers, writeNumbers } from './number-coding.ts';
import { MAX_TEXT_LENGTH } from './recording-format.ts';
import {
  checkLine,
  checkOptionalRow,
  checkRow,
  type RowRange,
  readDifferences,
  readRowCount,
  readValues,
  writeDifferences,
  writeValues,
} from './section-columns.ts';

export function writeStrings(writer: ByteWriter, strings: readonly string[], rows: RowRange): void {
  const count = rows.end - rows.start;
  const texts = new ByteWriter();
  const lengths = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const bytes = encodeText(shortenText(strings[rows.start + i]));
    lengths[i] = bytes.length;
    texts.writeBytes(bytes);
  }
  writer.writeVarint(count);
  writeColumn(writer, lengths, count);
  writer.writeBytes(texts.view());
}

/** Texts that would not fit into a chunk lose their end. */
function shortenText(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH - 1)}…`;
}

export function readStrings(reader: ByteReader, builder: ProfileBuilder): void {
  const count = readRowCount(reader, builder.strings.length);
  const lengths = new Uint32Array(count);
  readColumn(reader, lengths, count);
  for (let i = 0; i < count; i++) builder.strings.append(decodeText(reader.readBytes(lengths[i])));
}

export function writeFunctions(writer: ByteWriter, { functions }: Profile, rows: RowRange): void {
  writer.writeVarint(rows.end - rows.start);
  writeDifferences(writer, functions.name, rows);
  writeDifferences(writer, functions.qualifiedName, rows);
  writeDifferences(writer, functions.systemName, rows);
  writeDifferences(writer, functions.file, rows);
  writeDifferences(writer, functions.firstLine, rows);
  writeValues(writer, rows, (row) => functions.kind[row]);
}

export function readFunctions(reader: ByteReader, builder: ProfileBuilder): void {
  const { functions, strings } = builder;
  const count = readRowCount(reader, functions.length);
  const name = readDifferences(reader, count);
  const qualifiedName = readDifferences(reader, count);
  const systemName = readDifferences(reader, count);
  const file = readDifferences(reader, count);
  const firstLine = readDifferences(reader, count);
  const kind = readValues(reader, count);
  for (let i = 0; i < count; i++) {
    checkRow(name[i], strings.length, 'string');
    checkOptionalRow(qualifiedName[i], strings.length, 'string');
    checkOptionalRow(systemName[i], strings.length, 'string');
    checkOptionalRow(file[i], strings.length, 'string');
    checkLine(firstLine[i]);
    functions.append({
      name: name[i],
      qualifiedName: qualifiedName[i],
      systemName: systemName[i],
      file: file[i],
      firstLine: firstLine[i],
      kind: kind[i] < FUNCTION_KINDS.length ? kind[i] : FUNCTION_KINDS.indexOf('other'),
    });
  }
}

export function writeMappings(writer: ByteWriter, { mappings }: Profile, rows: RowRange): void {
  const count = rows.end - rows.start;
  writer.writeVarint(count);
  writeDifferences(writer, mappings.file, rows);
  writeDifferences(writer, mappings.buildId, rows);
  writeNumbers(writer, mappings.start.subarray(rows.start, rows.end), count);
  writeNumbers(writer, mappings.end.subarray(rows.start, rows.end), count);
  writeNumbers(writer, mappings.offset.subarray(rows.start, rows.end), count);
}

export function readMappings(reader: ByteReader, builder: ProfileBuilder): void {
  const { mappings, strings } = builder;
  const count = readRowCount(reader, mappings.length);
  const file = readDifferences(reader, count);
  const buildId = readDifferences(reader, count);
  const start = readNumbers(reader, count);
  const end = readNumbers(reader, count);
  const offset = readNumbers(reader, count);
  for (let i = 0; i < count; i++) {
    checkRow(file[i], strings.length, 'string');
    checkOptionalRow(buildId[i], strings.length, 'string');
    mappings.append({ file: file[i], buildId: buildId[i], start: start[i], end: end[i], offset: offset[i] });
  }
}

export function writeFrames(writer: ByteWriter, { frames, functions }: Profile, rows: RowRange): void {
  const count = rows.end - rows.start;
  writer.writeVarint(count);
  writeDifferences(writer, frames.function, rows);
  // Lines are near the line that their function begins at.
  writeValues(writer, rows, (row) =>
    foldDifference(frames.line[row], functions.firstLine[frames.function[row]]),
  );
  writeValues(writer, rows, (row) => frames.column[row] + 1);
  writeNumbers(writer, frames.address.subarray(rows.start, rows.end), count);
  writeValues(writer, rows, (row) => frames.mapping[row] + 1);
  writeValues(writer, rows, (row) => frames.inlineDepth[row]);
  writeValues(writer, rows, (row) => frames.tier[row]);
}

export function readFrames(reader: ByteReader, builder: ProfileBuilder): void {
  const { frames, functions, mappings } = builder;
  const count = readRowCount(reader, frames.length);
  const functionRow = readDifferences(reader, count);
  const lineCode = readValues(reader, count);
  const column = readValues(reader, count);
  const address = readNumbers(reader, count);
  const mapping = readValues(reader, count);
  const inlineDepth = readValues(reader, count);
  const tier = readValues(reader, count);
  for (let i = 0; i < count; i++) {
    checkRow(functionRow[i], functions.length, 'function');
    const line = unfoldDifference(lineCode[i], functions.firstLine[functionRow[i]]) | 0;
    checkLine(line);
    checkLine((column[i] - 1) | 0);
    checkOptionalRow((mapping[i] - 1) | 0, mappings.length, 'mapping');
    frames.append({
      function: functionRow[i],
      line,
      column: column[i] - 1,
      address: address[i],
      mapping: mapping[i] - 1,
      inlineDepth: inlineDepth[i],
      tier: tier[i] < FRAME_TIERS.length ? tier[i] : 0,
    });
  }
}

export function writeStacks(writer: ByteWriter, { stacks }: Profile, rows: RowRange): void {
  writer.writeVarint(rows.end - rows.start);
  // A new call stack is a chain of new rows, each the parent of the next: 0.
  writeValues(writer, rows, (row) => row - 1 - stacks.parent[row]);
  writeDifferences(writer, stacks.frame, rows);
}

export function readStacks(reader: ByteReader, builder: ProfileBuilder): void {
  const { stacks, frames } = builder;
  const count = readRowCount(reader, stacks.length);
  const distance = readValues(reader, count);
  const frame = readDifferences(reader, count);
  for (let i = 0; i < count; i++) {
    const parent = stacks.length - 1 - distance[i];
    checkOptionalRow(parent, stacks.length, 'stack');
    checkRow(frame[i], frames.length, 'frame');
    stacks.append(parent, frame[i]);
  }
}
