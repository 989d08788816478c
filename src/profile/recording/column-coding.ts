// How the columns of a recording become bits (docs/recording-format.md, "Columns"). A column is a known number of
// integers from 0 to 2^32 - 1, most of them small: the tables predict each value and store how far it is off.
//
// Not deflate for these: a second of samples is 100 values a column, too few for its code tables to pay; and not one
// byte or more for each value, because most of them carry one or two bits.

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { MalformedError } from '../../base/malformed.ts';
import { choosePlain, readPlain, writePlain } from './plain-codes.ts';

// The first byte of a column: what it is coded as in the top three bits, a parameter in the others.
const CONSTANT = 0;
const PALETTE = 3;
/** As the parameter of a constant column: the value follows as a varint. */
const LARGE_CONSTANT = 31;

/** A palette is for a few values only: they are stored with it. */
const MAX_PALETTE = 16;

/** Writes `count` values in the shortest way. */
export function writeColumn(writer: ByteWriter, values: Uint32Array, count: number): void {
  if (count === 0) return;
  const palette = findPalette(values, count);
  if (palette?.length === 1) {
    writeConstant(writer, values[0]);
    return;
  }
  const plain = choosePlain(values, count);
  if (palette !== undefined) {
    const places = findPlaces(values, count, palette);
    const plainPlaces = choosePlain(places, count);
    if (plainPlaces.bits + 16 * palette.length < plain.bits) {
      writer.writeByte((PALETTE << 5) | palette.length);
      for (const value of palette) writer.writeVarint(value);
      writePlain(writer, places, count, plainPlaces);
      return;
    }
  }
  writePlain(writer, values, count, plain);
}

/** Reads `count` values into `target`. */
export function readColumn(reader: ByteReader, target: Uint32Array, count: number): void {
  if (count === 0) return;
  const first = reader.readByte();
  const parameter = first & 31;
  switch (first >> 5) {
    case CONSTANT:
      target.fill(parameter === LARGE_CONSTANT ? readValue(reader) : parameter, 0, count);
      break;
    case PALETTE:
      readPalette(reader, target, count, parameter);
      break;
    default:
      readPlain(reader, target, count, first);
  }
}

/** The distinct values, the most frequent first; undefined when there are too many. */
function findPalette(values: Uint32Array, count: number): number[] | undefined {
  const found = new Uint32Array(MAX_PALETTE);
  const uses = new Uint32Array(MAX_PALETTE);
  let length = 0;
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (place < length && found[place] !== values[i]) place++;
    if (place === MAX_PALETTE) return undefined;
    if (place === length) found[length++] = values[i];
    uses[place]++;
  }
  const places = Array.from({ length }, (_, place) => place);
  return places.sort((a, b) => uses[b] - uses[a]).map((place) => found[place]);
}

/** Each value's place in the palette. */
function findPlaces(values: Uint32Array, count: number, palette: readonly number[]): Uint32Array {
  const sought = Uint32Array.from(palette);
  const places = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (sought[place] !== values[i]) place++;
    places[i] = place;
  }
  return places;
}

function writeConstant(writer: ByteWriter, value: number): void {
  writer.writeByte((CONSTANT << 5) | Math.min(value, LARGE_CONSTANT));
  if (value >= LARGE_CONSTANT) writer.writeVarint(value);
}

function readValue(reader: ByteReader): number {
  const value = reader.readVarint();
  if (value > 0xffff_ffff) throw new MalformedError('a value of a column is too large');
  return value;
}

function readPalette(reader: ByteReader, target: Uint32Array, count: number, length: number): void {
  const palette = new Uint32Array(length);
  for (let i = 0; i < length; i++) palette[i] = readValue(reader);
  readPlain(reader, target, count, reader.readByte());
  for (let i = 0; i < count; i++) {
    if (target[i] >= length) throw new MalformedError('a column holds a value that is not in its palette');
    target[i] = palette[target[i]];
  }
}

/** Small for values near the predicted one: 0, then 1 below, 1 above, 2 below … All arithmetic is modulo 2^32. */
export function foldDifference(value: number, predicted: number): number {
  const difference = (value - predicted) | 0;
  return ((difference << 1) ^ (difference >> 31)) >>> 0;
}

/** The other way round, as an unsigned number. */
export function unfoldDifference(folded: number, predicted: number): number {
  return (predicted + ((folded >>> 1) ^ -(folded & 1))) >>> 0;
}
