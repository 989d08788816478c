// Protocol buffer messages that are in memory, field by field. https://protobuf.dev/programming-guides/encoding/
//
// A field is a tag (number << 3 | wire type) and a value. Readers here hold no schema: who reads looks at `field` and `wire`
// and takes the value that he knows to be there. One reader is used for many messages, so that a sample costs no object.

import { MalformedError } from '../../base/malformed.ts';
import type { TextReader } from './text-reader.ts';

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_LENGTH = 2;
export const WIRE_FIXED32 = 5;

const TWO_32 = 0x1_0000_0000;

export class FieldReader {
  bytes: Uint8Array = new Uint8Array(0);
  /** The next byte to be read. */
  position = 0;
  /** Behind the last byte of the message. */
  end = 0;
  /** Number and wire type of the current field. */
  field = 0;
  wire = 0;
  /** The current number: its lower and its upper 32 bits, both signed. */
  low = 0;
  high = 0;
  /** Where the current value lies that has a length: a message, text, or packed numbers. */
  valueStart = 0;
  valueEnd = 0;
  /** Offset in the file of the first of `bytes`, for messages. */
  #base = 0;

  /** Begins with another message: the bytes from `start` to `end`. `base` is the offset in the file of the first of `bytes`. */
  reset(bytes: Uint8Array, start: number, end: number, base: number): this {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.#base = base;
    return this;
  }

  /** Begins with the value of another reader's current field: a message inside of a message, or packed numbers. */
  enter(outer: FieldReader): this {
    return this.reset(outer.bytes, outer.valueStart, outer.valueEnd, outer.#base);
  }

  /** Offset in the file of the next byte. */
  get offset(): number {
    return this.#base + this.position;
  }

  get hasMore(): boolean {
    return this.position < this.end;
  }

  /** Reads the next field with its value; false at the end. Throws MalformedError. */
  next(): boolean {
    if (this.position >= this.end) return false;
    this.readTag();
    if (this.wire === WIRE_VARINT) this.readVarint();
    else if (this.wire === WIRE_LENGTH) this.#readLength();
    else this.readFixed();
    return true;
  }

  /** Reads the tag alone. Throws MalformedError when it is none, or one of a kind that is no longer in use (groups). */
  readTag(): void {
    const { offset } = this;
    this.readVarint();
    this.field = this.low >>> 3;
    this.wire = this.low & 7;
    if (this.high !== 0 || this.field === 0 || this.wire > WIRE_FIXED32 || KNOWN_WIRES[this.wire] === 0) {
      throw new MalformedError(`no field begins at byte ${offset}`);
    }
  }

  /** Reads a number of up to ten bytes, seven bits each, into `low` and `high`. */
  readVarint(): void {
    const { bytes, end, position } = this;
    // Most numbers have one or two bytes.
    if (position + 1 < end) {
      const first = bytes[position];
      const second = first < 0x80 ? 0 : bytes[position + 1];
      if (second < 0x80) {
        this.low = (first & 0x7f) | (second << 7);
        this.high = 0;
        this.position = position + (first < 0x80 ? 1 : 2);
        return;
      }
    }
    let at = position;
    let low = 0;
    let high = 0;
    let byte = 0x80;
    for (let shift = 0; shift < 28; shift += 7) {
      if (at === end) this.#failShort();
      byte = bytes[at++];
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (byte >= 0x80) {
      if (at === end) this.#failShort();
      byte = bytes[at++];
      low |= (byte & 0x0f) << 28;
      high = (byte & 0x7f) >>> 4;
      for (let shift = 3; byte >= 0x80; shift += 7) {
        if (shift > 31) throw new MalformedError(`the number at byte ${this.offset} has more than ten bytes`);
        if (at === end) this.#failShort();
        byte = bytes[at++];
        high |= (byte & 0x7f) << shift;
      }
    }
    this.low = low;
    this.high = high;
    this.position = at;
  }

  /** Reads four or eight bytes as a number, as `wire` says. */
  readFixed(): void {
    const count = this.wire === WIRE_FIXED64 ? 8 : 4;
    if (this.end - this.position < count) this.#failShort();
    this.low = this.#readWord();
    this.high = count === 8 ? this.#readWord() : 0;
  }

  /** Reads the next eight bytes as a number: an item of packed fixed64. */
  readFixed64(): void {
    this.wire = WIRE_FIXED64;
    this.readFixed();
  }

  /** The current number as uint64. Not exact above 2^53. */
  get unsigned(): number {
    return (this.high >>> 0) * TWO_32 + (this.low >>> 0);
  }

  /** The current number as int64. Not exact beyond 2^53. */
  get signed(): number {
    return this.high * TWO_32 + (this.low >>> 0);
  }

  /** The current number as a row of a table; -1 where it is none that a table could have. */
  get row(): number {
    return this.high === 0 && this.low >= 0 ? this.low : -1;
  }

  /** The current value as text. */
  readText(decoder: TextReader): string {
    return decoder.decode(this.bytes.subarray(this.valueStart, this.valueEnd));
  }

  #readLength(): void {
    const { offset } = this;
    this.readVarint();
    const length = this.unsigned;
    if (length > this.end - this.position) {
      throw new MalformedError(`the field at byte ${offset} has ${length} bytes, more than its message`);
    }
    this.valueStart = this.position;
    this.position += length;
    this.valueEnd = this.position;
  }

  #readWord(): number {
    const { bytes, position } = this;
    this.position += 4;
    return (
      bytes[position] | (bytes[position + 1] << 8) | (bytes[position + 2] << 16) | (bytes[position + 3] << 24)
    );
  }

  #failShort(): never {
    throw new MalformedError(`the message ends inside of the field at byte ${this.offset}`);
  }
}

/** By wire type: 1 for those in use. */
const KNOWN_WIRES = [1, 1, 1, 0, 0, 1];
