import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseElf } from '../../symbols/elf/elf.ts';
import { findSmallLibrary, readAtOfFile } from '../../symbols/elf/real-elf.testing.ts';
import { readUnwindTable } from '../../symbols/unwind/elf-unwind.ts';
import type { UnwindTable } from '../../symbols/unwind/unwind-table.ts';
import { cachePath, type DiskCache, writeCacheFile } from './disk-cache.ts';
import { openUnwindTables, unwindTableKey } from './unwind-tables.ts';

const KEY = `${'ab'.repeat(20)}-123-1`;
const TABLE = compileSome();

describe('a table', () => {
  it('that was kept is read again, by its key alone', () => {
    const { tables } = open();
    expect(tables.load(KEY)).toBeUndefined();
    tables.keep(KEY, TABLE);
    const kept = tables.load(KEY);
    expect([kept?.starts, kept?.rules, kept?.words]).toEqual([TABLE.starts, TABLE.rules, TABLE.words]);
    expect(tables.load(`${KEY}0`)).toBeUndefined();
  });

  it('under the name of another one is none', () => {
    const { cache, tables } = open();
    tables.keep(KEY, TABLE);
    const other = `${'cd'.repeat(20)}-123-1`;
    writeFileSync(cachePath(cache, other), readFileSync(cachePath(cache, KEY)));
    expect(tables.load(other)).toBeUndefined();
  });

  it('cut, changed in any part, or too long is none, and is replaced', () => {
    const { cache, tables } = open();
    tables.keep(KEY, TABLE);
    const path = cachePath(cache, KEY);
    const whole = new Uint8Array(readFileSync(path));
    for (let at = 0; at < whole.length; at += Math.max(1, Math.floor(whole.length / 150))) {
      writeFileSync(path, whole.subarray(0, at));
      expect(tables.load(KEY)).toBeUndefined();
      const changed = whole.slice();
      changed[at] ^= 1 << (at % 8);
      writeFileSync(path, changed);
      expect(tables.load(KEY)).toBeUndefined();
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.of(0)]));
    expect(tables.load(KEY)).toBeUndefined();
    tables.keep(KEY, TABLE);
    expect(tables.load(KEY)?.length).toBe(TABLE.length);
  });

  it('is not read through a link, nor from what is no file', () => {
    const { cache, tables } = open();
    tables.keep(KEY, TABLE);
    const elsewhere = join(cache.folder, 'elsewhere');
    const path = cachePath(cache, KEY);
    writeFileSync(elsewhere, readFileSync(path));
    rmSync(path);
    symlinkSync(elsewhere, path);
    expect(tables.load(KEY)).toBeUndefined();
    rmSync(path);
    mkdirSync(path);
    expect(tables.load(KEY)).toBeUndefined();
    // It cannot be replaced either, which is no error and leaves nothing behind.
    tables.keep(KEY, TABLE);
    expect(readdirSync(cache.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('that cannot be kept is no error', () => {
    const { cache, folder } = open();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const nowhere = { ...cache, folder: join(file, 'below') };
    const tables = openUnwindTables(nowhere, (entry) => writeCacheFile(nowhere, entry));
    tables.keep(KEY, TABLE);
    expect(tables.load(KEY)).toBeUndefined();
    if (process.geteuid?.() === 0) return;
    const closed = { ...cache, folder: join(folder, 'closed') };
    mkdirSync(closed.folder, { mode: 0o500 });
    writeCacheFile(closed, { key: KEY, bytes: new Uint8Array(8) });
    expect(readdirSync(closed.folder)).toEqual([]);
    chmodSync(closed.folder, 0o700);
  });
});

describe('the cache', () => {
  it('drops what was not used for longest', () => {
    const { cache, tables } = open({ maxBytes: 4.5 * keptSize() });
    const keys = Array.from({ length: 4 }, (_, index) => `${`0${index}`.repeat(20)}-1-1`);
    keys.forEach((key, index) => {
      tables.keep(key, TABLE);
      utimesSync(cachePath(cache, key), 1000 + index, 1000 + index);
    });
    // The oldest is used, so the second is dropped for the fifth.
    expect(tables.load(keys[0])).toBeDefined();
    tables.keep(KEY, TABLE);
    const left = [keys[0], keys[2], keys[3], KEY].map((key) => `${key}.table`);
    expect(readdirSync(cache.folder).sort()).toEqual(left.sort());
  });

  it('takes nothing that would fill it', () => {
    const { cache, tables } = open({ maxBytes: 3 * keptSize() });
    tables.keep(KEY, TABLE);
    expect(tables.load(KEY)).toBeUndefined();
    expect(() => readdirSync(cache.folder)).toThrow();
  });

  it('belongs to its user alone', () => {
    const { cache, tables } = open();
    tables.keep(KEY, TABLE);
    expect(statSync(cache.folder).mode & 0o777).toBe(0o700);
    expect(statSync(cachePath(cache, KEY)).mode & 0o777).toBe(0o600);
  });
});

it('files are told apart by build and size; small ones, and those without a build id, are not kept', () => {
  const id = 'ab'.repeat(20);
  expect(unwindTableKey(id, 5, 1 << 20)).not.toBe(unwindTableKey(id, 6, 1 << 20));
  expect(unwindTableKey(id, 5, 100)).toBeUndefined();
  expect(unwindTableKey(undefined, 5, 1 << 20)).toBeUndefined();
  expect(unwindTableKey('../../../etc/passwd', 5, 1 << 20)).toBeUndefined();
});

function open({ maxBytes = 1 << 24 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-tables-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const cache: DiskCache = { folder: join(folder, 'vmprof', 'unwind'), suffix: '.table', maxBytes };
  return { folder, cache, tables: openUnwindTables(cache, (entry) => writeCacheFile(cache, entry)) };
}

/** Bytes that TABLE takes. */
function keptSize(): number {
  let size = 0;
  const nowhere: DiskCache = { folder: '/nonexistent', suffix: '', maxBytes: 0 };
  openUnwindTables(nowhere, ({ bytes }) => {
    size = bytes.length;
  }).keep(KEY, TABLE);
  return size;
}

function compileSome(): UnwindTable {
  const readAt = readAtOfFile(findSmallLibrary(14_000));
  const table = readUnwindTable(readAt, parseElf(readAt));
  readAt.close();
  if (table === undefined) throw new Error('no table');
  return table;
}
