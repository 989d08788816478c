// Runs of bits, the most significant bit of each byte first.

/** Grows a run of bits. */
export class BitWriter {
  #bytes = new Uint8Array(256);
  /** Whole bytes written. */
  #length = 0;
  /** Bits that do not fill a byte yet, in the low end. */
  #pending = 0;
  #pendingCount = 0;

  /** Appends the low `count` bits (0 to 32) of the value. */
  write(value: number, count: number): void {
    if (count > 16) {
      this.#writeShort(value >>> 16, count - 16);
      this.#writeShort(value & 0xffff, 16);
    } else {
      this.#writeShort(value & 0xffff, count);
    }
  }

  /** Fills the last byte with zeros and gives all bytes; then starts anew. The view is valid until the next write. */
  finish(): Uint8Array {
    if (this.#pendingCount > 0) this.#writeShort(0, 8 - this.#pendingCount);
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #writeShort(value: number, count: number): void {
    this.#pending = (this.#pending << count) | (value & ((1 << count) - 1));
    this.#pendingCount += count;
    if (this.#length + 4 > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    while (this.#pendingCount >= 8) {
      this.#pendingCount -= 8;
      this.#bytes[this.#length++] = this.#pending >>> this.#pendingCount;
    }
    this.#pending &= (1 << this.#pendingCount) - 1;
  }
}

/** Bits of the value without leading zeros: 0 for 0, 32 at the most. */
export function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
