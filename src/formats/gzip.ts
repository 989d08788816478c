// Profiles are often compressed whole, whatever their format: `stacks.collapsed.gz`. Formats never see that.

import { Gunzip, gzipSync } from 'fflate';
import { messageOf, ProfilerError } from '../base/errors.ts';
import type { Input } from './input.ts';

/** Compressed bytes taken at a time: they may become a thousand times as many. */
const STEP = 1 << 14;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** What is inside a gzip file, all its members one behind the other. Reading throws `not-a-recording` when it is damaged. */
export function gunzip(input: Input): Input {
  return {
    fileName: input.fileName.replace(/\.gz$/i, ''),
    length: undefined,
    blocks: () => inflate(input.blocks()),
  };
}

function* inflate(blocks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  let inflated: Uint8Array[] = [];
  let isFinished = false;
  const stream = new Gunzip((block, isFinal) => {
    inflated.push(block);
    isFinished = isFinal;
  });
  const push = (bytes: Uint8Array, isLast: boolean) => {
    inflated = [];
    try {
      stream.push(bytes, isLast);
    } catch (error) {
      throw new ProfilerError('not-a-recording', `The file is compressed and damaged: ${messageOf(error)}.`, {
        cause: error,
      });
    }
    return inflated;
  };
  for (const block of blocks) {
    for (let at = 0; at < block.length; at += STEP) yield* push(block.slice(at, at + STEP), false);
  }
  yield* push(new Uint8Array(0), true);
  if (!isFinished)
    throw new ProfilerError('not-a-recording', 'The file is compressed and its end is missing.');
}

export function gzip(bytes: Uint8Array): Uint8Array {
  // Time 0: the same profile gives the same file.
  return gzipSync(bytes, { mtime: 0 });
}
