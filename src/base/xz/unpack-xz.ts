// xz files: streams of blocks, packed by LZMA2, with an index behind them. https://tukaani.org/xz/xz-file-format.txt
// Everything that the format checks is checked. What executables are packed with beside LZMA2 (filters for machine code), and checks
// other than CRC-32 and CRC-64, are refused by name.

import { ByteReader } from '../byte-reader.ts';
import { computeCrc32 } from '../crc32.ts';
import { computeCrc64 } from '../crc64.ts';
import { MalformedError } from '../malformed.ts';
import { unpackLzma2 } from './lzma2.ts';
import { Output } from './output.ts';

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const FOOTER_MAGIC = [0x59, 0x5a];
const FILTER_LZMA2 = 0x21;
const FILTERS = new Map([
  [0x03, 'Delta'],
  [0x04, 'BCJ for x86'],
  [0x05, 'BCJ for PowerPC'],
  [0x06, 'BCJ for IA-64'],
  [0x07, 'BCJ for Arm'],
  [0x08, 'BCJ for Arm Thumb'],
  [0x09, 'BCJ for SPARC'],
  [0x0a, 'BCJ for Arm64'],
  [0x0b, 'BCJ for RISC-V'],
]);
const CHECK_NONE = 0;
const CHECK_CRC32 = 1;
const CHECK_CRC64 = 4;
const CHECK_SHA256 = 10;
const MAX_DICTIONARY_BITS = 40;

/** A block as the index tells of it. */
interface BlockSize {
  /** Bytes of header, packed data and check. */
  readonly unpadded: number;
  readonly unpacked: number;
}

/**
 * What is in an xz file, up to `limit` bytes. Throws MalformedError where it is damaged, cut, or becomes larger; and where it was
 * packed in a way that is not read.
 */
export function unpackXz(bytes: Uint8Array, limit: number): Uint8Array {
  const reader = new ByteReader(bytes);
  try {
    const output = new Output(limit);
    do {
      readStream(reader, output);
      skipStreamPadding(reader);
    } while (reader.remaining > 0);
    return output.view(0);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new MalformedError(
      `the xz data are damaged before their offset ${reader.position} (${error.message})`,
    );
  }
}

function readStream(reader: ByteReader, output: Output): void {
  expectBytes(reader, MAGIC, 'no stream begins there');
  const flagsAt = reader.position;
  const check = parseStreamFlags(reader);
  expectCrc32(reader, flagsAt);
  const blocks: BlockSize[] = [];
  for (;;) {
    const start = reader.position;
    const size = reader.readByte();
    if (size === 0) break;
    blocks.push(readBlock(reader, start, (size + 1) * 4, check, output));
  }
  const indexSize = readIndex(reader, blocks);
  const footer = reader.position;
  const crc = reader.readUint32();
  if (computeCrc32(reader.bytes.subarray(footer + 4, footer + 10)) !== crc) {
    throw new MalformedError('a checksum does not fit');
  }
  if ((reader.readUint32() + 1) * 4 !== indexSize) throw new MalformedError('the index has another size');
  if (parseStreamFlags(reader) !== check) throw new MalformedError('the stream ends as another one');
  expectBytes(reader, FOOTER_MAGIC, 'the stream does not end there');
}

/** The kind of check that blocks have. */
function parseStreamFlags(reader: ByteReader): number {
  const first = reader.readByte();
  const check = reader.readByte();
  if (first !== 0 || check > 15) throw new MalformedError('the stream is of an unknown kind');
  if (![CHECK_NONE, CHECK_CRC32, CHECK_CRC64].includes(check)) {
    const name = check === CHECK_SHA256 ? 'SHA-256' : `number ${check}`;
    throw new MalformedError(`their check, ${name}, is not known here`);
  }
  return check;
}

