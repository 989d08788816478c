// Bits that were written from the front and are read from the back: the last byte's highest bit marks the end.
// https://www.rfc-editor.org/rfc/rfc8878#name-fse-bitstream

import { MalformedError } from '../malformed.ts';

/**
 * Reads bits backwards. Beyond the first bit, what comes is arbitrary and `left` is negative: whoever reads looks at it after
 * a bounded number of reads, so that inner loops need not.
 */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  /** How many bits can still be read. */
  left: number;

  /** Throws MalformedError when the mark of the end is missing. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    const last = end > start ? bytes[end - 1] : 0;
    if (last === 0) throw new MalformedError('a stream of bits has no end');
    this.#bytes = bytes;
    this.#start = start;
    this.left = (end - start) * 8 - (Math.clz32(last) - 24) - 1;
  }

  /** The next bits as a number, 0 to 31 of them. */
  read(count: number): number {
    // A word that begins anywhere in a byte has 25 bits of use.
    if (count > 25) {
      const high = this.read(count - 16);
      return high * 0x1_0000 + this.read(16);
    }
    this.left -= count;
    return this.peekAt(this.left, count);
  }

  /** Bits from a place on, counted from the first one; 25 at the most. */
  peekAt(place: number, count: number): number {
    const bytes = this.#bytes;
    const at = this.#start + (place >> 3);
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    return (word >>> (place & 7)) & ((1 << count) - 1);
  }
}
