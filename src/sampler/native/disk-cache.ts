// Folders of files that could be made or fetched again: written beside and renamed, so that none is ever half there; bounded in
// bytes, and what was not used for longest is dropped first.

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** A part of a file that nobody has written to for so long was left behind. */
const STALE_MILLISECONDS = 3_600_000;

/** One folder, which may have other files in it. */
export interface DiskCache {
  readonly folder: string;
  /** How the names of its files end. */
  readonly suffix: string;
  /** Of all files together. */
  readonly maxBytes: number;
}

/** What is to become a file. */
export interface CacheEntry {
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A folder of this user: below XDG_CACHE_HOME, which counts only if absolute, or else ~/.cache. */
export function cacheFolder(name: string, environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME ?? '';
  return join(isAbsolute(base) ? base : join(homedir(), '.cache'), 'vmprof', name);
}

/** Build ids come from files of other people and become part of paths. */
export function isBuildId(text: string): boolean {
  return /^[0-9a-f]{8,128}$/.test(text);
}

/** Where the file of a key is, if it is there. Keys are safe as names. */
export function cachePath({ folder, suffix }: DiskCache, key: string): string {
  return join(folder, `${key}${suffix}`);
}

/** Others will be dropped before this one. Where nothing may be written, nothing is dropped either. */
export function noteUse(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {}
}

/** Where to write a file that is still coming: a name that nobody else has. Makes the folder. Throws what the file system says. */
export function beginCacheFile({ folder }: DiskCache, key: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${key}.${randomUUID()}.part`);
}

/** Puts a complete file in its place, and drops those that were not used for longest while all together are too large. */
export function commitCacheFile(cache: DiskCache, key: string, part: string): void {
  const { folder, suffix, maxBytes } = cache;
  const path = cachePath(cache, key);
  renameSync(part, path);
  const files = readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((each) => {
      const stat = statSync(each, { throwIfNoEntry: false });
      return stat?.isFile() ? [{ path: each, size: stat.size, time: stat.mtimeMs }] : [];
    });
  const left = files.filter(
    (each) => each.path.endsWith('.part') && each.time < Date.now() - STALE_MILLISECONDS,
  );
  for (const each of left) rmSync(each.path, { force: true });
  const whole = files.filter((each) => each.path.endsWith(suffix)).sort((a, b) => a.time - b.time);
  let sum = whole.reduce((total, { size }) => total + size, 0);
  for (const each of whole) {
    if (sum <= maxBytes) break;
    if (each.path === path) continue;
    rmSync(each.path, { force: true });
    sum -= each.size;
  }
}

/** Writes a file that can be made again: that it cannot be done, or that it would take a quarter of the cache, is no error. */
export function writeCacheFile(cache: DiskCache, { key, bytes }: CacheEntry): void {
  if (bytes.length > maxFile(cache)) return;
  let part: string | undefined;
  try {
    part = beginCacheFile(cache, key);
    writeFileSync(part, bytes, { flag: 'wx', mode: 0o600 });
    commitCacheFile(cache, key, part);
  } catch {
    if (part !== undefined) removeIfThere(part);
  }
}

/** Bytes of a file that writeCacheFile wrote. What another user may have put in its place is not read: undefined, as if none were there. */
export function readCacheFile(cache: DiskCache, key: string): Uint8Array<ArrayBuffer> | undefined {
  let fd: number;
  try {
    fd = openSync(cachePath(cache, key), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.uid !== process.geteuid?.() || stat.size > maxFile(cache)) return undefined;
    const bytes = new Uint8Array(stat.size);
    return readSync(fd, bytes, 0, bytes.length, 0) === bytes.length ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function maxFile({ maxBytes }: DiskCache): number {
  return maxBytes / 4;
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}
