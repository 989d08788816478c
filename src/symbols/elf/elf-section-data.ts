// The bytes of an ELF section, decompressed where they are compressed. Header of compressed sections: type, reserved, size,
// alignment; see "Section Compression" in https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html

import { inflateInto } from '../../base/inflate.ts';
import { MalformedError } from '../../base/malformed.ts';
import { unpackZstd } from '../../base/zstd/unpack-zstd.ts';
import { type ElfFile, SECTION_TYPE_NOBITS } from './elf.ts';
import type { ElfSection, ReadAt } from './elf-types.ts';

/** Above this no section is read: the debug information of the largest programs is read in pieces. */
const MAX_SECTION = 512 << 20;
const BLOCK = 64 << 10;
const MAX_BLOCKS = 64;
const COMPRESSION_HEADER_SIZE = 24;
const COMPRESSION_ZLIB = 1;
const COMPRESSION_ZSTD = 2;
/** zlib makes no more of so little: what claims more is damaged. So is, most likely, as much made by Zstandard, which could. */
const MAX_RATIO = 1100;

/** Bytes that can be read in pieces. */
export interface SectionData {
  readonly size: number;
  /** Up to `length` bytes: fewer at the end. */
  readonly read: (offset: number, length: number) => Uint8Array;
}

/** A section as a whole; undefined when it is missing, damaged, too large, or compressed in an unknown way. */
export function readSection(readAt: ReadAt, elf: ElfFile, name: string): Uint8Array | undefined {
  const section = elf.findSection(name);
  return section && readWhole(readAt, section);
}

/** Decompresses zlib data into an array of the right size; throws when it is damaged. */
export type Inflate = (bytes: Uint8Array, size: number) => Uint8Array;

/** Everywhere, if not as fast as what a system may have. */
const inflateAnywhere: Inflate = (bytes, size) => {
  const inflated = new Uint8Array(size);
  inflateInto(bytes, inflated, 'zlib');
  return inflated;
};

/** A section to be read in pieces. One that is compressed is decompressed as a whole. */
export function openSection(
  readAt: ReadAt,
  elf: ElfFile,
  name: string,
  inflate?: Inflate,
): SectionData | undefined {
  const section = elf.findSection(name);
  if (section === undefined || section.type === SECTION_TYPE_NOBITS) return undefined;
  if (section.isCompressed) {
    const bytes = readWhole(readAt, section, inflate);
    return bytes && sectionOfBytes(bytes);
  }
  const { offset, size } = section;
  const read = (at: number, length: number): Uint8Array =>
    at >= 0 && at < size ? readAt(offset + at, Math.min(length, size - at)) : EMPTY;
  return { size, read: readThroughBlocks(read) };
}

/** Names are read one by one, from all over a section but many from the same places: small reads are served from blocks. */
function readThroughBlocks(read: SectionData['read']): SectionData['read'] {
  const blocks = new Map<number, Uint8Array>();
  return (at, length) => {
    const from = at % BLOCK;
    if (from + length > BLOCK) return read(at, length);
    let block = blocks.get(at - from);
    if (block === undefined) {
      if (blocks.size >= MAX_BLOCKS) blocks.clear();
      block = read(at - from, BLOCK);
      blocks.set(at - from, block);
    }
    return block.subarray(from, from + length);
  };
}

/** A part of a section as one of its own. */
export function sliceSection(section: SectionData, offset: number, size: number): SectionData {
  const end = Math.min(size, Math.max(0, section.size - offset));
  return {
    size: end,
    read: (at, length) =>
      at >= 0 && at < end ? section.read(offset + at, Math.min(length, end - at)) : EMPTY,
  };
}

/** Bytes in memory as a section. */
function sectionOfBytes(bytes: Uint8Array): SectionData {
  return {
    size: bytes.length,
    read: (at, length) => (at >= 0 ? bytes.subarray(at, at + length) : EMPTY),
  };
}

const EMPTY = new Uint8Array();

function readWhole(readAt: ReadAt, section: ElfSection, inflate?: Inflate): Uint8Array | undefined {
  if (section.type === SECTION_TYPE_NOBITS || section.size > MAX_SECTION) return undefined;
  const bytes = readAt(section.offset, section.size);
  if (bytes.length < section.size) return undefined;
  return section.isCompressed ? decompress(bytes, inflate) : bytes;
}

function decompress(bytes: Uint8Array, inflate = inflateAnywhere): Uint8Array | undefined {
  if (bytes.length < COMPRESSION_HEADER_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = Number(view.getBigUint64(8, true));
  const kind = view.getUint32(0, true);
  if (size > MAX_SECTION || size > bytes.length * MAX_RATIO) return undefined;
  const packed = bytes.subarray(COMPRESSION_HEADER_SIZE);
  if (kind === COMPRESSION_ZSTD) return unpackWhole(packed, size);
  if (kind !== COMPRESSION_ZLIB) return undefined;
  try {
    return inflate(packed, size);
  } catch {
    return undefined;
  }
}

function unpackWhole(packed: Uint8Array, size: number): Uint8Array | undefined {
  const whole = new Uint8Array(size);
  let at = 0;
  try {
    for (const block of unpackZstd([packed], { maxRatio: MAX_RATIO, minSize: 0 })) {
      if (at + block.length > size) return undefined;
      whole.set(block, at);
      at += block.length;
    }
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
  return at === size ? whole : undefined;
}
