// Text and bytes objects of a CPython process, of every version and kind. The process runs on while they are read: whatever
// makes no sense is undefined, never an exception and never a large allocation.

import type { ProcessMemory } from '../process/memory.ts';
import type { Layout, TextLayout } from './layout.ts';

/** Text longer than this many characters is cut here: no name is, and values are shown shorter anyway. */
export const MAX_TEXT_LENGTH = 1 << 20;
/** Bytes objects above this size are not read: the line table of a generated module has some hundred KB. */
export const MAX_BYTES = 32 << 20;
/** Read at first: header and characters of nearly all names, so that one read is enough. */
const FIRST_READ = 192;
/** Above this a length is garbage. */
const MAX_BELIEVED = 2 ** 40;

/** The text of an object that holds text by its version's rules: str, and in 2.7 str or unicode. */
export interface TextRead {
  readonly text: string;
  /** Characters of the whole text, of which `text` may be the beginning only. */
  readonly length: number;
  /** Bytes of its header that stay the same as long as the object lives: its length and its hash. */
  readonly identity: Uint8Array;
}

/**
 * The text of a name: of a str object, which in 2.7 is one of bytes. Undefined when there is none at this address.
 * Up to `maxLength` characters of it.
 */
export function readText(
  memory: ProcessMemory,
  layout: Layout,
  address: number,
  maxLength = MAX_TEXT_LENGTH,
): string | undefined {
  return readTextObject(memory, layout, address, maxLength)?.text;
}

/** Like readText, with more about it. */
export function readTextObject(
  memory: ProcessMemory,
  layout: Layout,
  address: number,
  maxLength = MAX_TEXT_LENGTH,
): TextRead | undefined {
  const { text } = layout.objects;
  if (text.kind === 'compact') return readCompactText(memory, text, address, maxLength);
  const read = readBytesObject(memory, layout, address, maxLength);
  return read && { text: decodeByteString(read.bytes), length: read.length, identity: read.identity };
}

/** Text of 2.7's unicode type. */
export function readUnicode27(
  memory: ProcessMemory,
  layout: Layout,
  address: number,
  maxLength = MAX_TEXT_LENGTH,
): { text: string; length: number } | undefined {
  const { text } = layout.objects;
  if (text.kind !== 'units') return undefined;
  const header = new DataView(new ArrayBuffer(text.data + 8));
  if (!memory.readInto(address, new Uint8Array(header.buffer))) return undefined;
  const length = readLength(header, text.length);
  const data = readAddress(header, text.data);
  if (length === undefined) return undefined;
  const count = Math.min(length, maxLength);
  // Builds have two or four bytes per unit. Read as the wrong four, two letters make a number above all characters.
  const wide = readUnits(memory, data, count, 4);
  if (wide !== undefined) {
    const points = new Uint32Array(wide.buffer);
    if (points.every((point) => point <= 0x10ffff)) return { text: decodePoints(points), length };
  }
  const narrow = readUnits(memory, data, count, 2);
  return narrow && { text: decodeUtf16(narrow), length };
}

function readUnits(memory: ProcessMemory, data: number, count: number, size: number): Uint8Array | undefined {
  const bytes = new Uint8Array(count * size);
  return memory.readInto(data, bytes) ? bytes : undefined;
}

/** The contents of a bytes object (2.7: str), up to `maxLength` bytes; undefined when there is none or it is too big. */
export function readBytes(
  memory: ProcessMemory,
  layout: Layout,
  address: number,
  maxLength = MAX_BYTES,
): Uint8Array | undefined {
  return readBytesObject(memory, layout, address, maxLength)?.bytes;
}

/** Like readBytes, with the length of the whole. */
export function readBytesObject(
  memory: ProcessMemory,
  layout: Layout,
  address: number,
  maxLength = MAX_BYTES,
): { bytes: Uint8Array; length: number; identity: Uint8Array } | undefined {
  const { size, data } = layout.objects.bytes;
  const first = readBeginning(memory, address, data);
  if (first === undefined) return undefined;
  const length = readLength(viewOf(first), size);
  if (length === undefined) return undefined;
  const count = Math.min(length, maxLength);
  const bytes = takeOrRead(memory, first, address, data, count);
  return bytes && { bytes, length, identity: first.slice(size, size + 16) };
}

