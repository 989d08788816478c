// /proc/PID/maps, see proc_pid_maps(5).

import { readFileSync } from 'node:fs';

/** A part of a process's address space. */
export interface MappedFile {
  /** Path as the process sees it; empty for anonymous memory, `[heap]` and the like for special areas. */
  readonly path: string;
  readonly start: number;
  /** First address behind it. */
  readonly end: number;
  /** Position in the file. */
  readonly offset: number;
  readonly executable: boolean;
  readonly writable: boolean;
  readonly inode: number;
  /** Device as `major:minor` in hexadecimal. */
  readonly device: string;
  /** The file was removed or replaced after it was mapped. */
  readonly deleted: boolean;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) (.)(.)(.)(.) ([0-9a-f]+) (\S+) (\d+) *(.*)$/;
const DELETED = ' (deleted)';

/** Address ranges in ascending order. Lines that are not of the known form are left out. */
export function parseMaps(text: string): MappedFile[] {
  const mappings: MappedFile[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, start, end, , writable, executable, , offset, device, inode, name] = match;
    const deleted = name.endsWith(DELETED);
    mappings.push({
      path: unescapePath(deleted ? name.slice(0, -DELETED.length) : name),
      start: Number.parseInt(start, 16),
      end: Number.parseInt(end, 16),
      offset: Number.parseInt(offset, 16),
      executable: executable === 'x',
      writable: writable === 'w',
      inode: Number(inode),
      device,
      deleted,
    });
  }
  return mappings;
}

/** The mappings of a process; empty when it has ended, is a kernel thread, or must not be looked at. */
export function readMaps(pid: number): MappedFile[] {
  try {
    return parseMaps(readFileSync(`/proc/${pid}/maps`, 'utf8'));
  } catch {
    return [];
  }
}

/** The kernel writes a newline in a path as `\012`. */
function unescapePath(path: string): string {
  return path.includes('\\012') ? path.replaceAll('\\012', '\n') : path;
}
