import { BlockReader } from '../../base/block-reader.ts';
import type { ProfLayout } from './layout.ts';

/** The numbers of a `.prof` file, at distances from the next byte of a reader. Callers ask `has` first. */
export class FieldWindow {
  readonly reader: BlockReader;
  /** Byte order and sizes of what is read; that of the profile that the reader stands in. */
  layout: ProfLayout = { isLittleEndian: true, wordSize: 8, addressSize: 8, idSize: 8, padding: 0 };
  readonly #scratch = new DataView(new ArrayBuffer(8));

  constructor(blocks: Iterable<Uint8Array>) {
    this.reader = new BlockReader(blocks);
  }

  /** Whether so many bytes are there. */
  has(length: number): boolean {
    return this.reader.ensure(length);
  }

  byte(at: number): number {
    return this.reader.bytes[this.reader.position + at];
  }

  uint32(at: number): number {
    const { bytes, position } = this.reader;
    const p = position + at;
    return this.layout.isLittleEndian
      ? (bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24)) >>> 0
      : (bytes[p + 3] | (bytes[p + 2] << 8) | (bytes[p + 1] << 16) | (bytes[p] << 24)) >>> 0;
  }

  /** A signed word. Beyond 2^53 it is not exact, but large. */
  word(at: number): number {
    return this.layout.wordSize === 4 ? this.uint32(at) | 0 : this.int64(at);
  }

  int64(at: number): number {
    return (this.high(at, 8) | 0) * 0x1_0000_0000 + this.low(at, 8);
  }

  /** The lower half of a number of 4 or 8 bytes. */
  low(at: number, size: 4 | 8): number {
    return this.uint32(size === 8 && !this.layout.isLittleEndian ? at + 4 : at);
  }

  /** The upper half of a number of 8 bytes; 0 for 4. */
  high(at: number, size: 4 | 8): number {
    if (size === 4) return 0;
    return this.uint32(this.layout.isLittleEndian ? at + 4 : at);
  }

  float64(at: number): number {
    this.#scratch.setUint32(0, this.high(at, 8));
    this.#scratch.setUint32(4, this.low(at, 8));
    return this.#scratch.getFloat64(0);
  }

  /** A copy is for the caller to make: the bytes are valid until more is read. */
  bytes(at: number, length: number): Uint8Array {
    const start = this.reader.position + at;
    return this.reader.bytes.subarray(start, start + length);
  }
}
