// Debug files that came from a server, on disk: one file for each build id, bounded in bytes, the oldest dropped.

import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const SUFFIX = '.debug';
/** A part of a file that nobody has written to for so long was left behind. */
const STALE_MILLISECONDS = 3_600_000;

/** The folder of this user: below XDG_CACHE_HOME, which counts only if absolute, or else ~/.cache. */
export function debugCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME ?? '';
  return join(isAbsolute(base) ? base : join(homedir(), '.cache'), 'vmprof', 'debuginfod');
}

/** Build ids come from files of other people and become part of paths. */
export function isBuildId(text: string): boolean {
  return /^[0-9a-f]{8,128}$/.test(text);
}

/** Where the file of a build id is, if it is there. */
export function debugCachePath(folder: string, buildId: string): string {
  return join(folder, `${buildId}${SUFFIX}`);
}

/** Where to write a file that is still coming. Makes the folder. Throws what the file system says. */
export function beginCacheFile(folder: string, buildId: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${buildId}.${process.pid}.part`);
}

/** Puts a complete file in its place, and drops the oldest others while all together are larger than `maxBytes`. */
export function commitCacheFile(folder: string, buildId: string, part: string, maxBytes: number): void {
  const path = debugCachePath(folder, buildId);
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
  const whole = files.filter((each) => each.path.endsWith(SUFFIX)).sort((a, b) => a.time - b.time);
  let sum = whole.reduce((total, { size }) => total + size, 0);
  for (const each of whole) {
    if (sum <= maxBytes) break;
    if (each.path === path) continue;
    rmSync(each.path, { force: true });
    sum -= each.size;
  }
}
