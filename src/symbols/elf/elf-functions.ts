// All functions of an ELF file by address, from .symtab or, in stripped files, from .dynsym. Names stay bytes until they are
// asked for.

import { decodeName } from '../dwarf-cursor.ts';
import type { ElfFile, ElfSection, ReadAt } from './elf.ts';

const SECTION_TYPE_SYMTAB = 2;
const SECTION_TYPE_DYNSYM = 11;
const SYMBOL_SIZE = 24;
const TYPE_FUNCTION = 2;
const TYPE_INDIRECT_FUNCTION = 10;
const BINDING_GLOBAL = 1;
const BINDING_WEAK = 2;
const UNDERSCORE = 0x5f;
const AT_SIGN = 0x40;
/** The largest programs have some 200 MB of symbols. */
const MAX_TABLE = 512 << 20;
/** Of addresses within one file, where they are packed with numbers of symbols into 64 bits. */
const ADDRESS_BITS = 40;
const SYMBOL_LIMIT = 2 ** (64 - ADDRESS_BITS);
/** The part of an address that shares a word of 32 bits with a number. */
const LOW_ADDRESS = 2 ** (ADDRESS_BITS - 32);

/** Functions in order of their address; each address once. */
export interface FunctionSymbols {
  readonly length: number;
  /** Link-time addresses. */
  readonly starts: Float64Array;
  /** Bytes of each function; 0 where the file does not tell. */
  readonly sizes: Float64Array;
  /** The name as the file has it. */
  readonly nameAt: (row: number) => string;
}

/** A function that covers an address. */
export interface FunctionSymbol {
  /** Mangled. */
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

/** Reads the symbol table; without symbols, or with a damaged table, there are fewer functions and no error. */
export function readFunctionSymbols(readAt: ReadAt, elf: ElfFile): FunctionSymbols {
  const table =
    elf.sections.find((section) => section.type === SECTION_TYPE_SYMTAB && section.size >= SYMBOL_SIZE * 2) ??
    elf.sections.find((section) => section.type === SECTION_TYPE_DYNSYM);
  const strings = table && elf.sections[table.link];
  if (table === undefined || strings === undefined) return NO_SYMBOLS;
  if (table.size > MAX_TABLE || strings.size > MAX_TABLE) return NO_SYMBOLS;
  return sortFunctions(readAt, table, readAt(strings.offset, strings.size));
}

/** The functions of two tables; of those at the same address, that of the first one. */
export function joinFunctionSymbols(first: FunctionSymbols, second: FunctionSymbols): FunctionSymbols {
  const starts = new Float64Array(first.length + second.length);
  const sizes = new Float64Array(starts.length);
  /** Row in the first table, or behind it, in the second. */
  const origins = new Uint32Array(starts.length);
  let length = 0;
  for (let a = 0, b = 0; a < first.length || b < second.length; length++) {
    const isFirst = b >= second.length || first.starts[a] <= second.starts[b];
    if (isFirst && first.starts[a] === second.starts[b]) b++;
    const [table, row] = isFirst ? [first, a++] : [second, b++];
    starts[length] = table.starts[row];
    sizes[length] = table.sizes[row];
    origins[length] = isFirst ? row : first.length + row;
  }
  const nameAt = (row: number): string => {
    const origin = origins[row];
    return origin < first.length ? first.nameAt(origin) : second.nameAt(origin - first.length);
  };
  return { length, starts: starts.subarray(0, length), sizes: sizes.subarray(0, length), nameAt };
}

/** The function at a link-time address; undefined when the address lies in none. */
export function findFunctionSymbol(symbols: FunctionSymbols, address: number): FunctionSymbol | undefined {
  let low = 0;
  let high = symbols.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (symbols.starts[middle] <= address) low = middle + 1;
    else high = middle;
  }
  const row = low - 1;
  if (row < 0) return undefined;
  const start = symbols.starts[row];
  const size = symbols.sizes[row];
  // Assembly often has no sizes: such functions go on to the next one.
  if (size > 0 && address >= start + size) return undefined;
  return { name: symbols.nameAt(row), address: start, size };
}

const NO_SYMBOLS: FunctionSymbols = {
  length: 0,
  starts: new Float64Array(),
  sizes: new Float64Array(),
  nameAt: () => '',
};

