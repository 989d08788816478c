// What commands read: files of any size block by block, and standard input, which can be read once only and is kept.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf, ProfilerError } from '../base/errors.ts';
import { type Input, inputOfBytes } from '../formats/input.ts';
import { explain } from './files.ts';
import { keepYoungSpaceSmall } from './young-space.ts';

/** Bytes read at a time: large enough that the calls do not count. */
const BLOCK = 1 << 18;

/** Gives the file (`-`: standard input) to `read`, and closes it. Throws `cannot-read-file`. */
export async function withInput<T>(file: string, read: (input: Input) => T): Promise<T> {
  keepYoungSpaceSmall();
  if (file === '-') return read(inputOfBytes(await readStandardInput(), file));
  const fd = guard(file, () => openSync(file, 'r'));
  try {
    const { isRegular, length } = guard(file, () => {
      const stat = fstatSync(fd);
      return { isRegular: stat.isFile(), length: stat.size };
    });
    if (isRegular) return read({ fileName: file, length, blocks: () => readBlocks(file, fd) });
    // A pipe: /dev/stdin, or what the shell makes of <(command).
    return read(inputOfBytes(readToEnd(file, fd), file));
  } finally {
    closeSync(fd);
  }
}

function* readBlocks(file: string, fd: number): Iterable<Uint8Array> {
  const block = new Uint8Array(BLOCK);
  for (let at = 0; ; ) {
    const count = guard(file, () => readSync(fd, block, 0, BLOCK, at));
    if (count === 0) return;
    at += count;
    yield block.subarray(0, count);
  }
}

function readToEnd(file: string, fd: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (;;) {
    const block = new Uint8Array(BLOCK);
    const count = guard(file, () => readSync(fd, block, 0, BLOCK, null));
    if (count === 0) return Buffer.concat(blocks);
    blocks.push(block.subarray(0, count));
  }
}

function guard<T>(file: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw new ProfilerError('cannot-read-file', `Cannot read ${file}: ${explain(error)}.`, {
      facts: { file },
      cause: error,
    });
  }
}

async function readStandardInput(): Promise<Uint8Array> {
  const blocks: Buffer[] = [];
  try {
    for await (const block of process.stdin) blocks.push(block as Buffer);
  } catch (error) {
    throw new ProfilerError('cannot-read-file', `Cannot read standard input: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  return Buffer.concat(blocks);
}
