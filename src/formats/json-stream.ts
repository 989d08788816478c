// Reading JSON files of any size, value by value, without ever holding one as a whole. Formats ask for what they expect:
//
//   json.enterObject();
//   for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
//     if (key === 'weights') for (json.enterArray(); json.nextItem(); ) weights.push(json.number());
//     else json.skip();
//   }
//
// What is not as expected is named by its place, for example `profiles[2].weights[7]`. https://www.rfc-editor.org/rfc/rfc8259

import { BlockReader } from '../base/block-reader.ts';
import { ProfilerError } from '../base/errors.ts';

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** Texts and numbers may be this long, in bytes. Longer ones can be skipped only. */
export const MAX_TOKEN = 1 << 26;
/** Values that are read whole may be nested this deep. */
const MAX_VALUE_DEPTH = 500;
/** Short texts that were read before are not made again; a power of two. */
const CACHED_TEXTS = 4096;
const MAX_CACHED_LENGTH = 64;

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [MINUS, DOT, ZERO, NINE] = [0x2d, 0x2e, 0x30, 0x39];
/** Powers of ten that are exact, as are whole numbers below 2^53: one division of both rounds once, and so rightly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** What is no UTF-8 becomes the replacement character: a name that cannot be read is no reason to lose a profile. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The file ends in the middle of a value. */
export class JsonCutError extends ProfilerError {}

export class JsonReader {
  readonly #input: BlockReader;
  readonly #title: string;
  /** Where we are: for each open object the last key, for each open array the number of the item. */
  readonly #path: (string | number)[] = [];
  /** Whether the innermost open one has had no member yet. */
  #isFirst = false;
  readonly #texts: string[] = new Array(CACHED_TEXTS).fill('');

