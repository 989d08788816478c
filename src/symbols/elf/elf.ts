// ELF64 little-endian files: headers, sections, symbols looked up by name, build id.
// Format: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html, GNU hash: https://flapenguin.me/elf-dt-gnu-hash
//
// Nothing is read that was not asked for: opening costs four small reads whatever the size of the file, and every
// size that a damaged file claims is checked against a limit before anything of that size is read.

import { ProfilerError } from '../../base/errors.ts';
import { findElfSymbols } from './elf-symbols.ts';
import type { ElfSection, ElfSymbol, ReadAt } from './elf-types.ts';

export type { ElfSection, ElfSymbol, ReadAt };

/** A program header: what the loader maps. */
export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  /** Position in the file. */
  readonly offset: number;
  /** Link-time address; the address in a process is this plus the load bias. */
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

/** An opened file. */
export interface ElfFile {
  /** EM_X86_64 = 62, EM_AARCH64 = 183. */
  readonly machine: number;
  /** True for shared libraries and position-independent executables: their addresses need a load bias. */
  readonly isPositionIndependent: boolean;
  readonly segments: readonly ElfSegment[];
  /** Empty when the section headers were stripped. */
  readonly sections: readonly ElfSection[];
  /** Lower-case hex, or undefined when there is none. Read at the first call. */
  getBuildId(): string | undefined;
  findSection(name: string): ElfSection | undefined;
  /**
   * Defined symbols with exactly these names, from .dynsym (through its hash table) and, where `tables` is 'all', also
   * from .symtab, which costs one pass over its strings.
   */
  findSymbols(names: readonly string[], tables?: 'dynamic' | 'all'): Map<string, ElfSymbol>;
}

export const SECTION_TYPE_NOBITS = 8;
export const SEGMENT_TYPE_LOAD = 1;
const SEGMENT_TYPE_NOTE = 4;
const SECTION_FLAG_COMPRESSED = 0x800;
const FILE_TYPE_SHARED = 3;
const FILE_HEADER_SIZE = 64;
const SEGMENT_SIZE = 56;
const SECTION_SIZE = 64;
/** The kernel refuses executables with more than 64 KiB of program headers. */
const MAX_SEGMENTS = 65536 / SEGMENT_SIZE;
/** Objects with a section per function have tens of thousands; linked files a few dozen. */
const MAX_SECTIONS = 65536;
const MAX_SECTION_NAMES = 4 << 20;
/** Notes hold a build id and a few properties: some hundred bytes. */
const MAX_NOTES = 64 << 10;

/** Opens an ELF file; ProfilerError `unknown-format` when it is none, `cannot-read-file` when it is damaged. */
export function parseElf(readAt: ReadAt): ElfFile {
  const header = readAt(0, FILE_HEADER_SIZE);
  if (header.length < 20 || !hasMagic(header)) {
    throw new ProfilerError('unknown-format', 'This is not an ELF file.');
  }
  if (header[4] !== 2 || header[5] !== 1) {
    throw new ProfilerError('unknown-format', 'This ELF file is not a 64-bit little-endian one.');
  }
  if (header.length < FILE_HEADER_SIZE) throw damaged('the header is cut');
  const view = viewOf(header);
  const sections = readSections(readAt, view);
  const segments = readSegments(readAt, view);
  return {
    machine: view.getUint16(18, true),
    isPositionIndependent: view.getUint16(16, true) === FILE_TYPE_SHARED,
    segments,
    sections,
    getBuildId: () => readBuildId(readAt, segments),
    findSection: (name) => sections.find((section) => section.name === name),
    findSymbols: (names, tables = 'all') => findElfSymbols(readAt, sections, names, tables),
  };
}

/**
 * What to add to the file's addresses to get those of the process, from one mapping of the file (its start and file
 * offset); undefined when no loaded segment covers that offset.
 */
export function computeLoadBias(
  elf: ElfFile,
  mapping: { readonly start: number; readonly offset: number },
): number | undefined {
  const loaded = elf.segments.filter((segment) => segment.type === SEGMENT_TYPE_LOAD);
  const covers = (segment: ElfSegment): boolean =>
    mapping.offset >= pageOf(segment.offset) &&
    mapping.offset < segment.offset + Math.max(segment.fileSize, 1);
  // Neighbours share the page at their border: the mapping that begins there belongs to the later one.
  const segment = loaded.find((one) => pageOf(one.offset) === mapping.offset) ?? loaded.find(covers);
  return segment && mapping.start - (segment.address - segment.offset + mapping.offset);
}

/** Mappings begin at page borders, segments need not. */
function pageOf(offset: number): number {
  return offset - (offset % 4096);
}

