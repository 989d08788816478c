// Reads the numbers that DWARF is made of. Chapter 7 of https://dwarfstd.org/doc/DWARF5.pdf; little-endian only.

import { MalformedError } from '../base/malformed.ts';

const LATIN1 = new TextDecoder('latin1');
const UTF8 = new TextDecoder();

/** A place in bytes. Never reads beyond `end`: MalformedError instead. */
export class DwarfCursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** The next byte to be read. */
  at: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = Math.min(end, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    if (this.at >= this.end) throw cut();
    return this.bytes[this.at++];
  }

  u16(): number {
    const { bytes } = this;
    const at = this.#take(2);
    return bytes[at] | (bytes[at + 1] << 8);
  }

  u32(): number {
    const { bytes } = this;
    const at = this.#take(4);
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }

  /** Values above 2^53 lose their low bits: they are no positions and no addresses. */
  u64(): number {
    const low = this.u32();
    return this.u32() * 0x1_0000_0000 + low;
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  i32(): number {
    return this.u32() | 0;
  }

  i64(): number {
    const low = this.u32();
    return (this.u32() | 0) * 0x1_0000_0000 + low;
  }

  /** An unsigned number of so many bytes: 1, 2, 3, 4 or 8. */
  unsigned(size: number): number {
    if (size === 8) return this.u64();
    const at = this.#take(size);
    let value = 0;
    for (let index = size - 1; index >= 0; index--) value = value * 256 + this.bytes[at + index];
    return value;
  }

  /** A number of eight bytes of which every bit counts, as 16 hexadecimal digits. */
  hex64(): string {
    const low = this.u32();
    return [this.u32(), low].map((half) => half.toString(16).padStart(8, '0')).join('');
  }

  /** Unsigned LEB128. */
  uleb(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let scale = 128; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 2 ** 70) throw new MalformedError('a number is too long');
    }
  }

  /** Signed LEB128. */
  sleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - scale * 128;
      if (scale > 2 ** 70) throw new MalformedError('a number is too long');
    }
  }

  /** Text up to a NUL, which is skipped. */
  text(): string {
    const { bytes, at } = this;
    const nul = bytes.indexOf(0, at);
    if (nul < 0 || nul >= this.end) throw cut();
    this.at = nul + 1;
    return decodeName(bytes.subarray(at, nul));
  }

  skipText(): void {
    const nul = this.bytes.indexOf(0, this.at);
    if (nul < 0 || nul >= this.end) throw cut();
    this.at = nul + 1;
  }

  skip(count: number): void {
    this.#take(count);
  }

  /** A view of the next bytes. */
  take(count: number): Uint8Array {
    const at = this.#take(count);
    return this.bytes.subarray(at, at + count);
  }

  #take(count: number): number {
    const { at } = this;
    // Written so that NaN and everything too large fail as well.
    if (!(count >= 0 && at + count <= this.end)) throw cut();
    this.at = at + count;
    return at;
  }
}

/** Names are nearly always ASCII, which the other decoder is faster for. */
export function decodeName(bytes: Uint8Array): string {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] >= 0x80) return UTF8.decode(bytes);
  return LATIN1.decode(bytes);
}

function cut(): MalformedError {
  return new MalformedError('debug data ends too early');
}
