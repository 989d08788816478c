import { MalformedError } from './malformed.ts';
import { decodeText } from './text-bytes.ts';

/** Reads bytes one after the other; never beyond their end: MalformedError instead. Numbers are little-endian. */
export class ByteReader {
  readonly bytes: Uint8Array;
  /** The next byte to be read. */
  position: number;
  readonly end: number;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  readByte(): number {
    this.#need(1);
    return this.bytes[this.position++];
  }

  readUint32(): number {
    this.#need(4);
    const { bytes, position } = this;
    this.position += 4;
    const value =
      bytes[position] |
      (bytes[position + 1] << 8) |
      (bytes[position + 2] << 16) |
      (bytes[position + 3] << 24);
    return value >>> 0;
  }

  readFloat64(): number {
    this.#need(8);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.position, 8);
    this.position += 8;
    return view.getFloat64(0, true);
  }

  /** See ByteWriter.writeVarint. Values above 2^53 - 1 are malformed. */
  readVarint(): number {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < 8; length++) {
      const byte = this.readByte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw new MalformedError('a number is too large');
  }

  /** A view of the next bytes. */
  readBytes(length: number): Uint8Array {
    this.#need(length);
    const bytes = this.bytes.subarray(this.position, this.position + length);
    this.position += length;
    return bytes;
  }

  /** UTF-8 text of so many bytes. */
  readText(length: number): string {
    return decodeText(this.readBytes(length));
  }

  #need(count: number): void {
    if (count > this.end - this.position) {
      throw new MalformedError(`${count} bytes are needed, but only ${this.remaining} are left`);
    }
  }
}
