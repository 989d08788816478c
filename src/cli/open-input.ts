// What commands read: files of any size block by block, and standard input, which can be read once only and is kept.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf, ProfilerError } from '../base/errors.ts';
import { formatBytes } from '../base/quantities.ts';
import type { Input } from '../formats/input.ts';
import { explain } from './files.ts';
import { keepYoungSpaceSmall } from './young-space.ts';

/** Bytes read at a time: large enough that the calls do not count. */
const BLOCK = 1 << 18;
/** What comes from a pipe or a device is kept, and some never end. */
const MAX_STREAM = 2 ** 31;

/** Gives the file (`-`: standard input) to `read`, and closes it. Throws `cannot-read-file`. */
export async function withInput<T>(file: string, read: (input: Input) => T): Promise<T> {
  keepYoungSpaceSmall();
  assertNamed(file);
  if (file === '-') return read(inputOfBlocks(file, await readStandardInput()));
  const fd = guard(file, () => openSync(file, 'r'));
  try {
    const { isRegular, length } = guard(file, () => {
      const stat = fstatSync(fd);
      return { isRegular: stat.isFile(), length: stat.size };
    });
    if (isRegular) return read({ fileName: file, length, blocks: () => readBlocks(file, fd) });
    // A pipe: /dev/stdin, or what the shell makes of <(command).
    return read(inputOfBlocks(file, readToEnd(file, fd)));
  } finally {
    closeSync(fd);
  }
}

/** Throws `cannot-read-file` for an empty name, as a variable of a script may leave it: no message could name it. */
export function assertNamed(file: string): void {
  if (file !== '') return;
  throw new ProfilerError('cannot-read-file', 'Cannot read a file without a name: the one given is empty.', {
    facts: { file },
  });
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

function inputOfBlocks(fileName: string, blocks: readonly Uint8Array[]): Input {
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  return { fileName, length, blocks: () => blocks };
}

function readToEnd(file: string, fd: number): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let length = 0; ; ) {
    const block = new Uint8Array(BLOCK);
    const count = guard(file, () => readSync(fd, block, 0, BLOCK, null));
    if (count === 0) return blocks;
    length += count;
    checkLength(file, length);
    // Pipes give little at a time.
    blocks.push(count < BLOCK / 2 ? block.slice(0, count) : block.subarray(0, count));
  }
}

function checkLength(file: string, length: number): void {
  if (length <= MAX_STREAM) return;
  throw new ProfilerError(
    'cannot-read-file',
    `Cannot read ${file}: more than ${formatBytes(MAX_STREAM)} come from a pipe or a device, and would have to be kept in memory. Write them to a file, and read that.`,
    { facts: { file } },
  );
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

async function readStandardInput(): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  let length = 0;
  try {
    // Node's stream of a folder ends at once, as if it were an empty file.
    if (fstatSync(0).isDirectory()) {
      throw new ProfilerError('cannot-read-file', 'Cannot read standard input: it is a folder.');
    }
    for await (const block of process.stdin) {
      blocks.push(block as Buffer);
      length += (block as Buffer).length;
      checkLength('standard input', length);
    }
  } catch (error) {
    if (error instanceof ProfilerError) throw error;
    throw new ProfilerError('cannot-read-file', `Cannot read standard input: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  return blocks;
}
