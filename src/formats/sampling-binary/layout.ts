// The parts of a profiling.sampling file that do not change with its samples: header, strings, frames, statistics, footer.
// https://github.com/python/cpython/blob/main/InternalDocs/profiling_binary_format.md
//
//   header (64 bytes)  samples  strings  frames  [statistics]  footer (32 bytes)
//
// The writer's byte order is told by the magic number. Small numbers are LEB128, signed ones zigzag before.

import { BlockReader } from '../../base/block-reader.ts';
import { MalformedError } from '../../base/malformed.ts';

export const HEADER_LENGTH = 64;
const FOOTER_LENGTH = 32;
/** Version of the format that we know. */
const VERSION = 1;
const MAGIC = 0x54414348;
/** "TACHSTAT", behind the statistics. */
const STATISTICS_MARK = [0x54, 0x41, 0x43, 0x48, 0x53, 0x54, 0x41, 0x54];
/** Statistics have up to so many bytes, and their mark and length stand in the last 16. */
const STATISTICS_LENGTH = 56;
/** Characters in a name. */
const MAX_TEXT = 1 << 20;

export interface SamplingHeader {
  readonly isLittleEndian: boolean;
  /** `3.15.0`. */
  readonly python: string;
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  /** Microseconds between two samples, as asked for. */
  readonly interval: number;
  /** Where samples end. */
  readonly stringsOffset: number;
  readonly framesOffset: number;
  readonly isCompressed: boolean;
  /** Undefined where not told. */
  readonly mode: 'wall' | 'cpu' | 'gil' | 'other' | undefined;
}

export interface SamplingFrame {
  readonly file: string;
  readonly name: string;
  /** From 1; not positive where there is none. */
  readonly line: number;
  /** From 0; negative where there is none. */
  readonly column: number;
}

export interface SamplingTables {
  readonly frames: readonly SamplingFrame[];
  /** Seconds that were measured; undefined where not told. */
  readonly duration: number | undefined;
  /** Samples per second that were reached; undefined where not told. */
  readonly rate: number | undefined;
}

export function isSamplingBinary(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return (
    bytes.length >= HEADER_LENGTH && (view.getUint32(0, true) === MAGIC || view.getUint32(0, false) === MAGIC)
  );
}

/** Throws MalformedError when the header is none, or of a version that we do not know. */
export function parseHeader(bytes: Uint8Array): SamplingHeader {
  if (!isSamplingBinary(bytes)) throw new MalformedError('it has no header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittleEndian = view.getUint32(0, true) === MAGIC;
  const uint32 = (at: number) => view.getUint32(at, isLittleEndian);
  const uint64 = (at: number) => {
    const [low, high] = isLittleEndian ? [uint32(at), uint32(at + 4)] : [uint32(at + 4), uint32(at)];
    return high * 2 ** 32 + low;
  };
  if (uint32(4) !== VERSION) throw new MalformedError(`its version is ${uint32(4)}, and ${VERSION} is known`);
  const stringsOffset = uint64(40);
  const framesOffset = uint64(48);
  if (stringsOffset < HEADER_LENGTH || framesOffset < stringsOffset) {
    throw new MalformedError(`its tables are said to be at ${stringsOffset} and ${framesOffset}`);
  }
  if (uint32(56) > 1)
    throw new MalformedError(`its samples are compressed in an unknown way (${uint32(56)})`);
  return {
    isLittleEndian,
    python: `${bytes[8]}.${bytes[9]}.${bytes[10]}`,
    startTime: uint64(12),
    interval: uint64(20),
    stringsOffset,
    framesOffset,
    isCompressed: uint32(56) === 1,
    mode: parseMode(uint32(60)),
  };
}

/** The mode plus one is in the low bits; above are other options, such as whether native frames were asked for. */
function parseMode(value: number): SamplingHeader['mode'] {
  switch (value & 7) {
    case 0:
      return undefined;
    case 1:
      return 'wall';
    case 2:
      return 'cpu';
    case 3:
      return 'gil';
    default:
      return 'other';
  }
}

/** Throws MalformedError when the tables are cut or refer to what is not there. */
export function readTables(blocks: Iterable<Uint8Array>, header: SamplingHeader): SamplingTables {
  const reader = new BlockReader(blocks);
  if (reader.skip(header.stringsOffset) < header.stringsOffset) {
    throw new MalformedError(
      `it ends at offset ${reader.offset}, before the names at offset ${header.stringsOffset}`,
    );
  }
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const strings: string[] = [];
  while (reader.offset < header.framesOffset) {
    const length = readVarint(reader);
    if (length > MAX_TEXT) throw new MalformedError(`a name has ${length} bytes at offset ${reader.offset}`);
    strings.push(decoder.decode(reader.readBytes(length)));
  }
  // The tables before are bounded by their offsets; frames only by their number, which stands at the very end.
  const rest = readRest(reader);
  if (rest.length < FOOTER_LENGTH)
    throw new MalformedError(`its footer is missing, at offset ${reader.offset}`);
  const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
  const end = rest.length - FOOTER_LENGTH;
  const count = view.getUint32(end + 4, header.isLittleEndian);
  const frames = readFrames(rest.subarray(0, end), count, strings);
  return { frames, ...readStatistics(view, end, header.isLittleEndian) };
}

function readRest(reader: BlockReader): Uint8Array {
  while (reader.more());
  return reader.bytes.slice(reader.position, reader.end);
}

function readFrames(bytes: Uint8Array, count: number, strings: readonly string[]): SamplingFrame[] {
  const reader = new BlockReader([bytes]);
  const frames: SamplingFrame[] = [];
  for (let row = 0; row < count; row++) {
    const file = strings[readVarint(reader)];
    const name = strings[readVarint(reader)];
    if (file === undefined || name === undefined)
      throw new MalformedError(`frame ${row} has a name that is not there`);
    const line = unzigzag(readVarint(reader));
    readVarint(reader);
    const column = unzigzag(readVarint(reader));
    readVarint(reader);
    reader.readByte();
    frames.push({ file, name, line, column });
  }
  return frames;
}

function readStatistics(
  view: DataView,
  end: number,
  isLittleEndian: boolean,
): Pick<SamplingTables, 'duration' | 'rate'> {
  const start = end - STATISTICS_LENGTH;
  const isThere = start >= 0 && STATISTICS_MARK.every((byte, at) => view.getUint8(end - 16 + at) === byte);
  if (!isThere) return { duration: undefined, rate: undefined };
  const read = (at: number) => {
    const value = view.getFloat64(start + at, isLittleEndian);
    return value > 0 && Number.isFinite(value) ? value : undefined;
  };
  return { duration: read(0), rate: read(8) };
}

/** Up to 2^53; throws MalformedError where a number is longer. */
export function readVarint(reader: BlockReader): number {
  let value = 0;
  let factor = 1;
  for (let count = 0; count < 10; count++) {
    const byte = reader.readByte();
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  throw new MalformedError(`a number has no end at offset ${reader.offset}`);
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