  /** `title` is what the file should be, in sentences. */
  constructor(blocks: Iterable<Uint8Array>, title: string) {
    this.#input = new BlockReader(blocks);
    this.#title = title;
    // A byte order mark.
    if (this.#input.ensure(3) && this.#input.bytes[this.#input.position] === 0xef) this.#input.skip(3);
  }

  /** What comes next. */
  kind(): JsonKind {
    const byte = this.#peek();
    if (byte === OPEN_OBJECT) return 'object';
    if (byte === OPEN_LIST) return 'array';
    if (byte === QUOTE) return 'string';
    if (byte === 0x74 || byte === 0x66) return 'boolean';
    if (byte === 0x6e) return 'null';
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) return 'number';
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
    if (this.#peek() !== QUOTE) throw this.error('JSON');
    const key = this.#readString();
    this.#path[this.#path.length - 1] = key;
    if (this.#peek() !== COLON) throw this.error('JSON');
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
    if (this.#peek() !== QUOTE) throw this.error('a text');
    return this.#readString();
  }

  /** A finite number. */
  number(): number {
    const { bytes, position, end } = this.#input;
    // A whole number with nothing around it, as in lists of millions.
    let value = 0;
    let at = position;
    const limit = Math.min(end, position + 15);
    for (let digit = 0; at < limit; at++) {
      digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at > position && at < limit && (bytes[at] === COMMA || bytes[at] === CLOSE_LIST)) {
      this.#input.position = at;
      return value;
    }
    return this.#anyNumber();
  }

  #anyNumber(): number {
    const byte = this.#peek();
    if (byte !== MINUS && !(byte >= ZERO && byte <= NINE)) throw this.error('a number');
    const value = this.#readNumber();
    if (!Number.isFinite(value)) throw this.error('a number');
    return value;
  }

  /**
   * Reads items of the list that was entered into `target`, from row `from` on, until it is full or the list ends; gives
   * the row behind the last one. Truth is 1 and falsehood 0; what else is no finite
   * number becomes `missing`. Behind the end of the list nothing may
   * be read from it any more; a full target says nothing about whether there is more.
   */
  fillNumbers(target: Int32Array | Float64Array, from: number, missing: number): number {
    let row = this.#fillPlain(target, from);
    while (row < target.length && this.nextItem()) {
      const byte = this.#peek();
      if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
        const value = this.#readNumber();
        target[row++] = Number.isFinite(value) ? value : missing;
      } else {
        this.skip();
        // The first letters of true and false.
        target[row++] = byte === 0x74 ? 1 : byte === 0x66 ? 0 : missing;
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
    const byte = this.#peek();
    if (byte !== 0x74 && byte !== 0x66) throw this.error('true or false');
    this.#word(byte === 0x74 ? 'true' : 'false');
    return byte === 0x74;
  }

  /** Passes over `null`; false when something else comes next. */
  skipNull(): boolean {
    if (this.#peek() !== 0x6e) return false;
    this.#word('null');
    return true;
  }

  /** Passes over the next value, however large and deep it is. */
  skip(): void {
    let depth = 0;
    do {
      const byte = this.#peek();
      if (byte === QUOTE) this.#skipString();
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        this.#input.position++;
        depth = this.#skipPlain(depth + 1);
      } else if (depth > 0 && (byte === CLOSE_OBJECT || byte === CLOSE_LIST)) {
        depth--;
        this.#input.position++;
      } else if (depth > 0 && (byte === COMMA || byte === COLON)) {
        this.#input.position++;
        depth = this.#skipPlain(depth);
      } else if (byte === 0x74 || byte === 0x66 || byte === 0x6e) {
        this.#word(byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : 'null');
      } else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) this.#readNumber();
      else throw this.error('JSON');
    } while (depth > 0);
  }

  /** Passes over lists and whole numbers, as far as they are in memory; gives how deep we are then. */
  #skipPlain(from: number): number {
    const input = this.#input;
    const { bytes, end } = input;
    let depth = from;
    let at = input.position;
    while (at < end && depth > 0) {
      const byte = bytes[at];
      if (byte >= ZERO && byte <= NINE) {
        let behind = at + 1;
        while (behind < end && bytes[behind] >= ZERO && bytes[behind] <= NINE) behind++;
        // What else a number may have is left to #readNumber.
        if (behind === end || (bytes[behind] !== COMMA && bytes[behind] !== CLOSE_LIST)) break;
        at = behind;
      } else if (byte === COMMA) at++;
      else if (byte === OPEN_LIST) {
        depth++;
        at++;
      } else if (byte === CLOSE_LIST) {
        depth--;
        at++;
      } else break;
    }
    input.position = at;
    return depth;
  }

  /** The next value as a whole: for small ones. */
  value(): unknown {
    switch (this.kind()) {
      case 'string':
        return this.#readString();
      case 'number':
        return this.number();
      case 'boolean':
        return this.boolean();
      case 'null':
        this.#word('null');
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
    const place = this.#place();
    const what = place === '' ? 'The file' : `"${place}"`;
    return new ProfilerError(
      'not-a-recording',
      `The file is no valid ${this.#title}: ${what} is not ${expected} (at byte ${this.#input.offset}).`,
      { facts: { offset: this.#input.offset } },
    );
  }

  #place(): string {
    let place = '';
    for (const step of this.#path) {
      if (typeof step === 'number') place += `[${Math.max(0, step)}]`;
      else if (step !== '') place += place === '' ? step : `.${step}`;
    }
    return place;
  }

  #checkDepth(): void {
    if (this.#path.length > MAX_VALUE_DEPTH) throw this.error(`nested less than ${MAX_VALUE_DEPTH} deep`);
  }

  #enter(bracket: number, step: string | number, expected: string): void {
    if (this.#peek() !== bracket) throw this.error(expected);
    this.#input.position++;
    this.#path.push(step);
    this.#isFirst = true;
  }

  /** Goes to the next member; false, behind the bracket, when there is none. */
  #next(bracket: number): boolean {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const byte = this.#peek();
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

  /** The next byte that is no white space; it is not taken. */
  #peek(): number {
    const input = this.#input;
    for (;;) {
      if (input.position === input.end && !input.more()) throw this.#cut();
      const byte = input.bytes[input.position];
      if (!isSpace(byte)) return byte;
      input.position++;
    }
  }

  #cut(): JsonCutError {
    const { offset } = this.#input;
    const place = this.#place();
    return new JsonCutError(
      'not-a-recording',
      `The file is no valid ${this.#title}: it ends at byte ${offset}${place === '' ? '' : `, within "${place}"`}.`,
      { facts: { offset } },
    );
  }

  /** Makes sure that the byte at `length` behind the position is there. */
  #reach(length: number): boolean {
    if (length > MAX_TOKEN) throw this.error(`a text or number of less than ${MAX_TOKEN} bytes`);
    return this.#input.end - this.#input.position > length || this.#input.ensure(length + 1);
  }

