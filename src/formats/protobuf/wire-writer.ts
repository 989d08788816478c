// Writes protocol buffer messages. https://protobuf.dev/programming-guides/encoding/
// Fields with the value 0 are left out, as proto3 has it; messages inside of messages are written on their own first.

import { joinBytes } from '../../base/join-bytes.ts';
import { WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from './field-reader.ts';

const TWO_32 = 0x1_0000_0000;
/** The largest doubles that an int64 and a uint64 can hold. */
const MAX_INT64 = 2 ** 63 - 1024;
const MAX_UINT64 = 2 ** 64 - 2048;

const encoder = new TextEncoder();

/** Bytes that are gathered before a new block begins: no array of gigabytes is ever copied to grow. */
const BLOCK = 1 << 20;

export class WireWriter {
  #bytes: Uint8Array;
  #length = 0;
  /** Blocks that are full. */
  #blocks: Uint8Array[] = [];
  #fullLength = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#fullLength + this.#length;
  }

  clear(): void {
    this.#length = 0;
    this.#blocks = [];
    this.#fullLength = 0;
  }

  toBytes(): Uint8Array {
    return joinBytes([...this.#blocks, this.#bytes.slice(0, this.#length)]);
  }

  /** A number from -2^63 to 2^64; fractions are rounded, what is beyond becomes the nearest number there is. */
  writeNumber(field: number, value: number): void {
    if (value === 0) return;
    this.#reserve(20);
    this.#writeVarint(field * 8 + WIRE_VARINT);
    this.writeVarint(value);
  }

  /** As writeNumber, exact in all 64 bits. */
  writeBigNumber(field: number, value: bigint): void {
    this.#reserve(20);
    this.#writeVarint(field * 8 + WIRE_VARINT);
    const bits = BigInt.asUintN(64, value);
    this.#writeVarint64(Number(bits & 0xffff_ffffn), Number(bits >> 32n));
  }

  writeFixed64(field: number, value: bigint): void {
    this.#reserve(18);
    this.#writeVarint(field * 8 + WIRE_FIXED64);
    this.#writeFixed64(value);
  }

  /** UTF-8, as the format demands: half of a surrogate pair becomes U+FFFD. */
  writeText(field: number, text: string): void {
    this.writeBytes(field, encoder.encode(text));
  }

  writeBytes(field: number, bytes: Uint8Array): void {
    this.#writeLength(field, bytes.length);
    this.#append(bytes);
  }

  /** What another writer holds, as a message. */
  writeMessage(field: number, message: WireWriter): void {
    this.#writeLength(field, message.length);
    this.append(message);
  }

  /** What another writer holds, as fields of this message. Full blocks are shared: they do not change any more. */
  append(fields: WireWriter): void {
    if (fields.#blocks.length > 0) {
      this.#endBlock(1024);
      for (const block of fields.#blocks) this.#blocks.push(block);
      this.#fullLength += fields.#fullLength;
    }
    this.#append(fields.#bytes.subarray(0, fields.#length));
  }

  /** Numbers in one field. */
  writePacked(field: number, values: ArrayLike<number>, scratch: WireWriter): void {
    if (values.length === 0) return;
    scratch.clear();
    for (let i = 0; i < values.length; i++) scratch.writeVarint(values[i]);
    this.writeMessage(field, scratch);
  }

  /** A number without a field: an item of a packed one. */
  writeVarint(value: number): void {
    this.#reserve(10);
    const whole = Math.round(value);
    if (whole >= 0 && whole < TWO_32) {
      this.#writeVarint(whole);
      return;
    }
    const limited = Number.isNaN(whole) ? 0 : Math.max(-MAX_INT64, Math.min(MAX_UINT64, whole));
    const high = Math.floor(limited / TWO_32);
    this.#writeVarint64(limited - high * TWO_32, high >>> 0);
  }

  /** Eight bytes without a field: an item of packed fixed64. */
  writeFixed64Item(value: bigint): void {
    this.#reserve(8);
    this.#writeFixed64(value);
  }

  #writeVarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest = rest >>> 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  #writeVarint64(low: number, high: number): void {
    let lower = low >>> 0;
    let upper = high;
    while (upper > 0 || lower > 0x7f) {
      this.#bytes[this.#length++] = (lower & 0x7f) | 0x80;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper = upper >>> 7;
    }
    this.#bytes[this.#length++] = lower;
  }

  #writeFixed64(value: bigint): void {
    new DataView(this.#bytes.buffer).setBigUint64(this.#length, BigInt.asUintN(64, value), true);
    this.#length += 8;
  }

  #writeLength(field: number, length: number): void {
    this.#reserve(20);
    this.#writeVarint(field * 8 + WIRE_LENGTH);
    this.writeVarint(length);
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    if (this.#length >= BLOCK) {
      this.#endBlock(Math.max(count, BLOCK * 2));
      return;
    }
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  #endBlock(capacity: number): void {
    this.#blocks.push(this.#bytes.subarray(0, this.#length));
    this.#fullLength += this.#length;
    this.#bytes = new Uint8Array(capacity);
    this.#length = 0;
  }
}
