import { MalformedError } from './malformed.ts';

const NOTHING = new Uint8Array(0);

/**
 * Reads bytes that come in blocks, as if they lay in one piece: files of any size through a window of a few blocks.
 * Hot loops work on `bytes` from `position` to `end` themselves and call `more` when they run out.
 */
export class BlockReader {
  /** The window. It is exchanged by `more` and `ensure`: do not keep it. */
  bytes: Uint8Array = NOTHING;
  /** In the window, the next byte to be read. */
  position = 0;
  /** In the window, behind the last byte that is there. */
  end = 0;
  readonly #blocks: Iterator<Uint8Array>;
  /** Offset in the whole of the first byte of the window. */
  #base = 0;
  /** Memory of our own that windows of several blocks are made in. */
  #memory: Uint8Array = NOTHING;
  #isDone = false;

  constructor(blocks: Iterable<Uint8Array>) {
    this.#blocks = blocks[Symbol.iterator]();
  }

  /** How many bytes stand before the next one. */
  get offset(): number {
    return this.#base + this.position;
  }

  get isAtEnd(): boolean {
    return this.position === this.end && !this.more();
  }

  /** Gets at least one more byte behind those that were not read yet; false when there is none. */
  more(): boolean {
    if (this.#isDone) return false;
    const rest = this.end - this.position;
    // The block may be exchanged as soon as the next one is asked for.
    if (rest > 0) this.#keepRest(rest);
    this.#base += this.position;
    this.position = 0;
    this.end = rest;
    for (;;) {
      const { value: block, done } = this.#blocks.next();
      if (done === true) {
        this.#isDone = true;
        return false;
      }
      if (block.length === 0) continue;
      if (rest === 0) this.bytes = block;
      else this.#append(rest, block);
      this.end = rest + block.length;
      return true;
    }
  }

  /** Whether `count` more bytes are there; they lie in the window then. */
  ensure(count: number): boolean {
    while (this.end - this.position < count) if (!this.more()) return false;
    return true;
  }

  /** Throws MalformedError at the end. */
  readByte(): number {
    if (this.position === this.end) this.#need(1);
    return this.bytes[this.position++];
  }

  /** The next bytes, valid until more is read. Throws MalformedError when there are fewer. */
  readBytes(count: number): Uint8Array {
    this.#need(count);
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }

  /** Passes over bytes, as far as there are any; gives how many there were. Takes no memory. */
  skip(count: number): number {
    let left = count;
    while (left > this.end - this.position) {
      left -= this.end - this.position;
      this.position = this.end;
      if (!this.more()) return count - left;
    }
    this.position += left;
    return count;
  }

  #need(count: number): void {
    if (this.ensure(count)) return;
    const left = this.end - this.position;
    throw new MalformedError(`${count} bytes are needed at offset ${this.offset}, but only ${left} are left`);
  }

  /** Brings what is left of the window to the beginning of our own memory, which becomes the window. */
  #keepRest(rest: number): void {
    if (this.bytes === this.#memory) this.#memory.copyWithin(0, this.position, this.end);
    else {
      if (this.#memory.length < rest) this.#memory = new Uint8Array(rest * 2);
      this.#memory.set(this.bytes.subarray(this.position, this.end));
    }
    this.bytes = this.#memory;
  }

  #append(rest: number, block: Uint8Array): void {
    if (this.#memory.length < rest + block.length) {
      const larger = new Uint8Array((rest + block.length) * 2);
      larger.set(this.#memory.subarray(0, rest));
      this.#memory = larger;
    }
    this.#memory.set(block, rest);
    this.bytes = this.#memory;
  }
}
