// Huffman codes of literals. https://www.rfc-editor.org/rfc/rfc8878#name-huffman-coding

import { MalformedError } from '../malformed.ts';
import { BackwardBits } from './backward-bits.ts';
import { parseStateTable } from './state-table.ts';

const MAX_BITS = 11;
/** Weights that are told; one more follows from them. */
const MAX_WEIGHTS = 255;
const WEIGHT_LIMITS = { maxLog: 6, maxSymbol: MAX_BITS + 1 };

/** What each number of `maxBits` bits begins with: a symbol, and how many bits it has. */
export interface HuffmanTable {
  readonly maxBits: number;
  readonly symbol: Uint8Array;
  readonly bits: Uint8Array;
}

/** A table, and the offset behind its description. Throws MalformedError when it is none. */
export function parseHuffmanTable(
  bytes: Uint8Array,
  start: number,
  limit: number,
): { readonly table: HuffmanTable; readonly end: number } {
  const head = start < limit ? bytes[start] : 0;
  const isPlain = head >= 128;
  const end = start + 1 + (isPlain ? (head - 126) >> 1 : head);
  if (end > limit) throw new MalformedError('a table of codes is cut');
  const weights = isPlain
    ? readPlainWeights(bytes, start + 1, head - 127)
    : readPackedWeights(bytes, start + 1, end);
  return { table: buildHuffmanTable(weights), end };
}

function readPlainWeights(bytes: Uint8Array, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (bytes[start + (i >> 1)] >> (i % 2 === 0 ? 4 : 0)) & 15);
}

/** Two states in turn. When the bits of one have run out, the other one's symbol is the last. */
function readPackedWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, end: bitsStart } = parseStateTable(bytes, start, end, WEIGHT_LIMITS);
  const bits = new BackwardBits(bytes, bitsStart, end);
  const weights: number[] = [];
  let state = bits.read(table.log);
  let other = bits.read(table.log);
  if (bits.left < 0) throw new MalformedError('a table of codes is cut');
  // States may take no bits for ever.
  while (weights.length < MAX_WEIGHTS) {
    weights.push(table.symbol[state]);
    const next = table.base[state] + bits.read(table.bits[state]);
    if (bits.left < 0) {
      weights.push(table.symbol[other]);
      if (weights.length <= MAX_WEIGHTS) return weights;
      break;
    }
    state = other;
    other = next;
  }
  throw new MalformedError('a table of codes has no end');
}

/** A symbol of weight w > 0 has 2^(w-1) of the numbers; light ones come first. The last weight is what is missing. */
function buildHuffmanTable(weights: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) if (weight > 0) sum += 2 ** (weight - 1);
  const maxBits = 32 - Math.clz32(sum);
  if (sum === 0 || maxBits > MAX_BITS)
    throw new MalformedError(`codes of ${maxBits} bits are asked for, and 1 to ${MAX_BITS} are possible`);
  const missing = (1 << maxBits) - sum;
  if ((missing & (missing - 1)) !== 0) throw new MalformedError('a table of codes is not complete');
  const all = [...weights, 32 - Math.clz32(missing)];
  const symbol = new Uint8Array(1 << maxBits);
  const bits = new Uint8Array(1 << maxBits);
  let at = 0;
  for (let weight = 1; weight <= maxBits; weight++) {
    for (let i = 0; i < all.length; i++) {
      if (all[i] !== weight) continue;
      const end = at + (1 << (weight - 1));
      symbol.fill(i, at, end);
      bits.fill(maxBits + 1 - weight, at, end);
      at = end;
    }
  }
  return { maxBits, symbol, bits };
}

/** Fills `target` from `from` to `to` with symbols of a stream of bits, which must be used up by that. Throws MalformedError. */
export function decodeHuffman(
  { maxBits, symbol, bits: lengths }: HuffmanTable,
  bits: BackwardBits,
  target: Uint8Array,
  from: number,
  to: number,
): void {
  let left = bits.left;
  for (let at = from; at < to; at++) {
    const code = bits.peekAt(left - maxBits, maxBits);
    target[at] = symbol[code];
    left -= lengths[code];
  }
  if (left !== 0) throw new MalformedError('literals do not end where their bits end');
}
