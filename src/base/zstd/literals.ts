// The literals of a compressed block: bytes that its sequences copy. https://www.rfc-editor.org/rfc/rfc8878#name-literals-section

import { MalformedError } from '../malformed.ts';
import { BackwardBits } from './backward-bits.ts';
import { decodeHuffman, type HuffmanTable, parseHuffmanTable } from './huffman.ts';

export interface Literals {
  readonly bytes: Uint8Array;
  /** Offset behind them in the block. */
  readonly end: number;
  /** For later blocks. */
  readonly table: HuffmanTable | undefined;
}

const [RAW, REPEATED, , TREELESS] = [0, 1, 2, 3];
const JUMP_TABLE_SIZE = 6;

/**
 * Reads the literals at `start`. `table` is that of an earlier block, `maxSize` how many there may be. What is given is a part of
 * the block, or of `memory`, which must have place for them. Throws MalformedError.
 */
export function readLiterals(
  block: Uint8Array,
  start: number,
  limit: number,
  table: HuffmanTable | undefined,
  memory: Uint8Array,
): Literals {
  const type = block[start] & 3;
  const { size, packedSize, streams, headerSize } = parseHeader(block, start, type);
  const from = start + headerSize;
  const end = from + packedSize;
  if (end > limit) throw new MalformedError('literals are cut');
  if (size > memory.length) throw new MalformedError(`a block has ${size} literals`);
  if (type === RAW) return { bytes: block.subarray(from, end), end, table };
  const bytes = memory.subarray(0, size);
  if (type === REPEATED) return { bytes: bytes.fill(block[from]), end, table };
  let used = table;
  let at = from;
  if (type !== TREELESS) {
    const parsed = parseHuffmanTable(block, from, end);
    used = parsed.table;
    at = parsed.end;
  }
  if (used === undefined) throw new MalformedError('literals have no table of codes');
  if (streams === 1) decodeHuffman(used, new BackwardBits(block, at, end), bytes, 0, size);
  else decodeFourStreams(used, block, at, end, bytes);
  return { bytes, end, table: used };
}

interface LiteralsHeader {
  readonly size: number;
  /** Bytes that they take in the block. */
  readonly packedSize: number;
  readonly streams: 1 | 4;
  readonly headerSize: number;
}

function parseHeader(block: Uint8Array, start: number, type: number): LiteralsHeader {
  const format = (block[start] >> 2) & 3;
  // What stands behind the block in its memory is read as well, and not used then.
  const low = block[start] | (block[start + 1] << 8) | (block[start + 2] << 16);
  if (type === RAW || type === REPEATED) {
    const headerSize = format === 1 ? 2 : format === 3 ? 3 : 1;
    const size = headerSize === 1 ? block[start] >> 3 : (low & (headerSize === 2 ? 0xffff : 0xff_ffff)) >> 4;
    return { size, packedSize: type === RAW ? size : 1, streams: 1, headerSize };
  }
  const width = format < 2 ? 10 : format === 2 ? 14 : 18;
  const headerSize = format < 2 ? 3 : format + 2;
  const number = low + block[start + 3] * 2 ** 24 + block[start + 4] * 2 ** 32;
  const field = (from: number) => Math.floor(number / 2 ** from) % 2 ** width;
  return { size: field(4), packedSize: field(4 + width), streams: format === 0 ? 1 : 4, headerSize };
}

/** The sizes of the first three stand before them; each has a quarter of the literals, rounded up, the last one the rest. */
function decodeFourStreams(
  table: HuffmanTable,
  block: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): void {
  const quarter = (target.length + 3) >> 2;
  let at = start + JUMP_TABLE_SIZE;
  if (at > end || quarter * 3 > target.length) throw new MalformedError('literals are cut');
  for (let i = 0; i < 4; i++) {
    const size = block[start + i * 2] | (block[start + i * 2 + 1] << 8);
    const to = i < 3 ? at + size : end;
    if (to > end) throw new MalformedError('literals are cut');
    const last = i < 3 ? (i + 1) * quarter : target.length;
    decodeHuffman(table, new BackwardBits(block, at, to), target, i * quarter, last);
    at = to;
  }
}