/** Symbol: {name u32, info u8, other u8, section u16, value u64, size u64}. */
function sortFunctions(readAt: ReadAt, table: ElfSection, strings: Uint8Array): FunctionSymbols {
  const bytes = readAt(table.offset, table.size - (table.size % SYMBOL_SIZE));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // By number of the symbol. Columns instead of objects: large programs have millions of symbols.
  const count = Math.floor(bytes.length / SYMBOL_SIZE);
  const addresses = new Float64Array(count);
  const found = new Uint32Array(count);
  let foundCount = 0;
  for (let symbol = 0; symbol < count; symbol++) {
    const at = symbol * SYMBOL_SIZE;
    const type = bytes[at + 4] & 0x0f;
    if (type !== TYPE_FUNCTION && type !== TYPE_INDIRECT_FUNCTION) continue;
    if (view.getUint16(at + 6, true) === 0) continue;
    addresses[symbol] = read64(view, at + 8);
    found[foundCount++] = symbol;
  }
  const order = sortByAddress(found.subarray(0, foundCount), addresses);
  const chosen = new Uint32Array(foundCount);
  let length = 0;
  for (let at = 0; at < foundCount; at++) {
    const symbol = order[at];
    const isFirst = length === 0 || addresses[chosen[length - 1]] !== addresses[symbol];
    if (isFirst) chosen[length++] = symbol;
    else if (isBetter(view, strings, symbol, chosen[length - 1])) chosen[length - 1] = symbol;
  }
  const rows = chosen.slice(0, length);
  const starts = new Float64Array(length);
  const sizes = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    starts[row] = addresses[rows[row]];
    sizes[row] = read64(view, rows[row] * SYMBOL_SIZE + 16);
  }
  const nameAt = (row: number): string => nameIn(strings, view.getUint32(rows[row] * SYMBOL_SIZE, true));
  return { length, starts, sizes, nameAt };
}

/** Symbols by address, then by number. */
function sortByAddress(symbols: Uint32Array, addresses: Float64Array): Uint32Array {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (let at = 0; at < symbols.length; at++) {
    lowest = Math.min(lowest, addresses[symbols[at]]);
    highest = Math.max(highest, addresses[symbols[at]]);
  }
  const last = symbols.length === 0 ? 0 : symbols[symbols.length - 1];
  if (highest - lowest >= 2 ** ADDRESS_BITS || last >= SYMBOL_LIMIT) {
    return symbols.sort((a, b) => addresses[a] - addresses[b] || a - b);
  }
  // Both in one word of 64 bits: sorted without a comparing function, that takes a tenth of the time.
  const words = new Uint32Array(symbols.length * 2);
  for (let at = 0; at < symbols.length; at++) {
    const address = addresses[symbols[at]] - lowest;
    words[at * 2] = (address % LOW_ADDRESS) * SYMBOL_LIMIT + symbols[at];
    words[at * 2 + 1] = Math.floor(address / LOW_ADDRESS);
  }
  new BigUint64Array(words.buffer).sort();
  for (let at = 0; at < symbols.length; at++) symbols[at] = words[at * 2] & (SYMBOL_LIMIT - 1);
  return symbols;
}

/** Of two names for one address: the one with a size, the public one, the one that looks least internal. */
function isBetter(view: DataView, strings: Uint8Array, symbol: number, than: number): boolean {
  const rank = (one: number): number => {
    const binding = view.getUint8(one * SYMBOL_SIZE + 4) >> 4;
    const hasSize = read64(view, one * SYMBOL_SIZE + 16) > 0;
    return (hasSize ? 0 : 4) + (binding === BINDING_GLOBAL ? 0 : binding === BINDING_WEAK ? 1 : 2);
  };
  const [own, other] = [rank(symbol), rank(than)];
  if (own !== other) return own < other;
  const [a, b] = [symbol, than].map((one) => view.getUint32(one * SYMBOL_SIZE, true));
  const more = countUnderscores(strings, a) - countUnderscores(strings, b);
  return more < 0 || (more === 0 && lengthOfName(strings, a) < lengthOfName(strings, b));
}

// Programs in C++ have tens of thousands of addresses with two names: they are compared as bytes.

function countUnderscores(strings: Uint8Array, at: number): number {
  let end = at;
  while (strings[end] === UNDERSCORE) end++;
  return end - at;
}

/** Without the version that linkers append, as in `memcpy@@GLIBC_2.14`. */
function lengthOfName(strings: Uint8Array, at: number): number {
  let end = at;
  while (end < strings.length && strings[end] !== 0 && (strings[end] !== AT_SIGN || end === at)) end++;
  return end - at;
}

function nameIn(strings: Uint8Array, at: number): string {
  return decodeName(strings.subarray(at, at + lengthOfName(strings, at)));
}

function read64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}
