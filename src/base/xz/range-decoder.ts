// The range coder of LZMA: bits, each with a probability that follows what was read.
// https://github.com/tukaani-project/xz/blob/master/doc/lzma-file-format.txt; the algorithm: "LZMA specification" of 7-Zip.

import { MalformedError } from '../malformed.ts';

/** Probabilities are of 2048. */
const PROBABILITY_BITS = 11;
const EVEN = 1 << (PROBABILITY_BITS - 1);
const SHIFT = 5;
const TOP = 1 << 24;
const HEAD_SIZE = 5;

/** So many probabilities, all even. */
export function evenProbabilities(count: number): Uint16Array {
  return new Uint16Array(count).fill(EVEN);
}

/** Reads the bits of one chunk. Beyond its end it gives some, which `isBeyond` tells. */
export class RangeDecoder {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  #range = 0xffff_ffff;
  #code = 0;

  /** Throws MalformedError where none begins. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    if (end - start < HEAD_SIZE || bytes[start] !== 0) throw new MalformedError('a chunk has no beginning');
    this.#bytes = bytes;
    this.#end = end;
    this.#at = start + HEAD_SIZE;
    for (let at = start + 1; at < this.#at; at++) this.#code = ((this.#code << 8) | bytes[at]) >>> 0;
  }

  /** More was read than there is: what was read is of no use. */
  get isBeyond(): boolean {
    return this.#at > this.#end;
  }

  /** Everything was read, and nothing is left over. */
  get isFinished(): boolean {
    return this.#at === this.#end && this.#code === 0;
  }

  /** One bit, by the probability at `index` that it is 0. */
  bit(probabilities: Uint16Array, index: number): number {
    const probability = probabilities[index];
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      probabilities[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> SHIFT);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      probabilities[index] = probability - (probability >> SHIFT);
      bit = 1;
    }
    if (this.#range < TOP) this.#more();
    return bit;
  }

  /** A number of so many bits, the highest first: each bit has a probability for all that may stand before it. */
  tree(probabilities: Uint16Array, base: number, bits: number): number {
    let node = 1;
    for (let count = 0; count < bits; count++) node = (node << 1) | this.bit(probabilities, base + node);
    return node - (1 << bits);
  }

  /** The same with the lowest bit first. */
  reverseTree(probabilities: Uint16Array, base: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let count = 0; count < bits; count++) {
      const bit = this.bit(probabilities, base + node);
      node = (node << 1) | bit;
      value |= bit << count;
    }
    return value;
  }

  /** A number of so many bits that are 0 or 1 alike. */
  direct(bits: number): number {
    let value = 0;
    for (let count = 0; count < bits; count++) {
      this.#range >>>= 1;
      const isOne = this.#code >= this.#range;
      if (isOne) this.#code -= this.#range;
      value = value * 2 + (isOne ? 1 : 0);
      if (this.#range < TOP) this.#more();
    }
    return value;
  }

  #more(): void {
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#bytes[this.#at++]) >>> 0;
  }
}
