// Files and standard streams as commands use them: `-` is the standard one, failures are ProfilerErrors.

import { stat, writeFile } from 'node:fs/promises';
import { messageOf, ProfilerError } from '../base/errors.ts';
import { cleanText } from './output/text.ts';

/** Writes a file, or to standard output for `-`. Throws `cannot-write-file`. */
export async function writeOutput(file: string, bytes: Uint8Array): Promise<void> {
  if (file === '-') return writeStandardOutput(bytes);
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw new ProfilerError('cannot-write-file', `Cannot write ${file}: ${explain(error)}.`, {
      facts: { file },
      cause: error,
    });
  }
}

/** Data for the user or the next program. Comes back when it is written; main.ts sees to failures. */
export function writeStandardOutput(data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(data, () => resolve());
  });
}

/** Things the user should know about a file that was read all the same. */
export function warn(file: string, notes: readonly string[]): void {
  for (const note of notes) process.stderr.write(`vmprof: ${cleanText(`${file}: ${note}`)}\n`);
}

/** When a file was last changed, in milliseconds since 1970; undefined if it is not there. */
export async function getChangeTime(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EROFS: 'the disk is read-only',
  ENAMETOOLONG: 'the name is too long',
};

/** Why a file operation failed, in words. */
export function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return EXPLANATIONS[code] ?? messageOf(error);
}
