// The memory map at the end of old files: lines of /proc/self/maps, `start-end permissions offset device inode path`.

import type { ProfMapping } from './section.ts';

/** A line that maps code from a file; undefined for all others. */
export function readMapping(line: string): ProfMapping | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, start, end, offset, file] = match;
  const mapping = {
    start: Number.parseInt(start, 16),
    end: Number.parseInt(end, 16),
    offset: Number.parseInt(offset, 16),
    file: file.trim(),
  };
  return mapping.end > mapping.start && mapping.end <= Number.MAX_SAFE_INTEGER ? mapping : undefined;
}

const LINE = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) [r-][w-]x[a-z-] ([0-9a-f]{1,16}) \S+ \d+\s+(\S.*)$/;

/** The mapping that holds the address. Mappings stand in the order of their starts. */
export function findMapping(mappings: readonly ProfMapping[], address: number): ProfMapping | undefined {
  let low = 0;
  let high = mappings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (mappings[middle].start <= address) low = middle + 1;
    else high = middle;
  }
  const found = low === 0 ? undefined : mappings[low - 1];
  return found !== undefined && address < found.end ? found : undefined;
}
