// Reading a code object: what a frame shows of it, and the bytes by which it is known again.

import type { ProcessMemory } from '../process/memory.ts';
import type { Layout } from './layout.ts';
import { type LineTable, parseLineTable } from './line-table.ts';
import { readBytes, readTextObject, type TextRead } from './strings.ts';

/** A code object as it was when it was read. */
export interface CodeObject {
  readonly address: number;
  readonly name: string;
  /** 3.11+: with the names of the classes and functions around it. */
  readonly qualifiedName: string | undefined;
  readonly fileName: string;
  readonly firstLine: number;
  readonly lines: LineTable;
  /** Address of the byte code that instruction pointers point into; 0 up to 3.10, where they are offsets. */
  readonly codeStart: number;
  /** Address of copy `index` of the byte code (free-threaded 3.14+); 0 when there is none. Reads memory. */
  threadCodeStart(index: number): number;
  /**
   * Pieces of memory, each a multiple of 8 bytes, that hold `fingerprint` as long as the same code object is at this
   * address: what identifies it in itself and, where no version number does that, in its texts.
   */
  readonly identity: readonly { readonly address: number; readonly length: number }[];
  /** The contents of the pieces, one behind the other. */
  readonly fingerprint: Uint32Array;
}

/** Line numbers are ints, and no file has more lines than this. */
const MAX_LINE = 1 << 30;
/** Above this many references a file's name is shared by a whole module and outlives a single code object. */
const MAX_OWN_REFERENCES = 8;

/** Undefined when there is no code object at this address, or when it changed while it was read. */
export function readCode(memory: ProcessMemory, layout: Layout, address: number): CodeObject | undefined {
  const { code } = layout;
  const bytes = new Uint8Array(code.identityEnd);
  if (!memory.readInto(address, bytes)) return undefined;
  const view = new DataView(bytes.buffer);
  const pointer = (at: number) => view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;

  const firstLine = view.getInt32(code.firstLine, true);
  const name = readTextObject(memory, layout, pointer(code.name));
  const fileName = readTextObject(memory, layout, pointer(code.fileName));
  if (name === undefined || fileName === undefined || firstLine < 0 || firstLine > MAX_LINE) return undefined;
  let qualifiedName: TextRead | undefined;
  if (code.qualifiedName !== undefined) {
    const at = pointer(code.qualifiedName);
    qualifiedName = at === pointer(code.name) ? name : readTextObject(memory, layout, at);
    if (qualifiedName === undefined) return undefined;
  }
  const table = readBytes(memory, layout, pointer(code.lineTable));
  if (table === undefined) return undefined;

  const identity: { address: number; bytes: Uint8Array }[] = [
    { address: address + code.identityBegin, bytes: bytes.slice(code.identityBegin) },
  ];
  if (!code.hasVersion) {
    const at = layout.objects.varSize;
    identity.push({ address: pointer(code.name) + at, bytes: name.identity });
    if (isOwned(memory, pointer(code.fileName))) {
      identity.push({ address: pointer(code.fileName) + at, bytes: fileName.identity });
    }
  }
  if (!isUnchanged(memory, identity)) return undefined;
  return {
    address,
    name: name.text,
    qualifiedName: qualifiedName?.text,
    fileName: fileName.text,
    firstLine,
    lines: parseLineTable(code.lineTableFormat, table, firstLine),
    codeStart: code.codeStart === undefined ? 0 : address + code.codeStart,
    threadCodeStart: (index) => readThreadCodeStart(memory, layout, address, index),
    identity: identity.map((piece) => ({ address: piece.address, length: piece.bytes.length })),
    fingerprint: toWords(identity.map((piece) => piece.bytes)),
  };
}

/** Does an object have few references, so that it may end together with the code object? */
function isOwned(memory: ProcessMemory, address: number): boolean {
  const bytes = new Uint8Array(8);
  if (!memory.readInto(address, bytes)) return true;
  const view = new DataView(bytes.buffer);
  return view.getUint32(4, true) === 0 && view.getUint32(0, true) <= MAX_OWN_REFERENCES;
}

/** The texts were read after the code object: still the same one says that they belong to it. */
function isUnchanged(
  memory: ProcessMemory,
  identity: readonly { address: number; bytes: Uint8Array }[],
): boolean {
  return identity.every(({ address, bytes }) => {
    const now = new Uint8Array(bytes.length);
    return memory.readInto(address, now) && now.every((byte, at) => byte === bytes[at]);
  });
}

function toWords(pieces: readonly Uint8Array[]): Uint32Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return new Uint32Array(bytes.buffer);
}

/** More copies than threads that ever ran at once are not believed. */
const MAX_THREAD_CODES = 1 << 20;

/** co_tlbc points to {i64 size, pointers}. */
function readThreadCodeStart(memory: ProcessMemory, layout: Layout, address: number, index: number): number {
  const { codeStart, threadCode } = layout.code;
  if (index === 0 || threadCode === undefined) return address + (codeStart ?? 0);
  if (index < 0 || index > MAX_THREAD_CODES) return 0;
  const word = new DataView(new ArrayBuffer(8));
  const read = (at: number): number => {
    if (!memory.readInto(at, new Uint8Array(word.buffer))) return 0;
    return word.getUint32(0, true) + word.getUint32(4, true) * 2 ** 32;
  };
  const array = read(address + threadCode);
  return array === 0 || index >= read(array) ? 0 : read(array + 8 + index * 8);
}
