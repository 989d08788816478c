// Zstandard streams, which profiling.sampling compresses its samples with. https://www.rfc-editor.org/rfc/rfc8878

import { Decompress } from 'fzstd';
import { messageOf } from '../../base/errors.ts';
import { MalformedError } from '../../base/malformed.ts';

/** Compressed bytes taken at a time: they may become tens of thousands of times as many. */
const STEP = 1 << 12;
/** Samples of one idle thread compress to a hundredth; what is far beyond that is made to fill memory. */
export const MAX_RATIO = 1000;
/** Allowed in any case, in bytes. */
const MIN_ALLOWED = 1 << 20;

/** Throws MalformedError while reading, where the stream is damaged; what comes before was given out. */
export function* inflateZstd(blocks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  let inflated: Uint8Array[] = [];
  let taken = 0;
  let given = 0;
  const stream = new Decompress((block) => {
    if (block.length > 0) inflated.push(block);
    given += block.length;
    if (given > Math.max(MIN_ALLOWED, taken * MAX_RATIO)) {
      throw new MalformedError(`${taken} compressed bytes became more than ${MAX_RATIO} times as many`);
    }
  });
  const push = (bytes: Uint8Array, isLast: boolean) => {
    inflated = [];
    taken += bytes.length;
    try {
      stream.push(bytes, isLast);
    } catch (error) {
      throw error instanceof MalformedError
        ? error
        : new MalformedError(`the compressed samples are damaged (${messageOf(error)})`);
    }
    return inflated;
  };
  for (const block of blocks) {
    for (let at = 0; at < block.length; at += STEP) yield* push(block.slice(at, at + STEP), false);
  }
  yield* push(new Uint8Array(0), true);
}
