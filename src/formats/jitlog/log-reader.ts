import type { BlockReader } from '../../base/block-reader.ts';
import { MalformedError } from '../../base/malformed.ts';
import { decodeText } from '../../base/text-bytes.ts';

/** Bytes of the longest text that is believed. */
const MAX_TEXT = 1 << 24;

/** Reads the fields of a log: all little-endian, texts with a length of four bytes before them. */
export class LogReader {
  readonly #reader: BlockReader;
  /** Bytes of an id or an address. */
  wordSize: 4 | 8 = 8;

  constructor(reader: BlockReader) {
    this.#reader = reader;
  }

  get offset(): number {
    return this.#reader.offset;
  }

  get isAtEnd(): boolean {
    return this.#reader.isAtEnd;
  }

  byte(): number {
    return this.#reader.readByte();
  }

  uint16(): number {
    const [low, high] = this.#reader.readBytes(2);
    return low | (high << 8);
  }

  uint32(): number {
    const [a, b, c, d] = this.#reader.readBytes(4);
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  /** Rounded above 2^53. */
  uint64(): number {
    const low = this.uint32();
    return this.uint32() * 0x1_0000_0000 + low;
  }

  /** An id, a descriptor or an address. */
  word(): number {
    return this.wordSize === 4 ? this.uint32() : this.uint64();
  }

  /** Valid until more is read. */
  bytes(): Uint8Array {
    const length = this.uint32();
    if (length > MAX_TEXT) throw new MalformedError(`a text of ${length} bytes is too long`);
    return this.#reader.readBytes(length);
  }

  text(): string {
    const bytes = this.bytes();
    try {
      return decodeText(bytes);
    } catch {
      // Nobody checks what is written: what is no UTF-8 becomes `\ufffd`.
      return new TextDecoder().decode(bytes);
    }
  }
}
