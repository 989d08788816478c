// Columns of numbers that may be larger than 32 bits, or fractions (docs/recording-format.md, "Number columns").

import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { MalformedError } from '../../base/malformed.ts';

const CONSTANT = 0;
const SEQUENCE = 1;
/** In place of a difference: the eight bytes of the number follow. Odd, so that no difference looks like it. */
const RAW = 1;
/** Differences below this fit, folded and doubled, in a varint. */
const MAX_DIFFERENCE = 2 ** 50;

/** Writes `count` numbers. */
export function writeNumbers(writer: ByteWriter, values: ArrayLike<number>, count: number): void {
  if (count === 0) return;
  let isConstant = true;
  for (let i = 1; i < count && isConstant; i++) isConstant = Object.is(values[i], values[0]);
  writer.writeByte(isConstant ? CONSTANT : SEQUENCE);
  let previous = 0;
  for (let i = 0; i < (isConstant ? 1 : count); i++) previous = writeNumber(writer, values[i], previous);
}

/** Reads `count` numbers. */
export function readNumbers(reader: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count);
  if (count === 0) return values;
  const form = reader.readByte();
  if (form !== CONSTANT && form !== SEQUENCE) throw new MalformedError('numbers are coded in an unknown way');
  const isConstant = form === CONSTANT;
  let previous = 0;
  for (let i = 0; i < (isConstant ? 1 : count); i++) {
    values[i] = readNumber(reader, previous);
    previous = nextPrevious(values[i], previous);
  }
  return isConstant ? values.fill(values[0]) : values;
}

/** Writes a number as its difference from another; gives what the next difference is taken from. */
export function writeNumber(writer: ByteWriter, value: number, previous: number): number {
  const difference = value - previous;
  // -0 would come back as 0.
  if (!Number.isSafeInteger(value) || Object.is(value, -0) || Math.abs(difference) >= MAX_DIFFERENCE) {
    writer.writeVarint(RAW);
    writer.writeFloat64(value);
  } else {
    writer.writeVarint(difference < 0 ? -4 * difference - 2 : 4 * difference);
  }
  return nextPrevious(value, previous);
}

/** Reads a number that was written as its difference from another. */
export function readNumber(reader: ByteReader, previous: number): number {
  const code = reader.readVarint();
  if (code === RAW) return reader.readFloat64();
  if (code % 2 === 1) throw new MalformedError('a number is coded in an unknown way');
  const folded = code / 2;
  return previous + (folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2);
}

/** What the difference of the number behind this one is taken from: the last one that was an integer. */
export function nextPrevious(value: number, previous: number): number {
  return Number.isSafeInteger(value) ? value : previous;
}
