// Reading JSON files of any size, value by value, without ever holding one as a whole. Formats ask for what they expect:
//
//   json.enterObject();
//   for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
//     if (key === 'weights') for (json.enterArray(); json.nextItem(); ) weights.push(json.number());
//     else json.skip();
//   }
//
// What is not as expected is named by its place, for example `profiles[2].weights[7]`. https://www.rfc-editor.org/rfc/rfc8259

import type { BlockReader } from '../../base/block-reader.ts';
import type { ProfilerError } from '../../base/errors.ts';
import {
  beginsNumber,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isSpace,
  LETTER_F,
  LETTER_N,
  LETTER_T,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.ts';
import { fillPlainNumbers, readNumber, readPlainNumber } from './json-numbers.ts';
import { skipValue } from './json-skip.ts';
import { JsonSource } from './json-source.ts';
import { createTextCache, JsonTexts } from './json-texts.ts';

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** Values that are read whole may be nested this deep. */
const MAX_VALUE_DEPTH = 500;

/** Reads one file. The errors of all methods are ProfilerErrors with `not-a-recording`. */
export class JsonReader {
  readonly #source: JsonSource;
  readonly #input: BlockReader;
  readonly #path: (string | number)[];
  readonly #texts: JsonTexts;
  /** Whether the innermost open one has had no member yet. */
  #isFirst = false;

  /** `title` is what the file should be, in sentences. */
  constructor(blocks: Iterable<Uint8Array>, title: string, texts = createTextCache()) {
    this.#source = new JsonSource(blocks, title);
    this.#input = this.#source.input;
    this.#path = this.#source.path;
    this.#texts = new JsonTexts(this.#source, texts);
  }

  /** What comes next. */
  kind(): JsonKind {
    const byte = this.#source.peek();
    if (byte === OPEN_OBJECT) return 'object';
    if (byte === OPEN_LIST) return 'array';
    if (byte === QUOTE) return 'string';
    if (byte === LETTER_T || byte === LETTER_F) return 'boolean';
    if (byte === LETTER_N) return 'null';
    if (beginsNumber(byte)) return 'number';
    throw this.error('JSON');
  }

  enterObject(): void {
    this.#enter(OPEN_OBJECT, '', 'an object');
  }

  enterArray(): void {
    this.#enter(OPEN_LIST, -1, 'a list');
  }

  /** The key of the next member, whose value has to be read or skipped then; undefined behind the last one. */
  nextKey(): string | undefined {
    if (!this.#next(CLOSE_OBJECT)) return undefined;
    if (this.#source.peek() !== QUOTE) throw this.error('JSON');
    const key = this.#texts.read();
    this.#path[this.#path.length - 1] = key;
    if (this.#source.peek() !== COLON) throw this.error('JSON');
    this.#input.position++;
    return key;
  }

  /** Whether there is another item, which has to be read or skipped then. */
  nextItem(): boolean {
    const input = this.#input;
    if (!this.#isFirst && input.position < input.end && input.bytes[input.position] === COMMA)
      input.position++;
    else if (!this.#next(CLOSE_LIST)) return false;
    (this.#path[this.#path.length - 1] as number)++;
    return true;
  }

  string(): string {
    if (this.#source.peek() !== QUOTE) throw this.error('a text');
    return this.#texts.read();
  }

  /** A finite number. */
  number(): number {
    const plain = readPlainNumber(this.#input);
    if (plain >= 0) return plain;
    const byte = this.#source.peek();
    if (!beginsNumber(byte)) throw this.error('a number');
    const value = readNumber(this.#source);
    if (!Number.isFinite(value)) throw this.error('a number');
    return value;
  }

  /**
   * Reads items of the list that was entered into `target`, from row `from` on, until it is full or the list ends; gives
   * the row behind the last one. Truth is 1 and falsehood 0; what else is no finite number becomes `missing`. Behind the end
   * of the list nothing may be read from it any more; a full target says nothing about whether there is more.
   */
  fillNumbers(target: Int32Array | Float64Array, from: number, missing: number): number {
    let row = this.#fillPlain(target, from);
    while (row < target.length && this.nextItem()) {
      const byte = this.#source.peek();
      if (beginsNumber(byte)) {
        const value = readNumber(this.#source);
        target[row++] = Number.isFinite(value) ? value : missing;
      } else {
        this.skip();
        target[row++] = byte === LETTER_T ? 1 : byte === LETTER_F ? 0 : missing;
      }
      row = this.#fillPlain(target, row);
    }
    return row;
  }

  /** A whole number from 0 to `length` - 1. */
  index(length: number): number {
    const value = this.number();
    if (!Number.isInteger(value) || value < 0 || value >= length)
      throw this.error(`a number below ${length}`);
    return value;
  }

  boolean(): boolean {
    const byte = this.#source.peek();
    if (byte !== LETTER_T && byte !== LETTER_F) throw this.error('true or false');
    this.#source.word(byte === LETTER_T ? 'true' : 'false');
    return byte === LETTER_T;
  }

  /** Passes over `null`; false when something else comes next. */
  skipNull(): boolean {
    if (this.#source.peek() !== LETTER_N) return false;
    this.#source.word('null');
    return true;
  }

  /** Passes over the next value, however large and deep it is. */
  skip(): void {
    skipValue(this.#source, this.#texts);
  }

  /** The next value as a whole: for small ones. */
  value(): unknown {
    switch (this.kind()) {
      case 'string':
        return this.#texts.read();
      case 'number':
        return this.number();
      case 'boolean':
        return this.boolean();
      case 'null':
        this.#source.word('null');
        return null;
      case 'array': {
        this.#checkDepth();
        const items: unknown[] = [];
        for (this.enterArray(); this.nextItem(); ) items.push(this.value());
        return items;
      }
      case 'object': {
        this.#checkDepth();
        const members: [string, unknown][] = [];
        this.enterObject();
        for (let key = this.nextKey(); key !== undefined; key = this.nextKey()) {
          members.push([key, this.value()]);
        }
        return Object.fromEntries(members);
      }
    }
  }

  /** Only white space may follow the one value of a file. */
  finish(): void {
    for (;;) {
      if (this.#input.isAtEnd) return;
      if (!isSpace(this.#input.bytes[this.#input.position]))
        throw this.error('at its end where it should be');
      this.#input.position++;
    }
  }

  /** What is wrong, and where: `"profiles[2].unit" is not a known unit`. */
  error(expected: string): ProfilerError {
    return this.#source.error(expected);
  }

  #checkDepth(): void {
    if (this.#path.length > MAX_VALUE_DEPTH) throw this.error(`nested less than ${MAX_VALUE_DEPTH} deep`);
  }

  #enter(bracket: number, step: string | number, expected: string): void {
    if (this.#source.peek() !== bracket) throw this.error(expected);
    this.#input.position++;
    this.#path.push(step);
    this.#isFirst = true;
  }

  /** Goes to the next member; false, behind the bracket, when there is none. */
  #next(bracket: number): boolean {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const byte = this.#source.peek();
    if (byte === bracket) {
      this.#input.position++;
      this.#path.pop();
      return false;
    }
    if (isFirst) return true;
    if (byte !== COMMA) throw this.error('JSON');
    this.#input.position++;
    return true;
  }

  /** Before the first item there is no comma. */
  #fillPlain(target: Int32Array | Float64Array, from: number): number {
    return this.#isFirst ? from : fillPlainNumbers(this.#source, target, from);
  }
}
