// LZMA: literals and matches, coded with what was learnt of those before. See "LZMA specification" of 7-Zip.

import { MalformedError } from '../malformed.ts';
import type { Output } from './output.ts';
import { evenProbabilities, type RangeDecoder } from './range-decoder.ts';

const STATES = 12;
const POSITION_STATES = 16;
const LITERAL_SIZE = 0x300;
/** From here on the last thing was a match. */
const FIRST_MATCH_STATE = 7;
const SHORTEST_MATCH = 2;
const LENGTH_STATES = 4;
const SLOT_BITS = 6;
/** Slots from here on have their middle bits without probabilities. */
const FIRST_DIRECT_SLOT = 14;
const ALIGN_BITS = 4;

/** How many bits of what stands before a literal, and of its position, count. */
export interface LzmaProperties {
  readonly literalContext: number;
  readonly literalPosition: number;
  readonly position: number;
}

/** What a decoder has learnt, from one reset to the next. */
export class LzmaDecoder {
  readonly #properties: LzmaProperties;
  readonly #isMatch = evenProbabilities(STATES * POSITION_STATES);
  readonly #isRepeat = evenProbabilities(STATES);
  readonly #isOlder = evenProbabilities(STATES);
  readonly #isThirdOrLater = evenProbabilities(STATES);
  readonly #isFourth = evenProbabilities(STATES);
  readonly #isLong = evenProbabilities(STATES * POSITION_STATES);
  readonly #literals: Uint16Array;
  readonly #slots = evenProbabilities(LENGTH_STATES << SLOT_BITS);
  readonly #special = evenProbabilities(128);
  readonly #align = evenProbabilities(1 << ALIGN_BITS);
  readonly #matchLength = new LengthDecoder();
  readonly #repeatLength = new LengthDecoder();
  #state = 0;
  /** Distances of the last four matches, less one. */
  #repeats: [number, number, number, number] = [0, 0, 0, 0];

  constructor(properties: LzmaProperties) {
    this.#properties = properties;
    const { literalContext, literalPosition } = properties;
    this.#literals = evenProbabilities(LITERAL_SIZE << (literalContext + literalPosition));
  }

  /** Makes exactly `size` bytes, each turn at least one. Throws MalformedError. */
  decode(range: RangeDecoder, output: Output, size: number): void {
    const end = output.length + size;
    const positionMask = (1 << this.#properties.position) - 1;
    while (output.length < end) {
      const positionState = output.position & positionMask;
      if (range.bit(this.#isMatch, this.#state * POSITION_STATES + positionState) === 0) {
        this.#literal(range, output);
      } else {
        const length = this.#match(range, positionState);
        if (length > end - output.length) throw new MalformedError('a match is longer than its chunk');
        output.copy(this.#repeats[0] + 1, length);
      }
      if (range.isBeyond) throw new MalformedError('a chunk is cut');
    }
    if (!range.isFinished) throw new MalformedError('a chunk does not end where its bits end');
  }

  #literal(range: RangeDecoder, output: Output): void {
    const { literalContext, literalPosition } = this.#properties;
    const place = output.position & ((1 << literalPosition) - 1);
    const context = (place << literalContext) + (output.back(1) >> (8 - literalContext));
    const base = LITERAL_SIZE * context;
    const literals = this.#literals;
    let symbol = 1;
    if (this.#state >= FIRST_MATCH_STATE) {
      // Most likely it is not what a longer match would have given: as long as it is, that byte tells the probabilities.
      let expected = output.back(this.#repeats[0] + 1);
      while (symbol < 0x100) {
        const bit = (expected >> 7) & 1;
        expected <<= 1;
        const read = range.bit(literals, base + ((1 + bit) << 8) + symbol);
        symbol = (symbol << 1) | read;
        if (read !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | range.bit(literals, base + symbol);
    output.push(symbol & 0xff);
    const state = this.#state;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  /** The length of a match, whose distance becomes the first of the repeats. */
  #match(range: RangeDecoder, positionState: number): number {
    const state = this.#state;
    const wasLiteral = state < FIRST_MATCH_STATE;
    const [first, second, third, fourth] = this.#repeats;
    if (range.bit(this.#isRepeat, state) === 0) {
      const length = this.#matchLength.decode(range, positionState);
      this.#state = wasLiteral ? 7 : 10;
      this.#repeats = [this.#distance(range, length), first, second, third];
      return length;
    }
    if (range.bit(this.#isOlder, state) === 0) {
      if (range.bit(this.#isLong, state * POSITION_STATES + positionState) === 0) {
        this.#state = wasLiteral ? 9 : 11;
        return 1;
      }
    } else if (range.bit(this.#isThirdOrLater, state) === 0) this.#repeats = [second, first, third, fourth];
    else if (range.bit(this.#isFourth, state) === 0) this.#repeats = [third, first, second, fourth];
    else this.#repeats = [fourth, first, second, third];
    this.#state = wasLiteral ? 8 : 11;
    return this.#repeatLength.decode(range, positionState);
  }

  /** Less one. */
  #distance(range: RangeDecoder, length: number): number {
    const lengthState = Math.min(length - SHORTEST_MATCH, LENGTH_STATES - 1);
    const slot = range.tree(this.#slots, lengthState << SLOT_BITS, SLOT_BITS);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) * 2 ** bits;
    if (slot < FIRST_DIRECT_SLOT) return high + range.reverseTree(this.#special, high - slot, bits);
    const middle = range.direct(bits - ALIGN_BITS) * 2 ** ALIGN_BITS;
    return high + middle + range.reverseTree(this.#align, 0, ALIGN_BITS);
  }
}

/** Lengths of matches: three ranges, of 8, 8 and 256. */
class LengthDecoder {
  readonly #choices = evenProbabilities(2);
  readonly #low = evenProbabilities(POSITION_STATES << 3);
  readonly #middle = evenProbabilities(POSITION_STATES << 3);
  readonly #high = evenProbabilities(1 << 8);

  decode(range: RangeDecoder, positionState: number): number {
    if (range.bit(this.#choices, 0) === 0) {
      return SHORTEST_MATCH + range.tree(this.#low, positionState << 3, 3);
    }
    if (range.bit(this.#choices, 1) === 0) {
      return SHORTEST_MATCH + 8 + range.tree(this.#middle, positionState << 3, 3);
    }
    return SHORTEST_MATCH + 16 + range.tree(this.#high, 0, 8);
  }
}
