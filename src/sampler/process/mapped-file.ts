// Opening the file behind a mapping as the process has it: it may live in another root, or have been replaced since.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { MappedFile } from './maps.ts';

/** A file that was opened for reading. */
export interface OpenMappedFile {
  /** Bytes at a position; fewer than asked for at the end of the file. */
  readAt(offset: number, length: number): Uint8Array;
  close(): void;
  /** Bytes of the file when it was opened. */
  readonly size: number;
  /** Names this version of the file: device, inode, size, time of change. */
  readonly key: string;
}

/** Undefined when neither way leads to the file that is mapped. */
export function openMappedFile(pid: number, mapping: MappedFile): OpenMappedFile | undefined {
  const range = `${mapping.start.toString(16)}-${mapping.end.toString(16)}`;
  // map_files leads to the very file, deleted or not, but needs privileges. The path leads to it unless it was replaced,
  // which the kernel tells; inode numbers cannot be compared, since overlay file systems show others.
  const exact = openFile(`/proc/${pid}/map_files/${range}`);
  if (exact !== undefined || mapping.deleted) return exact;
  return openFile(`/proc/${pid}/root${mapping.path}`);
}

/** Opens a regular file; undefined when that is not possible. */
export function openFile(path: string): OpenMappedFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    return undefined;
  }
  return {
    size: stat.size,
    key: `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}`,
    readAt(offset, length) {
      const bytes = new Uint8Array(length);
      const count = readSync(fd, bytes, 0, length, offset);
      return bytes.subarray(0, count);
    },
    close: () => closeSync(fd),
  };
}
