// The file that a recording is appended to while it is made.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
import { messageOf, ProfilerError } from '../base/errors.ts';

/** A file that is being written, one append for each piece. A file that was there before is kept until the first one. */
export class RecordingFile {
  readonly path: string;
  /** Why nothing can be appended any more; what was written before is kept. */
  failure: string | undefined;
  readonly #fd: number;
  readonly #isNew: boolean;
  #isEmpty = false;

  /** Opens the file, creating it if there is none. Throws `cannot-write-file`. */
  constructor(path: string) {
    this.path = path;
    this.#isNew = !existsSync(path);
    try {
      this.#fd = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o666);
    } catch (error) {
      throw new ProfilerError('cannot-write-file', `Cannot write ${path}: ${reasonOf(error)}.`, {
        facts: { path },
        cause: error,
      });
    }
  }

  /** Appends; the first failure is kept in `failure`, and later pieces are left out. */
  append(bytes: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      if (!this.#isEmpty && fstatSync(this.#fd).isFile()) ftruncateSync(this.#fd, 0);
      this.#isEmpty = true;
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      this.failure = reasonOf(error);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Closes the file and leaves no trace, as long as nothing was written. */
  abandon(): void {
    closeSync(this.#fd);
    if (this.#isNew) unlinkSync(this.path);
  }

  /** Removes a closed file. */
  remove(): void {
    unlinkSync(this.path);
  }
}

/** A name for a recording of `command` in the current folder that no file has: `app-20261122-233144.vmprof`. */
export function nameRecording(command: string, now: Date): string {
  const program = basename(command).replace(/\.\w+$/, '') || 'program';
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const stem = `${program}-${date}-${time}`;
  let name = `${stem}.vmprof`;
  for (let number = 2; existsSync(name); number++) name = `${stem}-${number}.vmprof`;
  return name;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EFBIG: 'the file has reached the size limit',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOENT: 'there is no such folder',
    ENOTDIR: 'a part of the path is no folder',
    EISDIR: 'it is a folder',
  };
  return known[code] ?? messageOf(error);
}
