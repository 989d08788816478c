// Passing over what is not wanted, without memory for it and without recursion.

import {
  beginsNumber,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  LETTER_F,
  LETTER_N,
  LETTER_T,
  NINE,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  ZERO,
} from './json-bytes.ts';
import { readNumber } from './json-numbers.ts';
import type { JsonSource } from './json-source.ts';
import type { JsonTexts } from './json-texts.ts';

/** Passes over the next value, however large and deep it is. */
export function skipValue(source: JsonSource, texts: JsonTexts): void {
  const { input } = source;
  let depth = 0;
  do {
    const byte = source.peek();
    if (byte === QUOTE) texts.skip();
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      input.position++;
      depth = skipPlain(source, depth + 1);
    } else if (depth > 0 && (byte === CLOSE_OBJECT || byte === CLOSE_LIST)) {
      depth--;
      input.position++;
    } else if (depth > 0 && (byte === COMMA || byte === COLON)) {
      input.position++;
      depth = skipPlain(source, depth);
    } else if (byte === LETTER_T || byte === LETTER_F || byte === LETTER_N) {
      source.word(byte === LETTER_T ? 'true' : byte === LETTER_F ? 'false' : 'null');
    } else if (beginsNumber(byte)) readNumber(source);
    else throw source.error('JSON');
  } while (depth > 0);
}

/** Passes over lists and whole numbers, as far as they are in memory; gives how deep we are then. */
function skipPlain({ input }: JsonSource, from: number): number {
  const { bytes, end } = input;
  let depth = from;
  let at = input.position;
  while (at < end && depth > 0) {
    const byte = bytes[at];
    if (byte >= ZERO && byte <= NINE) {
      let behind = at + 1;
      while (behind < end && bytes[behind] >= ZERO && bytes[behind] <= NINE) behind++;
      // What else a number may have is left to readNumber.
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
