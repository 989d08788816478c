// How the columns of a recording become bits (docs/recording-format.md, "Columns"). A column is a known number of
// integers from 0 to 2^32 - 1, most of them small: the tables predict each value and store how far it is off.
//
// Not deflate for these: a second of samples is 100 values a column, too few for its code tables to pay; and not one
// byte or more for each value, because most of them carry one or two bits.

import { BitWriter, bitLength } from '../base/bits.ts';
import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import { MalformedError } from '../base/malformed.ts';

// The first byte of a column: what it is coded as in the top three bits, a parameter in the others.
const CONSTANT = 0;
const EXP_GOLOMB = 1;
const OCTAVE = 2;
/** As the parameter of a constant column: the value follows as a varint. */
const LARGE_CONSTANT = 31;

/** So many values, evenly spread, decide how a long column is coded. */
const TRIAL_VALUES = 512;

/** Bytes that must be readable behind a column, whatever stands in them: bits are read four bytes ahead. */
export const READ_AHEAD = 8;

/** Writes `count` values in the shortest way. */
export function writeColumn(writer: ByteWriter, values: Uint32Array, count: number): void {
  if (count === 0) return;
  if (isConstant(values, count)) {
    if (values[0] < LARGE_CONSTANT) {
      writer.writeByte((CONSTANT << 5) | values[0]);
    } else {
      writer.writeByte((CONSTANT << 5) | LARGE_CONSTANT);
      writer.writeVarint(values[0]);
    }
    return;
  }
  const { coding, parameter } = chooseCoding(values, count);
  writer.writeByte((coding << 5) | parameter);
  const bits = new BitWriter();
  if (coding === EXP_GOLOMB) writeExpGolomb(bits, values, count, parameter);
  else writeOctaves(bits, values, count, parameter);
  writer.writeBytes(bits.finish());
}

/** Reads `count` values into `target`. */
export function readColumn(reader: ByteReader, target: Uint32Array, count: number): void {
  if (count === 0) return;
  const first = reader.readByte();
  const parameter = first & 31;
  switch (first >> 5) {
    case CONSTANT: {
      const value = parameter === LARGE_CONSTANT ? reader.readVarint() : parameter;
      if (value > 0xffff_ffff) throw new MalformedError('a value of a column is too large');
      target.fill(value, 0, count);
      return;
    }
    case EXP_GOLOMB:
      readExpGolomb(reader, target, count, parameter);
      return;
    case OCTAVE:
      if (parameter > 6) throw new MalformedError('a column is coded in an impossible way');
      readOctaves(reader, target, count, parameter);
      return;
    default:
      throw new MalformedError('a column is coded in an unknown way');
  }
}

function isConstant(values: Uint32Array, count: number): boolean {
  const value = values[0];
  for (let i = 1; i < count; i++) {
    if (values[i] !== value) return false;
  }
  return true;
}

function chooseCoding(values: Uint32Array, count: number): { coding: number; parameter: number } {
  const step = Math.max(1, Math.floor(count / TRIAL_VALUES));
  // The length field of the octave code has to hold every value's length, so all values are looked at for that.
  let all = 0;
  for (let i = 0; i < count; i++) all |= values[i];
  const lengthBits = bitLength(bitLength(all));

  let best = { coding: OCTAVE, parameter: lengthBits };
  let bestBits = 0;
  for (let i = 0; i < count; i += step) bestBits += lengthBits + Math.max(0, bitLength(values[i]) - 1);
  for (let k = 0; k < 32 && k <= bitLength(all); k++) {
    let bits = 0;
    for (let i = 0; i < count && bits < bestBits; i += step) bits += 2 * zerosOf(values[i] >>> k) + 1 + k;
    if (bits >= bestBits) continue;
    best = { coding: EXP_GOLOMB, parameter: k };
    bestBits = bits;
  }
  return best;
}

