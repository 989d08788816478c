// Texts in JSON. https://www.rfc-editor.org/rfc/rfc8259#section-7

import { BACKSLASH, QUOTE } from './json-bytes.ts';
import type { JsonSource } from './json-source.ts';

/** Short texts that were read before are not made again; a power of two. */
const CACHED_TEXTS = 4096;
const MAX_CACHED_LENGTH = 64;

/** What is no UTF-8 becomes the replacement character: a name that cannot be read is no reason to lose a profile. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Short texts that were read before. Readers of many small values, one behind the other, share one. */
export function createTextCache(): string[] {
  return new Array(CACHED_TEXTS).fill('');
}

/** Reads texts of a source. */
export class JsonTexts {
  readonly #source: JsonSource;
  readonly #texts: string[];

  constructor(source: JsonSource, cache: string[]) {
    this.#source = source;
    this.#texts = cache;
  }

  /** The text that begins here, with a quotation mark. */
  read(): string {
    const input = this.#source.input;
    let length = 1;
    let hash = 0;
    let isPlain = true;
    for (; ; length++) {
      if (input.position + length >= input.end && !this.#source.reach(length)) throw this.#source.cut();
      const byte = input.bytes[input.position + length];
      if (byte === QUOTE) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
      if (byte >= 0x80) isPlain = false;
      else if (byte === BACKSLASH) {
        isPlain = false;
        length++;
      } else if (byte < 0x20) throw this.#source.error('JSON');
    }
    const start = input.position + 1;
    input.position += length + 1;
    if (isPlain && length - 1 <= MAX_CACHED_LENGTH) return this.#cachedText(start, length - 1, hash);
    const bytes = input.bytes.subarray(start, start + length - 1);
    return bytes.includes(BACKSLASH) ? this.#unescape(decoder.decode(bytes)) : decoder.decode(bytes);
  }

  /** Passes over the text that begins here, however long it is. */
  skip(): void {
    const input = this.#source.input;
    input.position++;
    for (;;) {
      if (input.position === input.end && !input.more()) throw this.#source.cut();
      const byte = input.bytes[input.position++];
      if (byte === QUOTE) return;
      if (byte !== BACKSLASH) continue;
      if (input.position === input.end && !input.more()) throw this.#source.cut();
      input.position++;
    }
  }

  /** Most texts of a profile come again and again: keys above all. */
  #cachedText(start: number, length: number, hash: number): string {
    const { bytes } = this.#source.input;
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
      if (plain < 0) throw this.#source.error('JSON');
      return '"\\/\b\f\n\r\t'[plain];
    });
  }
}
