// The data stack of a thread (CPython 3.11+): chunks of memory, newest first, that hold the frames of plain functions one
// behind the other. struct _PyStackChunk {previous, size in bytes, top in words, data[]} in pycore_pystate.h.
// Only the part in use is read: the fewer bytes, the shorter the moment in which the thread can change them.

import { assertDefined } from '../../base/assert.ts';
import type { ProcessMemory } from '../process/memory.ts';
import type { DataStackLayout } from './layout.ts';

/** Limits of what we believe: 3.11+ doubles chunks of 16 KiB as long as one frame needs it. */
const MAX_CHUNKS = 65_536;
const MAX_CHUNK_SIZE = 1 << 30;

/** Spare bytes read behind the innermost frame, where the next ones will be. */
const SLACK = 1024;
const STEP = 512;
/** So many samples in a row must have needed less before less is read. */
const PATIENCE = 64;

/** What to read of a thread's data stack. Chunks are in the order newest first. */
export class DataStack {
  /** Address of each chunk, its size, and how much of it to read from its beginning, in bytes. */
  readonly starts: number[] = [];
  readonly sizes: number[] = [];
  readonly lengths: number[] = [];
  readonly #layout: DataStackLayout | undefined;
  #lessSince = 0;

  constructor(layout: DataStackLayout | undefined) {
    this.#layout = layout;
  }

  /** Follows the list of chunks from the newest one; false when memory changes underneath. */
  follow(memory: ProcessMemory, newest: number): boolean {
    this.clear();
    const { previous, size: sizeAt, top, data } = assertDefined(this.#layout, 'a data stack without layout');
    const header = new Uint8Array(data);
    const words = new DataView(header.buffer);
    for (let chunk = newest; chunk !== 0; chunk = readAddress(words, previous)) {
      if (this.starts.length === MAX_CHUNKS || !memory.readInto(chunk, header)) {
        this.clear();
        return false;
      }
      const size = readAddress(words, sizeAt);
      if (size < data || size > MAX_CHUNK_SIZE) {
        this.clear();
        return false;
      }
      // `top` is kept for chunks that are full; in the newest one it is stale.
      const used = data + 8 * readAddress(words, top);
      this.starts.push(chunk);
      this.sizes.push(size);
      this.lengths.push(chunk === newest ? Math.min(size, data + SLACK) : Math.min(size, used));
    }
    return true;
  }

  clear(): void {
    this.starts.length = 0;
    this.sizes.length = 0;
    this.lengths.length = 0;
  }

  /** Number of the chunk that an address lies in, or -1. */
  find(address: number): number {
    for (let chunk = 0; chunk < this.starts.length; chunk++) {
      const start = this.starts[chunk];
      if (address >= start && address < start + this.sizes[chunk]) return chunk;
    }
    return -1;
  }

  /** Reads at least up to `end` of a chunk from now on. */
  extend(chunk: number, end: number): void {
    const needed = roundUp(end - this.starts[chunk] + SLACK);
    this.lengths[chunk] = Math.min(this.sizes[chunk], Math.max(this.lengths[chunk], needed));
  }

  /** The innermost frame of a sample ended at `end` in the newest chunk: reads less when that has been enough for long. */
  settle(end: number): void {
    const needed = Math.min(this.sizes[0], roundUp(end - this.starts[0] + SLACK));
    if (needed > this.lengths[0]) this.lengths[0] = needed;
    if (needed + STEP >= this.lengths[0]) {
      this.#lessSince = 0;
    } else if (++this.#lessSince > PATIENCE) {
      this.#lessSince = 0;
      this.lengths[0] = needed;
    }
  }
}

function roundUp(length: number): number {
  return Math.ceil(length / STEP) * STEP;
}

function readAddress(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000;
}
