import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { beginCacheFile, cacheFolder, cachePath, commitCacheFile, type DiskCache } from './disk-cache.ts';

it('is where the user wants caches', () => {
  expect(cacheFolder('unwind', { XDG_CACHE_HOME: '/tmp/c' })).toBe('/tmp/c/vmprof/unwind');
  expect(cacheFolder('unwind', {})).toMatch(/\/\.cache\/vmprof\/unwind$/);
  expect(cacheFolder('unwind', { XDG_CACHE_HOME: 'relative' })).toMatch(/\/\.cache\/vmprof\/unwind$/);
});

it('drops the oldest files first, never the new one, and parts that were left behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const cache: DiskCache = { folder, suffix: '.debug', maxBytes: 250 };
  const add = (id: string, size: number, time: number) => {
    const path = cachePath(cache, id);
    writeFileSync(path, new Uint8Array(size));
    utimesSync(path, time, time);
  };
  add('01', 100, 1000);
  add('03', 100, 3000);
  add('02', 100, 2000);
  mkdirSync(join(folder, 'folder.debug'));
  writeFileSync(join(folder, '09.1.part'), 'x');
  utimesSync(join(folder, '09.1.part'), 1000, 1000);
  const commit = (id: string, size: number) => {
    const part = beginCacheFile(cache, id);
    writeFileSync(part, new Uint8Array(size));
    commitCacheFile(cache, id, part);
    return readdirSync(folder).sort();
  };
  expect(commit('04', 100)).toEqual(['03.debug', '04.debug', 'folder.debug']);
  expect(commit('05', 1000)).toEqual(['05.debug', 'folder.debug']);
});

it('gives everybody who writes the same file a part of his own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const cache: DiskCache = { folder, suffix: '.debug', maxBytes: 250 };
  expect(beginCacheFile(cache, '01')).not.toBe(beginCacheFile(cache, '01'));
});
