// Dicts: 2.7's open hash tables; ordered ones with all their ways to keep keys (sized, log2, unicode only, shared between
// instances) and values.

import type { ProcessMemory } from '../process/memory.ts';
import type { DictLayout, Layout } from './layout.ts';
import { pointerIn, readPointer, readView } from './remote-values.ts';
import { readText } from './strings.ts';

/** An entry: addresses of key and value. */
export interface DictEntry {
  readonly key: number;
  readonly value: number;
  /** Hash of the key where the dict keeps it, as a number below 2^53; of an int below 2^61 it is the int. */
  readonly hash: number | undefined;
}

/** What was read of a dict. */
export interface DictRead {
  /** Number of entries that it has. */
  readonly length: number;
  readonly entries: readonly DictEntry[];
}

/** Tables with more places than this are not believed. */
const MAX_PLACES = 1 << 26;
/** Places read at most unless the caller asks for fewer: 65,536 of 24 bytes. */
const MAX_ENTRIES = 1 << 16;
/** Keys that could not be read when looking for one. */
const MAX_FAILURES = 32;

/** The first entries of a dict, in their order (2.7: the table's); undefined when there is none at this address. */
export function readDict(
  memory: ProcessMemory,
  layout: Layout,
  address: number,
  maxEntries = MAX_ENTRIES,
): DictRead | undefined {
  const { dict } = layout.objects;
  return dict.kind === 'open'
    ? readOpenDict(memory, dict, address, maxEntries)
    : readOrderedDict(memory, dict, address, maxEntries);
}

/** The value under a key that is text, among the first entries; undefined when there is none. */
export function findInDict(
  memory: ProcessMemory,
  layout: Layout,
  address: number,
  key: string,
  maxEntries = MAX_ENTRIES,
): number | undefined {
  let failures = 0;
  for (const entry of readDict(memory, layout, address, maxEntries)?.entries ?? []) {
    const text = readText(memory, layout, entry.key, key.length + 1);
    if (text === key) return entry.value;
    // Keys need not be text, but a dict of many that are not is not a dict.
    if (text === undefined && ++failures === MAX_FAILURES) return undefined;
  }
  return undefined;
}

type OpenDict = Extract<DictLayout, { kind: 'open' }>;
type OrderedDict = Extract<DictLayout, { kind: 'ordered' }>;

const WIDE_ENTRY = 24;
const NARROW_ENTRY = 16;

function readOpenDict(
  memory: ProcessMemory,
  layout: OpenDict,
  address: number,
  maxEntries: number,
): DictRead | undefined {
  const header = readView(memory, address, layout.table + 8);
  if (header === undefined) return undefined;
  const places = pointerIn(header, layout.mask) + 1;
  const length = pointerIn(header, layout.used);
  if (places > MAX_PLACES || length > places) return undefined;
  const count = Math.min(places, MAX_ENTRIES);
  const table = readView(memory, pointerIn(header, layout.table), count * WIDE_ENTRY);
  if (table === undefined) return undefined;
  const entries: DictEntry[] = [];
  for (let at = 0; at < count * WIDE_ENTRY && entries.length < maxEntries; at += WIDE_ENTRY) {
    addEntry(entries, pointerIn(table, at + 8), pointerIn(table, at + 16), pointerIn(table, at));
  }
  return { length, entries };
}

function readOrderedDict(
  memory: ProcessMemory,
  layout: OrderedDict,
  address: number,
  maxEntries: number,
): DictRead | undefined {
  const header = readView(memory, address, layout.values + 8);
  if (header === undefined) return undefined;
  const length = pointerIn(header, layout.used);
  const keys = readDictKeys(memory, layout, pointerIn(header, layout.keys), maxEntries);
  if (keys === undefined || length > MAX_PLACES) return undefined;
  const values = pointerIn(header, layout.values);
  if (values === 0) return { length, entries: keys.entries };
  return { length, entries: takeValues(memory, keys, values + layout.valuesBegin) };
}

/** The values of instances or dicts that share their keys: an array as long as the keys. */
export function takeValues(memory: ProcessMemory, keys: DictKeys, values: number): DictEntry[] {
  const array = readView(memory, values, keys.keys.length * 8);
  const entries: DictEntry[] = [];
  if (array === undefined) return entries;
  keys.keys.forEach((key, index) => {
    addEntry(entries, key, pointerIn(array, index * 8), undefined);
  });
  return entries;
}

/** PyDictKeysObject. */
export interface DictKeys {
  /** Address of each key in order; 0 for places given up. */
  readonly keys: readonly number[];
  /** Entries that have their values beside the keys. */
  readonly entries: readonly DictEntry[];
}

/** Keys, and the values that stand beside them. */
export function readDictKeys(
  memory: ProcessMemory,
  layout: OrderedDict,
  address: number,
  maxEntries = MAX_ENTRIES,
): DictKeys | undefined {
  const shape =
    layout.keysFormat === 'log2' ? readLog2Shape(memory, address) : readSizedShape(memory, address);
  if (shape === undefined || shape.count > MAX_PLACES) return undefined;
  const count = Math.min(shape.count, maxEntries);
  const table = readView(memory, shape.entries, count * shape.entrySize);
  if (table === undefined) return undefined;
  const keys: number[] = [];
  const entries: DictEntry[] = [];
  for (let at = 0; at < count * shape.entrySize; at += shape.entrySize) {
    const isWide = shape.entrySize === WIDE_ENTRY;
    const keyAt = isWide ? at + 8 : at;
    const key = pointerIn(table, keyAt);
    keys.push(key);
    addEntry(entries, key, pointerIn(table, keyAt + 8), isWide ? pointerIn(table, at) : undefined);
  }
  return { keys, entries };
}

interface KeysShape {
  readonly entries: number;
  readonly entrySize: number;
  readonly count: number;
}

/** 3.11+: {refcnt, u8 log2 size, u8 log2 index bytes, u8 kind, u32 version, usable, entries used}, indices, entries. */
function readLog2Shape(memory: ProcessMemory, address: number): KeysShape | undefined {
  const header = readView(memory, address, 32);
  if (header === undefined) return undefined;
  const indexBytes = header.getUint8(9);
  if (indexBytes > 40) return undefined;
  // Kind 0: any keys, with their hashes. 1: str keys. 2: str keys shared by instances.
  const entrySize = header.getUint8(10) === 0 ? WIDE_ENTRY : NARROW_ENTRY;
  return { entries: address + 32 + 2 ** indexBytes, entrySize, count: pointerIn(header, 24) };
}

/** 3.6 … 3.10: {refcnt, size, lookup function, usable, entries used}, indices of 1, 2, 4 or 8 bytes, entries. */
function readSizedShape(memory: ProcessMemory, address: number): KeysShape | undefined {
  const header = readView(memory, address, 40);
  if (header === undefined) return undefined;
  const size = pointerIn(header, 8);
  if (size > MAX_PLACES) return undefined;
  const indexSize = size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
  return { entries: address + 40 + size * indexSize, entrySize: WIDE_ENTRY, count: pointerIn(header, 32) };
}

/** Deleted entries have no value, free ones no key. */
function addEntry(entries: DictEntry[], key: number, value: number, hash: number | undefined): void {
  if (key !== 0 && value !== 0) entries.push({ key, value, hash });
}

/** The dict of a module object: the first field behind its header. */
export function readModuleDict(memory: ProcessMemory, layout: Layout, module: number): number | undefined {
  return readPointer(memory, module + layout.objects.headerSize);
}