function hasMagic(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

function readSegments(readAt: ReadAt, header: DataView): ElfSegment[] {
  const count = header.getUint16(56, true);
  if (count === 0) return [];
  if (header.getUint16(54, true) !== SEGMENT_SIZE || count > MAX_SEGMENTS) {
    throw damaged(`it claims ${count} program headers of ${header.getUint16(54, true)} bytes`);
  }
  const view = viewOf(readExactly(readAt, readOffset(header, 32), count * SEGMENT_SIZE, 'program headers'));
  return Array.from({ length: count }, (_, index) => {
    const at = index * SEGMENT_SIZE;
    return {
      type: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: readOffset(view, at + 8),
      address: readAddress(view, at + 16),
      fileSize: readOffset(view, at + 32),
      memorySize: readOffset(view, at + 40),
    };
  });
}

function readSections(readAt: ReadAt, header: DataView): ElfSection[] {
  const tableOffset = readOffset(header, 40);
  if (tableOffset === 0) return [];
  if (header.getUint16(58, true) !== SECTION_SIZE) {
    throw damaged(`it claims section headers of ${header.getUint16(58, true)} bytes`);
  }
  let count = header.getUint16(60, true);
  let namesIndex = header.getUint16(62, true);
  if (count === 0 || namesIndex === 0xffff) {
    // More than 65,279 sections: the real numbers stand in the first section header.
    const first = viewOf(readExactly(readAt, tableOffset, SECTION_SIZE, 'section headers'));
    if (count === 0) count = readOffset(first, 32);
    if (namesIndex === 0xffff) namesIndex = first.getUint32(40, true);
  }
  if (count > MAX_SECTIONS) throw damaged(`it claims ${count} sections`);
  const view = viewOf(readExactly(readAt, tableOffset, count * SECTION_SIZE, 'section headers'));
  if (namesIndex >= count) return [];
  const names = readSectionNames(readAt, view, namesIndex * SECTION_SIZE);
  return Array.from({ length: count }, (_, index) => {
    const at = index * SECTION_SIZE;
    return {
      name: readName(names, view.getUint32(at, true)),
      type: view.getUint32(at + 4, true),
      isCompressed: (view.getUint32(at + 8, true) & SECTION_FLAG_COMPRESSED) !== 0,
      address: readAddress(view, at + 16),
      offset: readOffset(view, at + 24),
      size: readOffset(view, at + 32),
      link: view.getUint32(at + 40, true),
    };
  });
}

function readSectionNames(readAt: ReadAt, headers: DataView, at: number): Uint8Array {
  const size = readOffset(headers, at + 32);
  if (size > MAX_SECTION_NAMES) throw damaged(`it claims ${size} bytes of section names`);
  return readExactly(readAt, readOffset(headers, at + 24), size, 'section names');
}

function readName(names: Uint8Array, start: number): string {
  const end = names.indexOf(0, start);
  return LATIN1.decode(names.subarray(start, end < 0 ? names.length : end));
}

const LATIN1 = new TextDecoder('latin1');

function readBuildId(readAt: ReadAt, segments: readonly ElfSegment[]): string | undefined {
  for (const segment of segments) {
    if (segment.type !== SEGMENT_TYPE_NOTE || segment.fileSize > MAX_NOTES) continue;
    const id = findBuildId(readAt(segment.offset, segment.fileSize));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Notes: name size, description size, type, then both, each padded to four bytes. */
function findBuildId(notes: Uint8Array): string | undefined {
  const view = viewOf(notes);
  let at = 0;
  while (at + 12 <= notes.length) {
    const nameSize = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    const start = at + 12 + align4(nameSize);
    const isGnu = nameSize === 4 && view.getUint32(at + 8, true) === 3 && notes[at + 12] === 0x47;
    if (start + size > notes.length) return undefined;
    if (isGnu) return Array.from(notes.subarray(start, start + size), hexByte).join('');
    at = start + align4(size);
  }
  return undefined;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}

function readExactly(readAt: ReadAt, offset: number, length: number, what: string): Uint8Array {
  const bytes = readAt(offset, length);
  if (bytes.length !== length) throw damaged(`the ${what} are cut`);
  return bytes;
}

/** A file position or size: larger than 2^53 cannot be right. */
function readOffset(view: DataView, at: number): number {
  const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (value > Number.MAX_SAFE_INTEGER) throw damaged(`it claims the position ${value}`);
  return value;
}

/** An address: kernel objects have ones above 2^53, which lose their low bits here but are of no use to us anyway. */
function readAddress(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(reason: string): ProfilerError {
  return new ProfilerError('cannot-read-file', `This ELF file is damaged: ${reason}.`);
}
