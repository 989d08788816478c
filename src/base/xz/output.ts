// What was unpacked: the result, and at the same time the dictionary that matches are taken from.

import { MalformedError } from '../malformed.ts';

const FIRST_CAPACITY = 1 << 16;

/** Grows as it is filled, up to a limit. */
export class Output {
  readonly #limit: number;
  #bytes: Uint8Array;
  #length = 0;
  #dictionaryStart = 0;
  /** Matches reach back so many bytes at the most. */
  dictionarySize = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#bytes = new Uint8Array(Math.min(limit, FIRST_CAPACITY));
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes since the dictionary was empty. */
  get position(): number {
    return this.#length - this.#dictionaryStart;
  }

  /** Makes room for so many bytes, which may be pushed and copied then. Throws MalformedError beyond the limit. */
  reserve(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#limit) throw new MalformedError(`they become more than ${this.#limit} bytes`);
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.min(this.#limit, Math.max(needed, this.#bytes.length * 2)));
    larger.set(this.view(0));
    this.#bytes = larger;
  }

  /** Nothing that is there is used any more. */
  emptyDictionary(): void {
    this.#dictionaryStart = this.#length;
  }

  /** The byte so many places before the end; 0 where there is none. */
  back(distance: number): number {
    return distance > this.position ? 0 : this.#bytes[this.#length - distance];
  }

  push(byte: number): void {
    this.#bytes[this.#length++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Repeats what stands so many bytes before the end, which may be less than is copied. */
  copy(distance: number, count: number): void {
    if (distance > this.position || distance > this.dictionarySize) {
      throw new MalformedError(`${distance} bytes back are asked for, and ${this.position} are there`);
    }
    const bytes = this.#bytes;
    let to = this.#length;
    const end = to + count;
    if (distance >= count) bytes.copyWithin(to, to - distance, to - distance + count);
    else for (; to < end; to++) bytes[to] = bytes[to - distance];
    this.#length = end;
  }

  /** What was made from a place on: valid until more is reserved. */
  view(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#length);
  }
}
