// Random numbers that are the same in every run.

/** Numbers from 0 to 1, 1 excluded (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Integers from 0 to `end` - 1. */
export function createDice(seed: number): (end: number) => number {
  const random = createRandom(seed);
  return (end) => Math.floor(random() * end);
}
