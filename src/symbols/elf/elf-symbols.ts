// Looking up ELF symbols by exact name. .dynsym has a hash table, so a name that is not there costs one or two small
// reads; .symtab has none: its strings are searched once, in pieces, for all names together.

import type { ElfSection, ElfSymbol, ReadAt } from './elf-types.ts';

const SECTION_TYPE_SYMTAB = 2;
const SECTION_TYPE_DYNSYM = 11;
const SECTION_TYPE_GNU_HASH = 0x6ffffff6;
const SYMBOL_SIZE = 24;
/** Symbol tables and strings are read in pieces of this size, so memory stays flat for files of any size. */
const PIECE = 256 << 10;
/** A hash chain holds the names that share one bucket: a handful. */
const MAX_CHAIN = 4096;
/** Above this a table claims more than any file that a process maps. */
const MAX_TABLE = 2 ** 31;

/** Defined symbols of these names; damaged tables give fewer symbols and no error. */
export function findElfSymbols(
  readAt: ReadAt,
  sections: readonly ElfSection[],
  names: readonly string[],
  tables: 'dynamic' | 'all',
): Map<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  for (const type of [SECTION_TYPE_DYNSYM, SECTION_TYPE_SYMTAB]) {
    if (type === SECTION_TYPE_SYMTAB && tables === 'dynamic') break;
    for (const table of sections) {
      const missing = names.filter((name) => !found.has(name));
      if (missing.length === 0) return found;
      const strings = sections[table.link];
      if (table.type !== type || strings === undefined) continue;
      if (table.size > MAX_TABLE || strings.size > MAX_TABLE) continue;
      const hash = sections.find((one) => one.type === SECTION_TYPE_GNU_HASH && sections[one.link] === table);
      if (hash !== undefined && hash.size < MAX_TABLE) lookUp(readAt, hash, table, strings, missing, found);
      else scan(readAt, table, strings, missing, found);
    }
  }
  return found;
}

/**
 * The GNU hash table: header {buckets, first hashed symbol, bloom words, bloom shift}, bloom filter of 64-bit words,
 * buckets with the first symbol of each chain, and per symbol its hash whose lowest bit marks the end of the chain.
 */
function lookUp(
  readAt: ReadAt,
  hash: ElfSection,
  table: ElfSection,
  strings: ElfSection,
  names: readonly string[],
  found: Map<string, ElfSymbol>,
): void {
  const header = readWords(readAt, hash.offset, 4);
  if (header === undefined) return;
  const bucketCount = header[0];
  const firstSymbol = header[1];
  const bloomWords = header[2];
  const bloomShift = header[3];
  if (bucketCount === 0 || bloomWords === 0) return;
  const bucketsAt = hash.offset + 16 + bloomWords * 8;
  for (const name of names) {
    const value = computeGnuHash(name);
    const bloomAt = hash.offset + 16 + (Math.floor(value / 64) % bloomWords) * 8;
    const bloom = readWords(readAt, bloomAt, 2);
    if (bloom === undefined) return;
    if (!isBitSet(bloom, value % 64) || !isBitSet(bloom, (value >>> bloomShift) % 64)) continue;
    const index = readWords(readAt, bucketsAt + (value % bucketCount) * 4, 1)?.[0];
    if (index === undefined || index < firstSymbol) continue;
    const chainAt = bucketsAt + bucketCount * 4;
    for (let step = 0; step < MAX_CHAIN; step++) {
      const entry = readWords(readAt, chainAt + (index + step - firstSymbol) * 4, 1)?.[0];
      if (entry === undefined) break;
      if (entry >>> 1 === value >>> 1) {
        const symbol = readNamedSymbol(readAt, table, strings, index + step, name);
        if (symbol !== undefined) {
          found.set(name, symbol);
          break;
        }
      }
      if ((entry & 1) === 1) break;
    }
  }
}

