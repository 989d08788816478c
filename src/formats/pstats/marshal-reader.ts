// Python's marshal format, as far as data goes: what `marshal.dump` of dictionaries, tuples, numbers and texts writes, in all
// its versions (0 to 5, Python 2 and 3). Of code objects, which `python -m profile` takes for names, the name is read.
// https://github.com/python/cpython/blob/main/Python/marshal.c

import { BlockReader } from '../../base/block-reader.ts';
import { MalformedError } from '../../base/malformed.ts';
import { decodeText } from '../../base/text-bytes.ts';

export type MarshalValue = null | boolean | number | string | readonly MarshalValue[] | MarshalDict;

export interface MarshalDict {
  readonly entries: readonly (readonly [MarshalValue, MarshalValue])[];
}

/** Containers within containers. */
export const MAX_DEPTH = 100;
/** Set in the type of a value that later ones refer to. */
const FLAG_REF = 0x80;

/** What is no UTF-8, as names of Python 2 may be, becomes the replacement character. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads values one by one. Throws MalformedError at what is none. */
export class MarshalReader {
  readonly #input: BlockReader;
  /** Values that were marked to be referred to; undefined while they are still being read. */
  readonly #refs: (MarshalValue | undefined)[] = [];
  /** Python 2's own list of texts to be referred to. */
  readonly #interned: string[] = [];
  #depth = 0;

  constructor(blocks: Iterable<Uint8Array>) {
    this.#input = new BlockReader(blocks);
  }

  get offset(): number {
    return this.#input.offset;
  }

  get isAtEnd(): boolean {
    return this.#input.isAtEnd;
  }

  /** Goes into a dictionary, to read its keys and values one by one: large ones are never held as a whole. */
  enterDict(): void {
    const type = this.#input.readByte();
    if ((type & ~FLAG_REF) !== 0x7b) throw this.#error('no dictionary');
    if (type & FLAG_REF) this.#refs.push(undefined);
  }

  /** The next key of the dictionary entered; undefined behind the last one. */
  nextKey(): MarshalValue | undefined {
    return this.#read();
  }

  value(): MarshalValue {
    const value = this.#read();
    if (value === undefined) throw this.#error('no value');
    return value;
  }

  /** Undefined for the mark that ends dictionaries. */
  #read(): MarshalValue | undefined {
    const code = this.#input.readByte();
    const type = String.fromCharCode(code & ~FLAG_REF);
    if (type === '0') return undefined;
    if (type === 'r') return this.#reference(this.#int32());
    const slot = (code & FLAG_REF) !== 0 ? this.#refs.push(undefined) - 1 : -1;
    const value = this.#readValue(type);
    if (slot >= 0) this.#refs[slot] = value;
    return value;
  }

  #readValue(type: string): MarshalValue {
    switch (type) {
      case 'N':
      case 'S':
      case '.':
        return null;
      case 'F':
        return false;
      case 'T':
        return true;
      case 'i':
        return this.#int32();
      case 'I': {
        const low = this.#int32() >>> 0;
        return this.#int32() * 2 ** 32 + low;
      }
      case 'l':
        return this.#long();
      case 'f':
        return this.#numberOf(this.#text(this.#input.readByte()));
      case 'g': {
        const bytes = this.#input.readBytes(8);
        return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
      }
      case 'z':
      case 'Z':
        return this.#text(this.#input.readByte());
      case 's':
      case 'u':
      case 'a':
      case 'A':
        return this.#text(this.#length());
      case 't': {
        const text = this.#text(this.#length());
        this.#interned.push(text);
        return text;
      }
      case 'R': {
        const text = this.#interned[this.#int32()];
        if (text === undefined) throw this.#error('a reference to nothing');
        return text;
      }
      case ')':
        return this.#items(this.#input.readByte());
      case '(':
      case '[':
      case '<':
      case '>':
        return this.#items(this.#length());
      case '{':
        return this.#dict();
      case 'c':
        return this.#codeName();
      default:
        throw this.#error('of an unknown type');
    }
  }

  #reference(row: number): MarshalValue {
    const value = this.#refs[row];
    if (value === undefined) throw this.#error('a reference to nothing');
    return value;
  }

  #items(count: number): MarshalValue {
    this.#enter();
    const items: MarshalValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.value());
    this.#depth--;
    return items;
  }

  #dict(): MarshalDict {
    this.#enter();
    const entries: [MarshalValue, MarshalValue][] = [];
    for (let key = this.#read(); key !== undefined; key = this.#read()) entries.push([key, this.value()]);
    this.#depth--;
    return { entries };
  }

  /**
   * Numbers, eight objects of which the last is the name, the first line, one or two tables. How many numbers depends on
   * the version, which is nowhere told: 4 to 6, and what follows them are the bytes of the code.
   */
  #codeName(): MarshalValue {
    this.#enter();
    for (let count = 0; count < 6 && (count < 4 || !this.#isBytesNext()); count++) this.#int32();
    const objects: MarshalValue[] = [];
    for (let i = 0; i < 8; i++) objects.push(this.value());
    this.#int32();
    this.value();
    // Python 3.11 put the kinds of variables, which are bytes, where tuples of names were, and added a table.
    if (typeof objects[4] === 'string') this.value();
    this.#depth--;
    return objects[7];
  }

  #isBytesNext(): boolean {
    return this.#input.ensure(1) && (this.#input.bytes[this.#input.position] & ~FLAG_REF) === 0x73;
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`nested more than ${MAX_DEPTH} deep`);
  }

  #int32(): number {
    const bytes = this.#input.readBytes(4);
    return bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24);
  }

  #length(): number {
    const length = this.#int32();
    if (length < 0) throw this.#error('of a negative length');
    return length;
  }

  /** Digits of 15 bits, the lowest first; their number is negative when the value is. */
  #long(): number {
    const count = this.#int32();
    let value = 0;
    let factor = 1;
    for (let i = 0; i < Math.abs(count); i++) {
      const bytes = this.#input.readBytes(2);
      value += (bytes[0] | (bytes[1] << 8)) * factor;
      factor *= 2 ** 15;
    }
    return count < 0 ? -value : value;
  }

  #text(length: number): string {
    const bytes = this.#input.readBytes(length);
    // Lone surrogates, which Python writes as they are, need more than the decoder can.
    return bytes.includes(0xed) ? decodeTextLeniently(bytes) : decoder.decode(bytes);
  }

  #numberOf(text: string): number {
    const value = Number(text);
    if (text === '' || Number.isNaN(value)) throw this.#error('no number');
    return value;
  }

  #error(what: string): MalformedError {
    return new MalformedError(`the value before offset ${this.offset} is ${what}`);
  }
}

function decodeTextLeniently(bytes: Uint8Array): string {
  try {
    return decodeText(bytes);
  } catch {
    return decoder.decode(bytes);
  }
}
