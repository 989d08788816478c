// The two codes for single values (docs/recording-format.md, "Columns"): exponential Golomb for values that get rarer the
// larger they are, octaves for values that are as often between 1 and 2 as between 1,000 and 2,000, like ranks.

import { BitWriter, bitLength } from '../../base/bits.ts';
import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import { MalformedError } from '../../base/malformed.ts';

// The top three bits of a column's first byte. The parameter is in the other five.
const EXP_GOLOMB = 1;
const OCTAVE = 2;

/** How long columns are coded is decided by runs of this many values, this many of them, evenly spread. */
const TRIAL_RUN = 64;
const TRIAL_RUNS = 16;

/** Bytes that must be readable behind a column, whatever stands in them: bits are read four bytes ahead. */
export const READ_AHEAD = 8;

const ENDS_TOO_EARLY = 'a column ends too early';

/** A code for single values, and the bits that all of them take, more or less. */
export interface PlainCode {
  readonly coding: typeof EXP_GOLOMB | typeof OCTAVE;
  readonly parameter: number;
  readonly bits: number;
}

/** Tries all codes on a part of the column. */
export function choosePlain(values: Uint32Array, count: number): PlainCode {
  const trial = takeTrial(values, count);
  const scale = count / trial.length;
  // The length field of the octave code has to hold every value's length, so all values are looked at for that.
  let all = 0;
  for (let i = 0; i < count; i++) all |= values[i];
  const lengthBits = bitLength(bitLength(all));

  let best: PlainCode = {
    coding: OCTAVE,
    parameter: lengthBits,
    bits: scale * countOctaves(trial, lengthBits),
  };
  for (let k = 0; k < bitLength(all); k++) {
    const bits = scale * countExpGolomb(trial, k);
    if (bits < best.bits) best = { coding: EXP_GOLOMB, parameter: k, bits };
  }
  return best;
}

/** Runs and not single values, because the threads' values come in turn and would all be of the same one. */
function takeTrial(values: Uint32Array, count: number): Uint32Array {
  if (count <= TRIAL_RUN * TRIAL_RUNS) return values.subarray(0, count);
  const trial = new Uint32Array(TRIAL_RUN * TRIAL_RUNS);
  const step = Math.floor(count / TRIAL_RUNS);
  for (let run = 0; run < TRIAL_RUNS; run++) {
    trial.set(values.subarray(run * step, run * step + TRIAL_RUN), run * TRIAL_RUN);
  }
  return trial;
}

export function writePlain(writer: ByteWriter, values: Uint32Array, count: number, code: PlainCode): void {
  writer.writeByte((code.coding << 5) | code.parameter);
  const bits = new BitWriter();
  if (code.coding === EXP_GOLOMB) writeExpGolomb(bits, values, count, code.parameter);
  else writeOctaves(bits, values, count, code.parameter);
  writer.writeBytes(bits.finish());
}

export function readPlain(reader: ByteReader, target: Uint32Array, count: number, first: number): void {
  const parameter = first & 31;
  if (first >> 5 === EXP_GOLOMB) {
    readExpGolomb(reader, target, count, parameter);
  } else if (first >> 5 === OCTAVE && parameter >= 1 && parameter <= 6) {
    readOctaves(reader, target, count, parameter);
  } else {
    throw new MalformedError('a column is coded in an unknown way');
  }
}

function countExpGolomb(values: Uint32Array, k: number): number {
  let bits = values.length * (1 + k);
  for (let i = 0; i < values.length; i++) bits += 2 * zerosOf(values[i] >>> k);
  return bits;
}

function countOctaves(values: Uint32Array, lengthBits: number): number {
  let bits = values.length * lengthBits;
  for (let i = 0; i < values.length; i++) bits += Math.max(0, bitLength(values[i]) - 1);
  return bits;
}

/** Exponential Golomb code of order k: q = (value >> k) + 1 behind as many zeros as q has bits but one; k low bits. */
function writeExpGolomb(bits: BitWriter, values: Uint32Array, count: number, k: number): void {
  const lowBits = (1 << k) - 1;
  for (let i = 0; i < count; i++) {
    const high = values[i] >>> k;
    const zeros = zerosOf(high);
    if (2 * zeros + 1 + k <= 32) {
      // q has zeros in front anyway.
      bits.write((((high + 1) << k) | (values[i] & lowBits)) >>> 0, 2 * zeros + 1 + k);
    } else {
      bits.write(0, zeros);
      // The leading 1 apart, because q can have 33 bits.
      bits.write(1, 1);
      bits.write(high + 1, zeros);
      bits.write(values[i], k);
    }
  }
}

/** The zeros in front of q = high + 1, which can be 2^32. */
function zerosOf(high: number): number {
  return high === 0xffff_ffff ? 32 : bitLength(high + 1) - 1;
}

function readExpGolomb(reader: ByteReader, target: Uint32Array, count: number, k: number): void {
  const bytes = viewOf(reader);
  const endBit = reader.end * 8;
  let bit = reader.position * 8;
  for (let i = 0; i < count; i++) {
    if (bit >= endBit) throw new MalformedError(ENDS_TOO_EARLY);
    const window = peek32(bytes, bit);
    const zeros = Math.clz32(window);
    if (zeros > 31) {
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
function readLongExpGolomb(bytes: DataView, bit: number, endBit: number, k: number): number {
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
  const bytes = viewOf(reader);
  const endBit = reader.end * 8;
  let bit = reader.position * 8;
  const lengthShift = 32 - lengthBits;
  for (let i = 0; i < count; i++) {
    if (bit >= endBit) throw new MalformedError(ENDS_TOO_EARLY);
    const length = peek32(bytes, bit) >>> lengthShift;
    bit += lengthBits;
    if (length > 32) throw new MalformedError('a column holds an impossible value');
    if (length < 2) {
      target[i] = length;
    } else {
      target[i] = (1 << (length - 1)) | (peek32(bytes, bit) >>> (33 - length));
      bit += length - 1;
    }
  }
  finishBits(reader, bit);
}

/** The 32 bits from a position on, as a signed integer. Looks at up to five bytes. */
function peek32(bytes: DataView, bit: number): number {
  const byte = bit >>> 3;
  const shift = bit & 7;
  return (bytes.getInt32(byte) << shift) | (bytes.getUint8(byte + 4) >>> (8 - shift));
}

/** A view of all bytes: several times faster to take 32 bits from than byte by byte. */
function viewOf({ bytes }: ByteReader): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Goes on with the byte behind the last bit. */
function finishBits(reader: ByteReader, bit: number): void {
  const position = Math.ceil(bit / 8);
  if (position > reader.end) throw new MalformedError(ENDS_TOO_EARLY);
  reader.position = position;
}