function readNamedSymbol(
  readAt: ReadAt,
  table: ElfSection,
  strings: ElfSection,
  index: number,
  name: string,
): ElfSymbol | undefined {
  if ((index + 1) * SYMBOL_SIZE > table.size) return undefined;
  const bytes = readAt(table.offset + index * SYMBOL_SIZE, SYMBOL_SIZE);
  if (bytes.length < SYMBOL_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, SYMBOL_SIZE);
  const wanted = encodeName(name);
  const text = readAt(strings.offset + view.getUint32(0, true), wanted.length);
  if (text.length < wanted.length || !wanted.every((byte, at) => text[at] === byte)) return undefined;
  return readSymbol(view, 0);
}

function computeGnuHash(name: string): number {
  let value = 5381;
  for (let at = 0; at < name.length; at++) value = (Math.imul(value, 33) + name.charCodeAt(at)) >>> 0;
  return value;
}

function isBitSet(words: Uint32Array, bit: number): boolean {
  return ((words[bit >>> 5] >>> (bit & 31)) & 1) === 1;
}

/** Finds the names' places in the string table first, then the symbols that refer to these places. */
function scan(
  readAt: ReadAt,
  table: ElfSection,
  strings: ElfSection,
  names: readonly string[],
  found: Map<string, ElfSymbol>,
): void {
  const places = findStrings(readAt, strings, names);
  if (places.size === 0) return;
  const step = PIECE - (PIECE % SYMBOL_SIZE);
  for (let at = 0; at < table.size; at += step) {
    const bytes = readAt(table.offset + at, Math.min(step, table.size - at));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let row = 0; row + SYMBOL_SIZE <= bytes.length; row += SYMBOL_SIZE) {
      const name = places.get(view.getUint32(row, true));
      if (name === undefined || found.has(name)) continue;
      const symbol = readSymbol(view, row);
      if (symbol !== undefined) found.set(name, symbol);
    }
    if (bytes.length === 0) return;
  }
}

/** Every place where a name stands, NUL behind it: linkers let a string begin inside a longer one with that ending. */
function findStrings(readAt: ReadAt, strings: ElfSection, names: readonly string[]): Map<number, string> {
  const places = new Map<number, string>();
  const wanted = names.map((name) => ({ name, bytes: encodeName(name) }));
  const overlap = Math.max(0, ...wanted.map(({ bytes }) => bytes.length));
  for (let at = 0; at < strings.size; at += PIECE) {
    const piece = readAt(strings.offset + at, Math.min(PIECE + overlap, strings.size - at));
    for (const { name, bytes } of wanted) {
      for (
        let place = indexOfBytes(piece, bytes, 0);
        place >= 0;
        place = indexOfBytes(piece, bytes, place + 1)
      ) {
        places.set(at + place, name);
      }
    }
    if (piece.length === 0) break;
  }
  return places;
}

/** Where `wanted` begins in `bytes`, -1 when nowhere. */
function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(wanted[0], from); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
    let length = 1;
    while (length < wanted.length && bytes[at + length] === wanted[length]) length++;
    if (length === wanted.length) return at;
  }
  return -1;
}

/** The name with its NUL. Names of symbols we look for are ASCII. */
function encodeName(name: string): Uint8Array {
  return Uint8Array.from(`${name}\0`, (letter) => letter.charCodeAt(0));
}

/** {name u32, info u8, other u8, section u16, value u64, size u64}; undefined when only referred to, not defined. */
function readSymbol(view: DataView, at: number): ElfSymbol | undefined {
  if (view.getUint16(at + 6, true) === 0) return undefined;
  return {
    address: view.getUint32(at + 12, true) * 2 ** 32 + view.getUint32(at + 8, true),
    size: view.getUint32(at + 20, true) * 2 ** 32 + view.getUint32(at + 16, true),
  };
}

function readWords(readAt: ReadAt, offset: number, count: number): Uint32Array | undefined {
  const bytes = readAt(offset, count * 4);
  if (bytes.length < count * 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: count }, (_, index) => view.getUint32(index * 4, true));
}
