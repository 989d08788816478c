// Profiles are often compressed whole, whatever their format: `stacks.collapsed.gz`. Formats never see that.

import { Gunzip, gzipSync } from 'fflate';
import { messageOf, ProfilerError } from '../base/errors.ts';

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** All members of a gzip file. Throws `not-a-recording` when it is damaged. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  let isFinished = false;
  const stream = new Gunzip((block, isFinal) => {
    blocks.push(block);
    isFinished = isFinal;
  });
  try {
    stream.push(bytes, true);
  } catch (error) {
    throw new ProfilerError('not-a-recording', `The file is compressed and damaged: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (!isFinished)
    throw new ProfilerError('not-a-recording', 'The file is compressed and its end is missing.');
  const whole = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let position = 0;
  for (const block of blocks) {
    whole.set(block, position);
    position += block.length;
  }
  return whole;
}

export function gzip(bytes: Uint8Array): Uint8Array {
  // Time 0: the same profile gives the same file.
  return gzipSync(bytes, { mtime: 0 });
}
