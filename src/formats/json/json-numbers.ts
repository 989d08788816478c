// Numbers in JSON, and lists of nothing but numbers. https://www.rfc-editor.org/rfc/rfc8259#section-6

import type { BlockReader } from '../../base/block-reader.ts';
import { CLOSE_LIST, COMMA, DOT, MINUS, NINE, ZERO } from './json-bytes.ts';
import type { JsonSource } from './json-source.ts';

/** Powers of ten that are exact, as are whole numbers below 2^53: one division of both rounds once, and so rightly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const decoder = new TextDecoder();

/** A whole number with nothing around it, as in lists of millions; -1, and nothing is taken, when it is another one. */
export function readPlainNumber(input: BlockReader): number {
  const { bytes, position, end } = input;
  let value = 0;
  let at = position;
  const limit = Math.min(end, position + 15);
  for (let digit = 0; at < limit; at++) {
    digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const isPlain = at > position && at < limit && (bytes[at] === COMMA || bytes[at] === CLOSE_LIST);
  if (!isPlain) return -1;
  input.position = at;
  return value;
}

/** The number that begins here, infinite where it is too large. */
export function readNumber(source: JsonSource): number {
  const { input } = source;
  let length = 0;
  let digits = 0;
  let mantissa = 0;
  let decimals = -1;
  let isSimple = true;
  for (; ; length++) {
    if (input.position + length >= input.end && !source.reach(length)) break;
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
    throw input.position === input.end && input.isAtEnd ? source.cut() : source.error('JSON');
  }
  return Number(text);
}

/**
 * Reads what most lists consist of, `,12,3.5`, as far as it lies in the window: positive, at most 15 digits, nothing but a
 * comma between. Gives the row behind; anything else is left to be read with care.
 */
export function fillPlainNumbers(
  { input, path }: JsonSource,
  target: Int32Array | Float64Array,
  from: number,
): number {
  const { bytes } = input;
  // What is read of one number, with its comma, its point and what follows it, is shorter than this.
  const end = input.end - 20;
  let { position } = input;
  let row = from;
  while (position < end && row < target.length && bytes[position] === COMMA) {
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
  if (row > from) (path[path.length - 1] as number) += row - from;
  return row;
}
