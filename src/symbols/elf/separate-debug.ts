// Where the debug information of a stripped file may be. See "Debugging Information in Separate Files" in the manual of gdb.

import { decodeName } from '../dwarf-cursor.ts';
import type { ElfFile, ReadAt } from './elf.ts';
import { readSection } from './elf-section-data.ts';

const FOLDER = '/usr/lib/debug';

/**
 * Paths of files that may hold what was stripped from the file at `path`, likely ones first. Each must be checked: by its build
 * id where the file has one.
 */
export function listDebugPaths(readAt: ReadAt, elf: ElfFile, path: string): readonly string[] {
  const paths: string[] = [];
  const buildId = elf.getBuildId();
  if (buildId !== undefined && buildId.length > 2) {
    paths.push(`${FOLDER}/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`);
  }
  const link = readLink(readAt, elf);
  if (link !== undefined) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    paths.push(`${folder}/${link}`, `${folder}/.debug/${link}`, `${FOLDER}${folder}/${link}`);
  }
  return paths.filter((each) => each !== path);
}

/** .gnu_debuglink: a file name, NUL, and behind it a checksum. */
function readLink(readAt: ReadAt, elf: ElfFile): string | undefined {
  const bytes = readSection(readAt, elf, '.gnu_debuglink');
  const end = bytes?.indexOf(0) ?? -1;
  if (bytes === undefined || end <= 0) return undefined;
  const name = decodeName(bytes.subarray(0, end));
  return name.includes('/') ? undefined : name;
}