  #word(word: string): void {
    if (!this.#input.ensure(word.length)) throw this.#cut();
    for (let i = 0; i < word.length; i++) {
      if (this.#input.bytes[this.#input.position + i] !== word.charCodeAt(i)) throw this.error('JSON');
    }
    this.#input.position += word.length;
  }

  #readString(): string {
    const input = this.#input;
    let length = 1;
    let hash = 0;
    let isPlain = true;
    for (; ; length++) {
      if (input.position + length >= input.end && !this.#reach(length)) throw this.#cut();
      const byte = input.bytes[input.position + length];
      if (byte === QUOTE) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
      if (byte >= 0x80) isPlain = false;
      else if (byte === BACKSLASH) {
        isPlain = false;
        length++;
      } else if (byte < 0x20) throw this.error('JSON');
    }
    const start = input.position + 1;
    input.position += length + 1;
    if (isPlain && length - 1 <= MAX_CACHED_LENGTH) return this.#cachedText(start, length - 1, hash);
    const bytes = input.bytes.subarray(start, start + length - 1);
    return bytes.includes(BACKSLASH) ? this.#unescape(decoder.decode(bytes)) : decoder.decode(bytes);
  }

  /** Most texts of a profile come again and again: keys above all. */
  #cachedText(start: number, length: number, hash: number): string {
    const { bytes } = this.#input;
    const slot = (hash ^ (hash >>> 12)) & (CACHED_TEXTS - 1);
    const cached = this.#texts[slot];
    if (cached.length === length) {
      let i = 0;
      while (i < length && cached.charCodeAt(i) === bytes[start + i]) i++;
      if (i === length) return cached;
    }
    let text = '';
    for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[start + i]);
    this.#texts[slot] = text;
    return text;
  }

  #unescape(text: string): string {
    return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.)|$)/gs, (_, code: string | undefined, mark?: string) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      const plain = mark === undefined ? -1 : '"\\/bfnrt'.indexOf(mark);
      if (plain < 0) throw this.error('JSON');
      return '"\\/\b\f\n\r\t'[plain];
    });
  }

  #skipString(): void {
    const input = this.#input;
    input.position++;
    for (;;) {
      if (input.position === input.end && !input.more()) throw this.#cut();
      const byte = input.bytes[input.position++];
      if (byte === QUOTE) return;
      if (byte !== BACKSLASH) continue;
      if (input.position === input.end && !input.more()) throw this.#cut();
      input.position++;
    }
  }

  /**
   * Reads what most lists consist of, `,12,3.5`, as far as it lies in the window: positive, at most 15 digits, nothing but a
   * comma between. Gives the row behind; anything else is left to be read with care.
   */
  #fillPlain(target: Int32Array | Float64Array, from: number): number {
    const input = this.#input;
    const { bytes } = input;
    // What is read of one number, with its comma, its point and what follows it, is shorter than this.
    const end = input.end - 20;
    let { position } = input;
    let row = from;
    while (!this.#isFirst && position < end && row < target.length && bytes[position] === COMMA) {
      let at = position + 1;
      let byte = bytes[at];
      if (byte < ZERO || byte > NINE) break;
      let mantissa = 0;
      let digits = 0;
      for (; byte >= ZERO && byte <= NINE && digits < 15; byte = bytes[++at], digits++)
        mantissa = mantissa * 10 + (byte - ZERO);
      let decimals = 0;
      if (byte === DOT) {
        byte = bytes[++at];
        for (; byte >= ZERO && byte <= NINE && digits < 15; byte = bytes[++at], digits++, decimals++)
          mantissa = mantissa * 10 + (byte - ZERO);
        if (decimals === 0) break;
      }
      if (byte !== COMMA && byte !== CLOSE_LIST) break;
      target[row++] = decimals === 0 ? mantissa : mantissa / POWERS[decimals];
      position = at;
    }
    input.position = position;
    if (row > from) (this.#path[this.#path.length - 1] as number) += row - from;
    return row;
  }

  #readNumber(): number {
    const input = this.#input;
    let length = 0;
    let digits = 0;
    let mantissa = 0;
    let decimals = -1;
    let isSimple = true;
    for (; ; length++) {
      if (input.position + length >= input.end && !this.#reach(length)) break;
      const byte = input.bytes[input.position + length];
      if (byte >= ZERO && byte <= NINE) {
        mantissa = mantissa * 10 + (byte - ZERO);
        digits++;
        if (decimals >= 0) decimals++;
      } else if (byte === DOT && decimals < 0) decimals = 0;
      else if (byte === MINUS && length === 0) continue;
      else if (byte === DOT || byte === MINUS || byte === 0x2b || byte === 0x65 || byte === 0x45)
        isSimple = false;
      else break;
    }
    const start = input.position;
    input.position += length;
    const isNegative = input.bytes[start] === MINUS;
    if (isSimple && digits > 0 && digits <= 15) {
      const value = decimals > 0 ? mantissa / POWERS[decimals] : mantissa;
      return isNegative ? -value : value;
    }
    const text = decoder.decode(input.bytes.subarray(start, start + length));
    if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) {
      throw input.position === input.end && input.isAtEnd ? this.#cut() : this.error('JSON');
    }
    return Number(text);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
