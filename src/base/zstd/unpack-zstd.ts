// Zstandard streams: frames of blocks, each raw, one byte repeated, or compressed. https://www.rfc-editor.org/rfc/rfc8878
// Checksums are passed over, and dictionaries, which nothing that we read has, are refused.

import { BlockReader } from '../block-reader.ts';
import { MalformedError } from '../malformed.ts';
import type { HuffmanTable } from './huffman.ts';
import { readLiterals } from './literals.ts';
import { executeSequences, FIRST_OFFSETS, type RecentOffsets, type SequenceTables } from './sequences.ts';

const MAGIC = 0xfd2f_b528;
/** Frames for other purposes: 16 magic numbers. */
const SKIPPABLE_MAGIC = 0x184d_2a50;
const MAX_BLOCK = 1 << 17;
/** As far back as sequences may reach: what the `zstd` command accepts as well. */
const MAX_WINDOW = 1 << 27;
/** Bytes behind and before a block, so that whole words can be read at its ends. */
const MARGIN = 8;

export interface UnpackLimits {
  /** How many times as many bytes may come out as went in. */
  readonly maxRatio: number;
  /** Bytes that may come out in any case. */
  readonly minSize: number;
}

/**
 * Gives what is in a Zstandard stream, block by block; each is valid until the next one is asked for. Memory: the window that the
 * stream asks for, as far as it is filled, twice. Throws MalformedError while reading, where the stream is damaged, cut, or becomes
 * too large; whole blocks before were given out.
 */
export function* unpackZstd(blocks: Iterable<Uint8Array>, limits: UnpackLimits): Iterable<Uint8Array> {
  const reader = new BlockReader(blocks);
  try {
    yield* unpackFrames(reader, limits);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new MalformedError(
      `the compressed data are damaged before their offset ${reader.offset} (${error.message})`,
    );
  }
}

function* unpackFrames(reader: BlockReader, { maxRatio, minSize }: UnpackLimits): Iterable<Uint8Array> {
  let given = 0;
  while (!reader.isAtEnd) {
    const magic = readNumber(reader, 4);
    if (magic >>> 4 === SKIPPABLE_MAGIC >>> 4) {
      const size = readNumber(reader, 4);
      if (reader.skip(size) < size) throw new MalformedError('they are cut');
      continue;
    }
    if (magic !== MAGIC) throw new MalformedError('no frame begins there');
    const header = readFrameHeader(reader);
    const frame = new Frame(header.windowSize);
    for (let isLast = false; !isLast; ) {
      const head = readNumber(reader, 3);
      isLast = (head & 1) === 1;
      const unpacked = frame.readBlock(reader, (head >> 1) & 3, head >> 3);
      given += unpacked.length;
      if (given > Math.max(minSize, reader.offset * maxRatio)) {
        throw new MalformedError(`they become more than ${maxRatio} times as many`);
      }
      yield unpacked;
    }
    if (header.hasChecksum) readNumber(reader, 4);
  }
}

interface FrameHeader {
  readonly windowSize: number;
  readonly hasChecksum: boolean;
}

function readFrameHeader(reader: BlockReader): FrameHeader {
  const flags = reader.readByte();
  if ((flags & 8) !== 0) throw new MalformedError('they are compressed in an unknown way');
  const isSingleSegment = (flags & 32) !== 0;
  let windowSize = 0;
  if (!isSingleSegment) {
    const window = reader.readByte();
    windowSize = 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8);
  }
  const dictionarySize = [0, 1, 2, 4][flags & 3];
  if (readNumber(reader, dictionarySize) !== 0) throw new MalformedError('they need a dictionary');
  const sizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6];
  // The size of a frame is told only to those who want to know it before; a frame in one segment is its own window.
  const size = readNumber(reader, sizeLength) + (sizeLength === 2 ? 256 : 0);
  if (isSingleSegment) windowSize = size;
  if (!isSingleSegment && windowSize > MAX_WINDOW) {
    throw new MalformedError(`they need a window of ${windowSize} bytes`);
  }
  return { windowSize: Math.min(windowSize, MAX_WINDOW), hasChecksum: (flags & 4) !== 0 };
}

/** What blocks of a frame share. */
class Frame {
  readonly #windowSize: number;
  /** The window, and the block that is made behind it. Grows as it is filled. */
  #bytes = new Uint8Array(2 * MAX_BLOCK);
  #end = 0;
  readonly #packed = new Uint8Array(MAX_BLOCK + 2 * MARGIN);
  readonly #literals = new Uint8Array(MAX_BLOCK);
  #huffman: HuffmanTable | undefined;
  readonly #tables: SequenceTables = { literals: undefined, offsets: undefined, matches: undefined };
  readonly #recent: RecentOffsets = [...FIRST_OFFSETS];

  constructor(windowSize: number) {
    this.#windowSize = windowSize;
  }

  /** Throws MalformedError. */
  readBlock(reader: BlockReader, type: number, size: number): Uint8Array {
    if (type === 3 || size > MAX_BLOCK) throw new MalformedError('no block begins there');
    this.#makeRoom();
    const start = this.#end;
    if (type === 0) {
      this.#bytes.set(reader.readBytes(size), start);
      this.#end += size;
    } else if (type === 1) {
      this.#bytes.fill(reader.readByte(), start, start + size);
      this.#end += size;
    } else this.#unpack(reader.readBytes(size));
    return this.#bytes.subarray(start, this.#end);
  }

  #unpack(packed: Uint8Array): void {
    const block = this.#packed;
    block.set(packed, MARGIN);
    const limit = MARGIN + packed.length;
    block.fill(0, limit, limit + MARGIN);
    const literals = readLiterals(block, MARGIN, limit, this.#huffman, this.#literals);
    this.#huffman = literals.table;
    const output = { bytes: this.#bytes, end: this.#end, limit: this.#end + MAX_BLOCK };
    executeSequences(block, literals.end, limit, literals.bytes, this.#tables, this.#recent, output);
    this.#end = output.end;
  }

  /** For one block more: by forgetting what is before the window, or else in larger memory. */
  #makeRoom(): void {
    if (this.#end + MAX_BLOCK <= this.#bytes.length) return;
    const start = Math.max(0, this.#end - this.#windowSize);
    // A third of the memory at least becomes free, so that a byte is moved twice at the most.
    if (start >= (this.#end - start) / 2) {
      this.#bytes.copyWithin(0, start, this.#end);
      this.#end -= start;
      if (this.#end + MAX_BLOCK <= this.#bytes.length) return;
    }
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

/** Of up to 8 bytes, the lowest first. */
function readNumber(reader: BlockReader, length: number): number {
  let number = 0;
  for (let i = 0; i < length; i++) number += reader.readByte() * 2 ** (i * 8);
  return number;
}
