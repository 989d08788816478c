// Many pieces of another process's memory in one process_vm_readv(2). A call costs about 3 µs and a piece 0.5 µs, so a
// sample is one call with a piece for each structure it needs.

import { addressOf, processVmReadv, setWords } from './libc.ts';

/** The kernel's limit of pieces in one call (IOV_MAX). */
const MAX_PIECES = 1024;
const FIRST_SIZE = 64 * 1024;
/** Two 32-bit halves of base and length. */
const WORDS_PER_PIECE = 4;

/**
 * A list of pieces to read, and the bytes that were read. Pieces are read in the order they were added; the bytes of a
 * piece lie at the offset that `add` returned. Offsets are multiples of 8.
 */
export class ReadPlan {
  /** All bytes, as 32-bit words and as bytes. Replaced when the plan outgrows them: take them after the last `add`. */
  words: Uint32Array;
  bytes: Uint8Array;

  #address: number;
  #remote = new Uint32Array(MAX_PIECES * WORDS_PER_PIECE);
  #local = new Uint32Array(WORDS_PER_PIECE);
  readonly #remoteAddress = addressOf(this.#remote);
  readonly #localAddress = addressOf(this.#local);
  #lengths = new Float64Array(MAX_PIECES);
  #addresses = new Float64Array(MAX_PIECES);
  #count = 0;
  #size = 0;

  constructor() {
    const buffer = new ArrayBuffer(FIRST_SIZE);
    this.words = new Uint32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.#address = addressOf(this.bytes);
  }

  /** Empties the list. */
  clear(): void {
    this.#count = 0;
    this.#size = 0;
  }

  /** Bytes that the list reads. */
  get size(): number {
    return this.#size;
  }

  /** Appends a piece; `length` is a multiple of 8. Returns where its bytes will lie. */
  add(address: number, length: number): number {
    if (this.#count === this.#lengths.length) this.#growList();
    const offset = this.#size;
    this.#addresses[this.#count] = address;
    this.#lengths[this.#count] = length;
    this.#count++;
    this.#size += length;
    if (this.#size > this.bytes.length) this.#growBytes();
    return offset;
  }

  /** Appends the pieces from number `first` to before `end` once more. Returns where the first one's bytes will lie. */
  repeat(first: number, end: number): number {
    const offset = this.#size;
    for (let piece = first; piece < end; piece++) this.add(this.#addresses[piece], this.#lengths[piece]);
    return offset;
  }

  /** Number of pieces. */
  get count(): number {
    return this.#count;
  }

  /** Reads everything. The number of bytes read: less than `size` when a piece could not be read, -1 when none could. */
  read(pid: number): number {
    let done = 0;
    for (let first = 0; first < this.#count; first += MAX_PIECES) {
      const end = Math.min(this.#count, first + MAX_PIECES);
      let length = 0;
      for (let piece = first; piece < end; piece++) {
        const at = (piece - first) * WORDS_PER_PIECE;
        setWords(this.#remote, at, this.#addresses[piece]);
        setWords(this.#remote, at + 2, this.#lengths[piece]);
        length += this.#lengths[piece];
      }
      setWords(this.#local, 0, this.#address + done);
      setWords(this.#local, 2, length);
      const got = processVmReadv(pid, this.#localAddress, 1, this.#remoteAddress, end - first, 0);
      if (got < 0) return done === 0 ? -1 : done;
      done += got;
      if (got < length) return done;
    }
    return done;
  }

  /** An address (or any value below 2^53) at a byte offset. */
  addressAt(offset: number): number {
    const word = offset >>> 2;
    return this.words[word] + this.words[word + 1] * 0x1_0000_0000;
  }

  #growList(): void {
    const lengths = new Float64Array(this.#lengths.length * 2);
    const addresses = new Float64Array(this.#addresses.length * 2);
    lengths.set(this.#lengths);
    addresses.set(this.#addresses);
    this.#lengths = lengths;
    this.#addresses = addresses;
  }

  #growBytes(): void {
    let size = this.bytes.length;
    while (size < this.#size) size *= 2;
    const buffer = new ArrayBuffer(size);
    this.words = new Uint32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.#address = addressOf(this.bytes);
  }
}