function readBlock(
  reader: ByteReader,
  start: number,
  headerSize: number,
  check: number,
  output: Output,
): BlockSize {
  const end = start + headerSize - 4;
  const flags = reader.readByte();
  const packedSize = (flags & 0x40) === 0 ? undefined : readNumber(reader);
  const unpackedSize = (flags & 0x80) === 0 ? undefined : readNumber(reader);
  if ((flags & 0x3c) !== 0) throw new MalformedError('a block is of an unknown kind');
  output.dictionarySize = readFilters(reader, (flags & 3) + 1);
  if (reader.position > end) throw new MalformedError('the header of a block is too long');
  expectZeros(reader, end - reader.position);
  expectCrc32(reader, start);
  const dataStart = reader.position;
  const outputStart = output.length;
  unpackLzma2(reader, output);
  const packed = reader.position - dataStart;
  const unpacked = output.length - outputStart;
  if ((packedSize ?? packed) !== packed || (unpackedSize ?? unpacked) !== unpacked) {
    throw new MalformedError('a block has another size than it says');
  }
  expectZeros(reader, -packed & 3);
  const checkSize = readCheck(reader, check, output.view(outputStart));
  return { unpadded: headerSize + packed + checkSize, unpacked };
}

/** Nothing but LZMA2; gives the size of its dictionary. */
function readFilters(reader: ByteReader, count: number): number {
  const first = readNumber(reader);
  const name = FILTERS.get(first);
  if (name !== undefined) throw new MalformedError(`the filter ${name} is not known here`);
  const propertiesSize = readNumber(reader);
  if (first !== FILTER_LZMA2 || propertiesSize !== 1 || count !== 1) {
    throw new MalformedError('a block is packed in an unknown way');
  }
  const bits = reader.readByte();
  if (bits > MAX_DICTIONARY_BITS) throw new MalformedError('a dictionary is too large');
  return bits === MAX_DICTIONARY_BITS ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

/** How many bytes it has. */
function readCheck(reader: ByteReader, check: number, unpacked: Uint8Array): number {
  if (check === CHECK_NONE) return 0;
  const low = reader.readUint32();
  if (check === CHECK_CRC32) {
    if (low !== computeCrc32(unpacked)) throw new MalformedError('the checksum of a block does not fit');
    return 4;
  }
  const high = reader.readUint32();
  const [expectedLow, expectedHigh] = computeCrc64(unpacked);
  if (low !== expectedLow || high !== expectedHigh) {
    throw new MalformedError('the checksum of a block does not fit');
  }
  return 8;
}

/** The index, whose first byte was read: it must tell what was read. Gives its size. */
function readIndex(reader: ByteReader, blocks: readonly BlockSize[]): number {
  const start = reader.position - 1;
  if (readNumber(reader) !== blocks.length) throw new MalformedError('the index has other blocks');
  for (const { unpadded, unpacked } of blocks) {
    if (readNumber(reader) !== unpadded || readNumber(reader) !== unpacked) {
      throw new MalformedError('the index has other blocks');
    }
  }
  expectZeros(reader, -(reader.position - start) & 3);
  expectCrc32(reader, start);
  return reader.position - start;
}

/** Streams may follow each other, with zeros between them and behind them: in fours. */
function skipStreamPadding(reader: ByteReader): void {
  const start = reader.position;
  while (reader.remaining > 0 && reader.bytes[reader.position] === 0) reader.position++;
  if ((reader.position - start) % 4 !== 0) throw new MalformedError('what follows the stream is no padding');
}

/** Seven bits a byte, the lowest first, in the least number of bytes. */
function readNumber(reader: ByteReader): number {
  const start = reader.position;
  const value = reader.readVarint();
  if (reader.position - start > 1 && reader.bytes[reader.position - 1] === 0) {
    throw new MalformedError('a number is longer than it needs to be');
  }
  return value;
}

/** A checksum of what stands from `start` up to it. */
function expectCrc32(reader: ByteReader, start: number): void {
  const computed = computeCrc32(reader.bytes.subarray(start, reader.position));
  if (reader.readUint32() !== computed) throw new MalformedError('a checksum does not fit');
}

function expectZeros(reader: ByteReader, count: number): void {
  if (reader.readBytes(count).some((byte) => byte !== 0)) throw new MalformedError('padding is not empty');
}

function expectBytes(reader: ByteReader, expected: readonly number[], otherwise: string): void {
  const bytes = reader.readBytes(expected.length);
  if (!expected.every((byte, at) => bytes[at] === byte)) throw new MalformedError(otherwise);
}
