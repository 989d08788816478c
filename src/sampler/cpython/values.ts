// Any object as short text, read from outside: numbers, texts and containers by their contents, others by their class.
// Limits in every direction, because the objects belong to a program that runs on, and may be changed under our hands.

import type { ProcessMemory } from '../process/memory.ts';
import { findInDict, readDict } from './dicts.ts';
import type { Layout } from './layout.ts';
import { pointerIn, readPointer, readView } from './remote-values.ts';
import { decodeByteString, readBytesObject, readText, readTextObject, readUnicode27 } from './strings.ts';
import { type TypeInfo, TypeReader } from './types.ts';
import { formatBytes, formatComplex, formatFloat, formatText } from './value-text.ts';

/** How much of a value is shown. */
export interface ValueLimits {
  /** Characters of a text, bytes of a bytes object. */
  readonly textLength: number;
  /** Items of a container. */
  readonly items: number;
  /** Containers inside containers. */
  readonly depth: number;
  /** Objects looked at for one value altogether. */
  readonly objects: number;
}

export const DEFAULT_VALUE_LIMITS: ValueLimits = { textLength: 100, items: 8, depth: 3, objects: 200 };

/** Decimal digits of an int that are shown. */
const MAX_DECIMALS = 40;
/** Larger ints are not converted: 30 bits a digit. */
const MAX_INT_DIGITS = 4096;
/** No container has more items. */
const MAX_LENGTH = 2 ** 40;
/** Places of a set's table that are searched for its first items. */
const MAX_SET_PLACES = 4096;

/** Formats values of one process, for one look at it. */
export class ValueFormatter {
  readonly #memory: ProcessMemory;
  readonly #layout: Layout;
  readonly #types: TypeReader;
  readonly #limits: ValueLimits;
  /** Modules of classes made by `class`. */
  readonly #modules = new Map<number, string>();
  #objectsLeft = 0;

  constructor(memory: ProcessMemory, layout: Layout, limits: ValueLimits = DEFAULT_VALUE_LIMITS) {
    this.#memory = memory;
    this.#layout = layout;
    this.#types = new TypeReader(memory, layout);
    this.#limits = limits;
  }

  /** The object at an address as text, always of limited length. */
  format(address: number): string {
    this.#objectsLeft = this.#limits.objects;
    return this.#format(address, 0);
  }

