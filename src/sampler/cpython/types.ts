// Types of objects: their names, and the flags that tell how their instances are laid out.

import type { ProcessMemory } from '../process/memory.ts';
import type { Layout } from './layout.ts';
import { pointerIn, readPointer, readView } from './remote-values.ts';
import { decodeByteString } from './strings.ts';

/** A type, as far as reading its instances needs it. */
export interface TypeInfo {
  readonly address: number;
  /** tp_name: "int", "collections.deque"; of classes made by `class` only the last part. */
  readonly name: string;
  /** Made by `class`, so its module stands in its dict. */
  readonly isHeapType: boolean;
  /** The built-in type it is or derives from. */
  readonly base: BaseType | undefined;
  /** Instances have a pointer to their dict before them (3.11+). */
  readonly hasManagedDict: boolean;
  /** Instances have attribute values behind them (3.13+). */
  readonly hasInlineValues: boolean;
  readonly basicSize: number;
  /** Where instances keep the pointer to their dict; 0 or negative when there is no such fixed place. */
  readonly dictOffset: number;
  /** Pointer to the dict of the class. */
  readonly dict: number;
}

/** Base types that have a flag of their own: Include/object.h, Py_TPFLAGS_…_SUBCLASS. 'int27' is int in 2.7. */
export type BaseType = 'int27' | 'int' | 'list' | 'tuple' | 'bytes' | 'text' | 'dict';

const FLAG_INLINE_VALUES = 1 << 2;
const FLAG_MANAGED_DICT = 1 << 4;
const FLAG_HEAP_TYPE = 1 << 9;
const BASE_FLAGS: readonly (readonly [number, BaseType])[] = [
  [1 << 23, 'int27'],
  [1 << 24, 'int'],
  [1 << 25, 'list'],
  [1 << 26, 'tuple'],
  [1 << 27, 'bytes'],
  [1 << 28, 'text'],
  [1 << 29, 'dict'],
];
/** Longer names of types are cut. */
const MAX_NAME = 256;
const NAME_STEP = 64;

/** Reads types, each once. Types are hardly ever freed, but keep one reader for one look at the process only. */
export class TypeReader {
  readonly #memory: ProcessMemory;
  readonly #layout: Layout;
  readonly #types = new Map<number, TypeInfo | undefined>();

  constructor(memory: ProcessMemory, layout: Layout) {
    this.#memory = memory;
    this.#layout = layout;
  }

  /** The type of the object at an address; undefined when there is no object. */
  typeOf(object: number): TypeInfo | undefined {
    const address = readPointer(this.#memory, object + this.#layout.objects.type);
    return address === undefined ? undefined : this.read(address);
  }

  /** The type at an address. */
  read(address: number): TypeInfo | undefined {
    if (this.#types.has(address)) return this.#types.get(address);
    const info = readType(this.#memory, this.#layout, address);
    this.#types.set(address, info);
    return info;
  }
}

function readType(memory: ProcessMemory, layout: Layout, address: number): TypeInfo | undefined {
  const { typeObject, type } = layout.objects;
  const view = readView(memory, address, typeObject.dictOffset + 8);
  // A type is an object as well: the type of types is its own type.
  if (view === undefined || readPointer(memory, pointerIn(view, type) + type) === undefined) return undefined;
  const name = readName(memory, pointerIn(view, typeObject.name));
  if (name === undefined) return undefined;
  const flags = view.getUint32(typeObject.flags, true);
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const { kind } = layout.objects.attributes;
  const base = BASE_FLAGS.find(([flag]) => has(flag))?.[1];
  return {
    address,
    name,
    isHeapType: has(FLAG_HEAP_TYPE),
    base: base === 'int27' && layout.version.major > 2 ? undefined : base,
    // These bits mean other things in versions without such attributes.
    hasManagedDict: kind !== 'dict-only' && has(FLAG_MANAGED_DICT),
    hasInlineValues: kind === 'inline-values' && has(FLAG_INLINE_VALUES),
    basicSize: view.getInt32(typeObject.basicSize, true),
    dictOffset: view.getInt32(typeObject.dictOffset, true),
    dict: pointerIn(view, typeObject.dict),
  };
}

/** NUL-terminated UTF-8. */
function readName(memory: ProcessMemory, address: number): string | undefined {
  const bytes = new Uint8Array(MAX_NAME);
  for (let at = 0; at < MAX_NAME; at += NAME_STEP) {
    const piece = bytes.subarray(at, at + NAME_STEP);
    // In steps, as the name may lie at the end of a memory area; the rest byte by byte then.
    if (!memory.readInto(address + at, piece)) {
      for (let byte = 0; byte < NAME_STEP; byte++) {
        if (!memory.readInto(address + at + byte, piece.subarray(byte, byte + 1))) return undefined;
        if (piece[byte] === 0) break;
      }
    }
    if (piece.includes(0)) break;
  }
  const end = bytes.indexOf(0);
  const text = decodeByteString(bytes.subarray(0, end < 0 ? MAX_NAME : end));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name of a type has them, but garbage does
  return text === '' || /[\x00-\x1f\x7f]/.test(text) ? undefined : text;
}