/** 2.7 does not say how its strings are encoded: UTF-8 if it can be, else one byte is one letter. */
export function decodeByteString(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

type CompactTextLayout = Extract<TextLayout, { kind: 'compact' }>;

function readCompactText(
  memory: ProcessMemory,
  layout: CompactTextLayout,
  address: number,
  maxLength: number,
): TextRead | undefined {
  const first = readBeginning(memory, address, layout.compactData + 8, layout.asciiData);
  if (first === undefined) return undefined;
  const view = viewOf(first);
  const length = readLength(view, layout.length);
  const state = parseState(view.getUint32(layout.state, true), layout.kindShift);
  if (length === undefined || state === undefined) return undefined;
  const size = Math.min(length, maxLength) * state.kind;
  let bytes: Uint8Array | undefined;
  if (state.isCompact) {
    const data = state.isAscii ? layout.asciiData : layout.compactData;
    bytes = takeOrRead(memory, first, address, data, size);
  } else if (first.length < layout.compactData + 8) {
    return undefined;
  } else {
    // Subclasses of str, and up to 3.11 strings made through the old API.
    bytes = takeOrRead(memory, new Uint8Array(), readAddress(view, layout.compactData), 0, size);
  }
  if (bytes === undefined) return undefined;
  return {
    text: decodeKind(bytes, state.kind),
    length,
    identity: first.slice(layout.length, layout.length + 16),
  };
}

interface TextState {
  readonly kind: 1 | 2 | 4;
  readonly isCompact: boolean;
  readonly isAscii: boolean;
}

/** The bit field `state`; undefined when it cannot be one. */
function parseState(state: number, kindShift: number): TextState | undefined {
  const bits = state >>> kindShift;
  const kind = bits & 7;
  if (kind !== 1 && kind !== 2 && kind !== 4) return undefined;
  const isAscii = (bits & 16) !== 0;
  if (isAscii && kind !== 1) return undefined;
  return { kind, isCompact: (bits & 8) !== 0, isAscii };
}

function decodeKind(bytes: Uint8Array, kind: 1 | 2 | 4): string {
  if (kind === 1) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (kind === 2) return decodeUtf16(bytes);
  const aligned = bytes.slice();
  return decodePoints(new Uint32Array(aligned.buffer, 0, aligned.length >>> 2));
}

/** Lone surrogates, which Python allows and uses for undecodable bytes in paths, stay as they are. */
function decodeUtf16(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf16le');
}

function decodePoints(points: Uint32Array): string {
  const pieces: string[] = [];
  // Arguments of one call go on the stack: not too many of them.
  for (let at = 0; at < points.length; at += 4096) {
    const piece = Array.from(points.subarray(at, at + 4096), (point) => (point <= 0x10ffff ? point : 0xfffd));
    pieces.push(String.fromCodePoint(...piece));
  }
  return pieces.join('');
}

/** Header and beginning of an object: FIRST_READ bytes, or near the end of a memory area the first size that can be read. */
function readBeginning(
  memory: ProcessMemory,
  address: number,
  ...shorter: readonly number[]
): Uint8Array | undefined {
  for (const size of [FIRST_READ, ...shorter]) {
    const bytes = new Uint8Array(size);
    if (memory.readInto(address, bytes)) return bytes;
  }
  return undefined;
}

/** `count` bytes at address + offset: from what was read already if they are there. */
function takeOrRead(
  memory: ProcessMemory,
  first: Uint8Array,
  address: number,
  offset: number,
  count: number,
): Uint8Array | undefined {
  if (offset + count <= first.length) return first.subarray(offset, offset + count);
  const bytes = new Uint8Array(count);
  return memory.readInto(address + offset, bytes) ? bytes : undefined;
}

/** An i64 length; undefined when it cannot be one. */
function readLength(view: DataView, at: number): number | undefined {
  const length = readAddress(view, at);
  return length < MAX_BELIEVED ? length : undefined;
}

function readAddress(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
