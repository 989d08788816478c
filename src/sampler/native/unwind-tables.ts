// Unwind tables on disk: compiled once for each build, by whichever recording meets it first. A file is a head, the key that it was
// made for, and the bytes of the table; what is not whole, not ours, or made for something else counts as not there.

import { crc32 } from 'node:zlib';
import { MalformedError } from '../../base/malformed.ts';
import type { UnwindTable } from '../../symbols/unwind/unwind-table.ts';
import {
  decodeUnwindTable,
  encodeUnwindTable,
  UNWIND_TABLE_VERSION,
} from '../../symbols/unwind/unwind-table-bytes.ts';
import {
  type CacheEntry,
  cachePath,
  type DiskCache,
  isBuildId,
  noteUse,
  readCacheFile,
} from './disk-cache.ts';

/** "VMPU". */
const MAGIC = 0x5550_4d56;
/** Magic number, checksum of all that follows it, length of the key. */
const HEAD_SIZE = 12;
/** Smaller sections are compiled about as fast as a file is read. */
const MIN_SECTION = 4 << 10;

/** What recordings use of it. */
export interface UnwindTables {
  /** The table of a file, if it was kept before. */
  load(key: string): UnwindTable | undefined;
  /** Keeps one that was compiled. */
  keep(key: string, table: UnwindTable): void;
}

/**
 * Names a table: by the build, the size of the file (a stripped one has fewer rules than the whole one), and how we compile.
 * Undefined for files that are not worth it, or that nothing tells apart from others.
 *
 * @param frameBytes of the sections that the table is compiled from
 */
export function unwindTableKey(
  buildId: string | undefined,
  fileSize: number,
  frameBytes: number,
): string | undefined {
  if (buildId === undefined || !isBuildId(buildId) || frameBytes < MIN_SECTION) return undefined;
  return `${buildId}-${fileSize}-${UNWIND_TABLE_VERSION}`;
}

/** The tables in a cache. `write` is given what is to be kept: it may do so elsewhere, where nobody waits for a disk. */
export function openUnwindTables(cache: DiskCache, write: (entry: CacheEntry) => void): UnwindTables {
  return {
    load(key) {
      const table = readTable(cache, key);
      if (table !== undefined) noteUse(cachePath(cache, key));
      return table;
    },
    keep(key, table) {
      write({ key, bytes: encodeEntry(key, table) });
    },
  };
}

function encodeEntry(key: string, table: UnwindTable): Uint8Array<ArrayBuffer> {
  const body = encodeUnwindTable(table);
  const start = bodyStart(key);
  const bytes = new Uint8Array(start + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(8, key.length, true);
  bytes.set(Buffer.from(key, 'latin1'), HEAD_SIZE);
  bytes.set(body, start);
  view.setUint32(4, crc32(bytes.subarray(8)), true);
  return bytes;
}

/** Columns are read where they lie: at multiples of four. */
function bodyStart(key: string): number {
  return Math.ceil((HEAD_SIZE + key.length) / 4) * 4;
}

function readTable(cache: DiskCache, key: string): UnwindTable | undefined {
  const bytes = readCacheFile(cache, key);
  const start = bodyStart(key);
  if (bytes === undefined || bytes.length < start) return undefined;
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== crc32(bytes.subarray(8))) {
    return undefined;
  }
  const isSameKey =
    view.getUint32(8, true) === key.length &&
    Buffer.from(bytes.buffer, HEAD_SIZE, key.length).toString('latin1') === key;
  if (!isSameKey) return undefined;
  try {
    return decodeUnwindTable(bytes.subarray(start));
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
