// Writes what MarshalReader reads, in version 2: every Python since 2.5 loads it.

import type { ByteWriter } from '../../base/byte-writer.ts';
import { encodeText } from '../../base/text-bytes.ts';

const MAX_INT32 = 0x7fff_ffff;

export function writeMarshalText(out: ByteWriter, text: string): void {
  const bytes = encodeText(text);
  out.writeByte(0x75); // u
  out.writeUint32(bytes.length);
  out.writeBytes(bytes);
}

/** A whole number that is not negative. */
export function writeMarshalInt(out: ByteWriter, value: number): void {
  if (value <= MAX_INT32) {
    out.writeByte(0x69); // i
    out.writeUint32(value);
    return;
  }
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2 ** 15)) digits.push(rest % 2 ** 15);
  out.writeByte(0x6c); // l
  out.writeUint32(digits.length);
  for (const digit of digits) {
    out.writeByte(digit & 0xff);
    out.writeByte(digit >> 8);
  }
}

export function writeMarshalFloat(out: ByteWriter, value: number): void {
  out.writeByte(0x67); // g
  out.writeFloat64(value);
}

/** Its items have to be written next. */
export function writeMarshalTuple(out: ByteWriter, length: number): void {
  out.writeByte(0x28); // (
  out.writeUint32(length);
}

/** Keys and values have to be written next, each key before its value, and `endMarshalDict` behind them. */
export function beginMarshalDict(out: ByteWriter): void {
  out.writeByte(0x7b); // {
}

export function endMarshalDict(out: ByteWriter): void {
  out.writeByte(0x30); // 0
}