/** Exponential Golomb code of order k: q = (value >> k) + 1 behind as many zeros as q has bits but one; k low bits. */
function writeExpGolomb(bits: BitWriter, values: Uint32Array, count: number, k: number): void {
  for (let i = 0; i < count; i++) {
    const high = values[i] >>> k;
    const zeros = zerosOf(high);
    bits.write(0, zeros);
    // The leading 1 apart, because q can have 33 bits.
    bits.write(1, 1);
    bits.write(high + 1, zeros);
    bits.write(values[i], k);
  }
}

/** The zeros in front of q = high + 1, which can be 2^32. */
function zerosOf(high: number): number {
  return high === 0xffff_ffff ? 32 : bitLength(high + 1) - 1;
}

function readExpGolomb(reader: ByteReader, target: Uint32Array, count: number, k: number): void {
  const { bytes } = reader;
  const endBit = reader.end * 8;
  let bit = reader.position * 8;
  for (let i = 0; i < count; i++) {
    const window = peek32(bytes, bit);
    const zeros = Math.clz32(window);
    if (bit > endBit || zeros > 31) {
      target[i] = readLongExpGolomb(bytes, bit, endBit, k);
      bit += 65 + k;
      continue;
    }
    let high: number;
    if (zeros < 16) {
      // The whole of q is in the window.
      high = (window << zeros) >>> (31 - zeros);
      bit += 2 * zeros + 1;
    } else {
      high = peek32(bytes, bit + zeros) >>> (31 - zeros);
      bit += 2 * zeros + 1;
    }
    if (k === 0) {
      target[i] = high - 1;
    } else {
      target[i] = ((high - 1) << k) | (peek32(bytes, bit) >>> (32 - k));
      bit += k;
    }
  }
  finishBits(reader, bit);
}

/** The one value with 32 zeros in front: q = 2^32, or more, which is malformed. */
function readLongExpGolomb(bytes: Uint8Array, bit: number, endBit: number, k: number): number {
  if (
    bit + 65 + k > endBit ||
    k > 0 ||
    peek32(bytes, bit + 32) >>> 31 === 0 ||
    peek32(bytes, bit + 33) !== 0
  ) {
    throw new MalformedError('a column ends too early or holds an impossible value');
  }
  return 0xffff_ffff;
}

/** Octave code: the value's number of bits in `lengthBits` bits, then the value without its leading 1. */
function writeOctaves(bits: BitWriter, values: Uint32Array, count: number, lengthBits: number): void {
  for (let i = 0; i < count; i++) {
    const length = bitLength(values[i]);
    bits.write(length, lengthBits);
    if (length > 1) bits.write(values[i], length - 1);
  }
}

function readOctaves(reader: ByteReader, target: Uint32Array, count: number, lengthBits: number): void {
  const { bytes } = reader;
  const endBit = reader.end * 8;
  let bit = reader.position * 8;
  const lengthShift = 32 - lengthBits;
  for (let i = 0; i < count; i++) {
    const length = lengthBits === 0 ? 0 : peek32(bytes, bit) >>> lengthShift;
    bit += lengthBits;
    if (bit > endBit || length > 32) {
      throw new MalformedError('a column ends too early or holds an impossible value');
    }
    if (length < 2) {
      target[i] = length;
    } else {
      const low = peek32(bytes, bit) >>> (33 - length);
      target[i] = low + 2 ** (length - 1);
      bit += length - 1;
    }
  }
  finishBits(reader, bit);
}

/** The 32 bits from a position on, as a signed integer. */
function peek32(bytes: Uint8Array, bit: number): number {
  const byte = bit >>> 3;
  const shift = bit & 7;
  const window = (bytes[byte] << 24) | (bytes[byte + 1] << 16) | (bytes[byte + 2] << 8) | bytes[byte + 3];
  // A shift by 8 - 0 would be fine here, but >>> works modulo 32 and the byte has only 8 bits.
  return (window << shift) | (bytes[byte + 4] >>> (8 - shift));
}

/** Goes on with the byte behind the last bit. */
function finishBits(reader: ByteReader, bit: number): void {
  const position = Math.ceil(bit / 8);
  if (position > reader.end) throw new MalformedError('a column ends too early');
  reader.position = position;
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
