// What is read: the bytes of a file in blocks, as often as they are asked for. Files may be larger than memory, so no format
// holds one as a whole; those whose names come after what uses them read it twice.

import { joinBytes } from '../base/join-bytes.ts';

/** The bytes of a file, or of whatever else holds a profile. */
export interface Input {
  /** A hint for formats that have no mark of their own, and for messages. */
  readonly fileName: string;
  /** Bytes in all; undefined where only reading tells. */
  readonly length: number | undefined;
  /** The bytes from the first one on, in blocks of any length. A block is valid until the next one is asked for. */
  blocks(): Iterable<Uint8Array>;
}

/** Bytes that are in memory. */
export function inputOfBytes(bytes: Uint8Array, fileName: string): Input {
  return { fileName, length: bytes.length, blocks: () => cutBlocks(bytes) };
}

/** Bytes given out at a time: what is made of a block should stay in the processor's cache. */
const BLOCK = 1 << 18;

function* cutBlocks(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += BLOCK) yield bytes.subarray(at, at + BLOCK);
}

/**
 * A copy of the first bytes: `length` of them, or all when there are fewer, or as many as can be read before the input turns
 * out to be damaged: what is read afterwards meets the damage again, and may know what to do.
 */
export function readHead(input: Input, length: number): Uint8Array {
  const head = new Uint8Array(length);
  let filled = 0;
  try {
    for (const block of input.blocks()) {
      const part = block.subarray(0, length - filled);
      head.set(part, filled);
      filled += part.length;
      if (filled === length) break;
    }
  } catch (error) {
    if (filled === 0) throw error;
  }
  return head.subarray(0, filled);
}

/** All bytes in one piece, for formats that are small. */
export function readWhole(input: Input): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const block of input.blocks()) blocks.push(block.slice());
  return joinBytes(blocks);
}
