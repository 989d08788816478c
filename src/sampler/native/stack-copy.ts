// A copy of the upper part of a thread's stack: what unwinding reads when the thread has long gone on.

import { addressOf, processVmReadv, setWords } from '../process/libc.ts';

const FIRST_SIZE = 16 << 10;
/** Copying this much takes a fifth of a millisecond, in which the thread stands still. */
const MAX_SIZE = 2 << 20;

/** Reused from sample to sample. */
export class StackCopy {
  #words = new Uint32Array(FIRST_SIZE / 4);
  #wordsAddress = addressOf(this.#words);
  /** Two struct iovec: addresses and lengths of 64 bits, in halves. */
  readonly #iovecs = new Uint32Array(8);
  readonly #iovecsAddress = addressOf(this.#iovecs);
  #start = 0;
  #length = 0;

  /** Copies up to `size` bytes from the stack pointer on: fewer where the stack ends. False when there is none. */
  read(pid: number, stackPointer: number, size: number): boolean {
    this.#length = 0;
    if (!(stackPointer > 0)) return false;
    if (size > this.#words.byteLength) {
      this.#words = new Uint32Array(size / 4);
      this.#wordsAddress = addressOf(this.#words);
    }
    const start = stackPointer - (stackPointer % 8);
    setWords(this.#iovecs, 0, this.#wordsAddress);
    setWords(this.#iovecs, 2, size);
    setWords(this.#iovecs, 4, start);
    setWords(this.#iovecs, 6, size);
    const got = processVmReadv(pid, this.#iovecsAddress, 1, this.#iovecsAddress + 16, 1, 0);
    this.#start = start;
    this.#length = Math.max(0, got);
    return got > 0;
  }

  /** Whether the copy ends where it was told to and not where the stack does. */
  mayContinue(size: number): boolean {
    return this.#length === size;
  }

  /** Eight bytes; NaN outside of the copy. */
  readonly wordAt = (address: number): number => {
    const offset = address - this.#start;
    if (!(offset >= 0 && offset + 8 <= this.#length)) return Number.NaN;
    if (offset % 4 !== 0) return this.#unalignedAt(offset);
    const word = offset / 4;
    return this.#words[word] + this.#words[word + 1] * 0x1_0000_0000;
  };

  #unalignedAt(offset: number): number {
    const view = new DataView(this.#words.buffer, offset, 8);
    return view.getUint32(0, true) + view.getUint32(4, true) * 0x1_0000_0000;
  }
}

/** How much to copy of a stack: grows when it was not enough. */
export class CopySize {
  bytes = FIRST_SIZE;

  /** False when it is as large as it may be. */
  grow(): boolean {
    if (this.bytes >= MAX_SIZE) return false;
    this.bytes *= 4;
    return true;
  }

  /** The stack went up to so many bytes above its pointer. */
  settle(used: number): void {
    const wanted = Math.max(FIRST_SIZE, 2 ** Math.ceil(Math.log2(used + 4096)));
    if (wanted < this.bytes) this.bytes = Math.max(wanted, this.bytes / 2);
  }
}