  /** The value in a cell object, undefined when the cell is empty; the address itself when it is no cell. */
  unwrapCell(address: number): number | undefined {
    if (this.#types.typeOf(address)?.name !== 'cell') return address;
    return readPointer(this.#memory, address + this.#layout.objects.cell.value) || undefined;
  }

  #format(address: number, depth: number): string {
    if (this.#objectsLeft-- <= 0) return '…';
    const type = this.#types.typeOf(address);
    if (type === undefined) return unreadable(address);
    const content = this.#formatContent(address, type, depth);
    if (content === undefined) return this.#formatOther(address, type);
    // Of subclasses, the class matters as much as the content.
    return type.isHeapType ? `${type.name}(${content})` : content;
  }

  #formatContent(address: number, type: TypeInfo, depth: number): string | undefined {
    if (type.name === 'bool') return this.#formatBool(address, type);
    switch (type.base) {
      case 'int27':
        return readView(this.#memory, address + this.#layout.objects.headerSize, 8)
          ?.getBigInt64(0, true)
          .toString();
      case 'int':
        return this.#formatInt(address);
      case 'text':
        return this.#formatText(address);
      case 'bytes':
        return this.#formatBytes(address);
      case 'tuple':
        return this.#formatTuple(address, depth);
      case 'list':
        return this.#formatList(address, depth);
      case 'dict':
        return this.#formatDict(address, depth);
      case undefined:
        return type.isHeapType ? undefined : this.#formatByName(address, type.name, depth);
    }
  }

  /** Built-in types without a flag of their own. */
  #formatByName(address: number, name: string, depth: number): string | undefined {
    switch (name) {
      case 'NoneType':
        return 'None';
      case 'ellipsis':
        return 'Ellipsis';
      case 'NotImplementedType':
        return 'NotImplemented';
      case 'float': {
        const view = readView(this.#memory, address + this.#layout.objects.float.value, 8);
        return view && formatFloat(view.getFloat64(0, true));
      }
      case 'complex': {
        const view = readView(this.#memory, address + this.#layout.objects.float.value, 16);
        return view && formatComplex(view.getFloat64(0, true), view.getFloat64(8, true));
      }
      case 'set':
      case 'frozenset':
        return this.#formatSet(address, name, depth);
      case 'frozendict': {
        const text = this.#formatDict(address, depth);
        return text && `frozendict(${text})`;
      }
      default:
        return undefined;
    }
  }

  #formatBool(address: number, type: TypeInfo): string | undefined {
    const { headerSize, int } = this.#layout.objects;
    const at = type.base === 'int27' ? headerSize : int.digits;
    const view = readView(this.#memory, address + at, 4);
    return view && (view.getUint32(0, true) === 0 ? 'False' : 'True');
  }

  #formatInt(address: number): string | undefined {
    const { int, varSize } = this.#layout.objects;
    const header = readView(this.#memory, address, int.digits);
    if (header === undefined) return undefined;
    let digits: number;
    let isNegative: boolean;
    if (int.tag === undefined) {
      const size = header.getBigInt64(varSize, true);
      isNegative = size < 0n;
      digits = Number(isNegative ? -size : size);
    } else {
      const tag = pointerIn(header, int.tag);
      isNegative = (tag & 3) === 2;
      digits = (tag & 3) === 1 ? 0 : Math.floor(tag / 8);
    }
    if (digits > MAX_LENGTH) return undefined;
    if (digits > MAX_INT_DIGITS) return `<int of about ${digits * 30} bits>`;
    const view = readView(this.#memory, address + int.digits, digits * 4);
    if (view === undefined) return undefined;
    let value = 0n;
    for (let digit = digits - 1; digit >= 0; digit--) {
      value = (value << 30n) + BigInt(view.getUint32(digit * 4, true));
    }
    return shortenDecimals((isNegative ? -value : value).toString());
  }

  #formatText(address: number): string | undefined {
    const limit = this.#limits.textLength;
    const isUnicode27 = this.#layout.version.major === 2;
    const read = isUnicode27
      ? readUnicode27(this.#memory, this.#layout, address, limit)
      : readTextObject(this.#memory, this.#layout, address, limit);
    if (read === undefined) return undefined;
    const text = `${isUnicode27 ? 'u' : ''}${formatText(read.text)}`;
    return read.length > limit ? `${text}… (${read.length} characters)` : text;
  }

  #formatBytes(address: number): string | undefined {
    const limit = this.#limits.textLength;
    const read = readBytesObject(this.#memory, this.#layout, address, limit);
    if (read === undefined) return undefined;
    // In 2.7 this is str.
    const isText = this.#layout.version.major === 2;
    const text = isText ? formatText(decodeByteString(read.bytes)) : formatBytes(read.bytes);
    return read.length > limit ? `${text}… (${read.length} bytes)` : text;
  }

  #formatTuple(address: number, depth: number): string | undefined {
    const { size, items } = this.#layout.objects.tuple;
    const length = readPointer(this.#memory, address + size);
    if (length === undefined || length > MAX_LENGTH) return undefined;
    const parts = this.#formatItems(address + items, length, depth);
    return parts && `(${parts.join(', ')}${length === 1 ? ',' : ''})`;
  }

  #formatList(address: number, depth: number): string | undefined {
    const { size, items } = this.#layout.objects.list;
    const length = readPointer(this.#memory, address + size);
    const array = readPointer(this.#memory, address + items);
    if (length === undefined || array === undefined || length > MAX_LENGTH) return undefined;
    const parts = this.#formatItems(array, length, depth);
    return parts && `[${parts.join(', ')}]`;
  }

  /** The first of an array of references, and how many more there are. */
  #formatItems(array: number, length: number, depth: number): string[] | undefined {
    if (length > 0 && depth >= this.#limits.depth) return ['…'];
    const count = Math.min(length, this.#limits.items);
    const view = readView(this.#memory, array, count * 8);
    if (view === undefined) return undefined;
    const parts = Array.from({ length: count }, (_, index) => {
      const item = pointerIn(view, index * 8);
      return item === 0 ? '<unset>' : this.#format(item, depth + 1);
    });
    return addRest(parts, length);
  }

  #formatDict(address: number, depth: number): string | undefined {
    // Deleted entries take places too: a few more than are shown.
    const read = readDict(this.#memory, this.#layout, address, this.#limits.items * 8);
    if (read === undefined) return undefined;
    if (read.length > 0 && depth >= this.#limits.depth) return '{…}';
    const parts = read.entries
      .slice(0, this.#limits.items)
      .map(({ key, value }) => `${this.#format(key, depth + 1)}: ${this.#format(value, depth + 1)}`);
    return `{${addRest(parts, read.length).join(', ')}}`;
  }

  #formatSet(address: number, name: string, depth: number): string | undefined {
    const { used, mask, table, key } = this.#layout.objects.set;
    const length = readPointer(this.#memory, address + used);
    const places = (readPointer(this.#memory, address + mask) ?? MAX_LENGTH) + 1;
    const array = readPointer(this.#memory, address + table);
    if (length === undefined || array === undefined || places > MAX_LENGTH || length > places)
      return undefined;
    if (length === 0) return `${name}()`;
    let parts = ['…'];
    if (depth < this.#limits.depth) {
      const keys = this.#readSetKeys(array, Math.min(places, MAX_SET_PLACES), key);
      if (keys === undefined) return undefined;
      parts = addRest(
        keys.slice(0, this.#limits.items).map((one) => this.#format(one, depth + 1)),
        length,
      );
    }
    return name === 'set' ? `{${parts.join(', ')}}` : `${name}({${parts.join(', ')}})`;
  }

  #readSetKeys(array: number, places: number, keyAt: number): number[] | undefined {
    const view = readView(this.#memory, array, places * 16);
    if (view === undefined) return undefined;
    const keys: number[] = [];
    for (let at = 0; at < places * 16 && keys.length < this.#limits.items; at += 16) {
      const key = pointerIn(view, at + keyAt);
      // Removed items leave a dummy behind, whose hash is -1; in 2.7 a certain str.
      if (key === 0 || view.getBigInt64(at + 8 - keyAt, true) === -1n) continue;
      if (this.#layout.version.major === 2 && this.#isDummy27(key)) continue;
      keys.push(key);
    }
    return keys;
  }

  #isDummy27(key: number): boolean {
    if (this.#types.typeOf(key)?.base !== 'bytes') return false;
    return readText(this.#memory, this.#layout, key, 16) === '<dummy key>';
  }

  /** `<module.Class at 0x7f…>`, `<class 'module.Class'>`. */
  #formatOther(address: number, type: TypeInfo): string {
    if (
      type.name === 'type' ||
      type.name === 'ABCMeta' ||
      type.name === 'EnumMeta' ||
      type.name === 'EnumType'
    ) {
      const itself = this.#types.read(address);
      if (itself !== undefined) return `<class '${this.#nameOf(itself)}'>`;
    }
    if (type.name === 'instance' && this.#layout.version.major === 2) {
      return `<${this.#nameOfOldInstance(address) ?? 'instance'} at ${hexAddress(address)}>`;
    }
    return `<${this.#nameOf(type)} at ${hexAddress(address)}>`;
  }

  #nameOf(type: TypeInfo): string {
    if (!type.isHeapType || type.name.includes('.')) return type.name;
    let module = this.#modules.get(type.address);
    if (module === undefined) {
      module = this.#readModuleName(type.dict) ?? '';
      this.#modules.set(type.address, module);
    }
    return module === '' || module === 'builtins' ? type.name : `${module}.${type.name}`;
  }

  #readModuleName(dict: number): string | undefined {
    const module = dict === 0 ? undefined : findInDict(this.#memory, this.#layout, dict, '__module__', 64);
    return module === undefined ? undefined : readText(this.#memory, this.#layout, module, 200);
  }

  /** Instances of classes without a base in 2.7: {header, class}, class {header, bases, dict, name}. */
  #nameOfOldInstance(address: number): string | undefined {
    const { headerSize } = this.#layout.objects;
    const view = readView(
      this.#memory,
      readPointer(this.#memory, address + headerSize) ?? 0,
      headerSize + 24,
    );
    if (view === undefined) return undefined;
    const name = readText(this.#memory, this.#layout, pointerIn(view, headerSize + 16), 200);
    const module = this.#readModuleName(pointerIn(view, headerSize + 8));
    if (name === undefined) return undefined;
    return module === undefined ? name : `${module}.${name}`;
  }
}

function addRest(parts: string[], length: number): string[] {
  return length > parts.length ? [...parts, `… ${length - parts.length} more`] : parts;
}

function shortenDecimals(text: string): string {
  if (text.length <= MAX_DECIMALS) return text;
  return `${text.slice(0, MAX_DECIMALS)}… (${text.replace('-', '').length} digits)`;
}

function unreadable(address: number): string {
  return `<unreadable at ${hexAddress(address)}>`;
}

function hexAddress(address: number): string {
  return `0x${address.toString(16)}`;
}
