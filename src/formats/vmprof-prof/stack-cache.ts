import type { RawSample } from './prof-parser.ts';

/** Places for stacks that are remembered. */
const SLOTS = 1 << 15;
/** Entries that all of them have at the most: 32 MB. */
const MAX_ENTRIES = 1 << 22;

/**
 * Remembers what was made of the last stacks. Programs are met in the same stacks again and again, and to compare one
 * with its last occurrence is much faster than to look up each of its frames.
 */
export class StackCache {
  readonly #keys: (Uint32Array | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #values = new Int32Array(SLOTS);
  #slot = 0;
  #entries = 0;

  /** What was remembered for a stack with the same entries; undefined where there is nothing. */
  find({ depth, low, high }: RawSample): number | undefined {
    let hash = depth;
    for (let i = 0; i < depth; i++)
      hash = Math.imul(hash ^ low[i] ^ (high[i] << 5), 0x9e3779b1) ^ (hash >>> 15);
    this.#slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const key = this.#keys[this.#slot];
    if (key === undefined || key.length !== depth * 2) return undefined;
    for (let i = 0; i < depth; i++) {
      if (key[i] !== low[i] || key[depth + i] !== high[i]) return undefined;
    }
    return this.#values[this.#slot];
  }

  /** Remembers a value for the stack that was looked for last. */
  remember({ depth, low, high }: RawSample, value: number): void {
    const before = this.#keys[this.#slot];
    const entries = this.#entries + depth - (before === undefined ? 0 : before.length >> 1);
    if (entries > MAX_ENTRIES) return;
    this.#entries = entries;
    const key = before?.length === depth * 2 ? before : new Uint32Array(depth * 2);
    for (let i = 0; i < depth; i++) {
      key[i] = low[i];
      key[depth + i] = high[i];
    }
    this.#keys[this.#slot] = key;
    this.#values[this.#slot] = value;
  }

  /** Forgets everything: entries mean something else from now on. */
  clear(): void {
    if (this.#entries > 0) this.#keys.fill(undefined);
    this.#entries = 0;
  }
}
