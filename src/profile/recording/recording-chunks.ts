// Chunks: the frames around everything in a recording (docs/recording-format.md, "Chunks").
//
//   kind │ length │ raw length, if deflated │ checksum │ body
//   u8   │ varint │ varint                  │ u32      │ `length` bytes
//
// Each checksum goes on from the one before, so that it also finds chunks that are missing or out of order.

import { deflateRaw } from 'pako';
import { assertDefined } from '../../base/assert.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import { computeCrc32 } from '../../base/crc32.ts';
import { inflateInto } from '../../base/inflate.ts';
import { MalformedError } from '../../base/malformed.ts';
import { READ_AHEAD } from './plain-codes.ts';
import {
  DEFLATED,
  MAGIC,
  MAJOR_VERSION,
  MAX_BODY_LENGTH,
  MINOR_VERSION,
  PREAMBLE_LENGTH,
} from './recording-format.ts';

/** Bodies shorter than this are not worth a try: deflate's own overhead eats what it saves. */
const MIN_DEFLATE_LENGTH = 64;
/** Deflated bodies have to be smaller by this: inflating takes longer than everything else that a reader does. */
const MAX_DEFLATED = 0.85;
/** Of long bodies, which are mostly samples, so many bytes tell whether deflating all of it would pay. */
const DEFLATE_TRIAL = 1 << 14;

/** Puts the bodies of a recording into chunks. */
export class ChunkWriter {
  #checksum = 0;

  /** The first bytes of the file. */
  encodePreamble(): Uint8Array {
    const writer = new ByteWriter();
    writer.writeBytes(MAGIC);
    writer.writeByte(MAJOR_VERSION);
    writer.writeByte(MINOR_VERSION);
    writer.writeByte(0);
    writer.writeByte(0);
    this.#checksum = computeCrc32(writer.view());
    writer.writeUint32(this.#checksum);
    return writer.toBytes();
  }

  encodeChunk(kind: number, body: Uint8Array): Uint8Array {
    const deflated = deflateIfSmaller(body);
    const isDeflated = deflated !== undefined;
    const stored = deflated ?? body;
    const writer = new ByteWriter(stored.length + 24);
    writer.writeByte(isDeflated ? kind | DEFLATED : kind);
    writer.writeVarint(stored.length);
    if (isDeflated) writer.writeVarint(body.length);
    this.#checksum = computeCrc32(stored, computeCrc32(writer.view(), this.#checksum));
    writer.writeUint32(this.#checksum);
    writer.writeBytes(stored);
    return writer.toBytes();
  }
}

function deflateIfSmaller(body: Uint8Array): Uint8Array | undefined {
  if (body.length < MIN_DEFLATE_LENGTH) return undefined;
  if (body.length > DEFLATE_TRIAL) {
    const trial = deflateRaw(body.subarray(0, DEFLATE_TRIAL));
    if (trial.length >= DEFLATE_TRIAL * MAX_DEFLATED) return undefined;
  }
  const deflated = deflateRaw(body);
  return deflated.length < body.length * MAX_DEFLATED ? deflated : undefined;
}

/** A chunk as it was found. */
export interface Chunk {
  readonly kind: number;
  /** With READ_AHEAD bytes behind it, which do not belong to it. */
  readonly body: Uint8Array;
  readonly bodyLength: number;
  /** What the checksum of the next chunk goes on from. */
  readonly checksum: number;
}

/**
 * The checksum of the preamble, which is that of its first 12 bytes. Throws MalformedError when it is wrong; the caller
 * has looked at magic and version.
 */
export function checkPreamble(bytes: Uint8Array): number {
  const checksum = computeCrc32(bytes.subarray(0, PREAMBLE_LENGTH - 4));
  if (readUint32(bytes, PREAMBLE_LENGTH - 4) !== checksum) {
    throw new MalformedError('the checksum of the first bytes is wrong');
  }
  return checksum;
}

/** Bytes of the chunk that begins at a position; undefined when too few are there to tell. */
export function getChunkLength(bytes: Uint8Array, position: number): number | undefined {
  const head = readHead(bytes, position);
  return head === undefined ? undefined : head.end + 4 + head.length - position;
}

/** The chunk at a position, all of which is there. `checksum` is that of the chunk before. */
export function readChunk(bytes: Uint8Array, position: number, checksum: number): Chunk {
  const head = assertDefined(readHead(bytes, position), 'the chunk is all there');
  const stored = bytes.subarray(head.end + 4, head.end + 4 + head.length);
  const expected = computeCrc32(stored, computeCrc32(bytes.subarray(position, head.end), checksum));
  if (readUint32(bytes, head.end) !== expected) throw new MalformedError('its checksum is wrong');
  const body = new Uint8Array(head.rawLength + READ_AHEAD);
  if (head.isDeflated) inflateInto(stored, body.subarray(0, head.rawLength), 'raw');
  else body.set(stored);
  return { kind: head.kind, body, bodyLength: head.rawLength, checksum: expected };
}

/** What stands before the checksum, and the position behind it. */
interface ChunkHead {
  readonly kind: number;
  readonly isDeflated: boolean;
  readonly length: number;
  readonly rawLength: number;
  readonly end: number;
}

/** Undefined when not all of the head is there. */
function readHead(bytes: Uint8Array, position: number): ChunkHead | undefined {
  if (position >= bytes.length) return undefined;
  const first = bytes[position];
  const isDeflated = (first & DEFLATED) !== 0;
  const length = readLength(bytes, position + 1);
  if (length === undefined) return undefined;
  const rawLength = isDeflated ? readLength(bytes, length.end) : length;
  if (rawLength === undefined) return undefined;
  return {
    kind: first & ~DEFLATED,
    isDeflated,
    length: length.value,
    rawLength: rawLength.value,
    end: rawLength.end,
  };
}

/** A varint of up to four bytes: at most MAX_BODY_LENGTH. Undefined when it is not all there. */
function readLength(bytes: Uint8Array, position: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    if (position + i >= bytes.length) return undefined;
    const byte = bytes[position + i];
    value |= (byte & 0x7f) << (7 * i);
    if (byte >= 0x80) continue;
    if (value > MAX_BODY_LENGTH) break;
    return { value, end: position + i + 1 };
  }
  throw new MalformedError(`its length is larger than the ${MAX_BODY_LENGTH} bytes that are allowed`);
}

function readUint32(bytes: Uint8Array, position: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + position, 4).getUint32(0, true);
}
