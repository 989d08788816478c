// What vmprof keeps on disk for later recordings of this user.

import { cacheFolder, type DiskCache } from './disk-cache.ts';

/** Single debug files have up to a gigabyte, most of them some 10 MB. */
const DEBUG_BYTES = 2 * 2 ** 30;
/** Tables of a hundred programs with their libraries. */
const UNWIND_BYTES = 256 << 20;

/** Debug files that came from a server. Keys are build ids. */
export function debugCache(environment?: NodeJS.ProcessEnv): DiskCache {
  return { folder: cacheFolder('debuginfod', environment), suffix: '.debug', maxBytes: DEBUG_BYTES };
}

/** Unwind tables: see unwind-tables.ts. */
export function unwindCache(environment?: NodeJS.ProcessEnv): DiskCache {
  return { folder: cacheFolder('unwind', environment), suffix: '.table', maxBytes: UNWIND_BYTES };
}
