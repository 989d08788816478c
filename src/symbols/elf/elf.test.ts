import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { skip } from '../../base/skip.testing.ts';
import { computeLoadBias, parseElf, type ReadAt } from './elf.ts';

function readAtOf(bytes: Uint8Array): ReadAt {
  return (offset, length) => bytes.subarray(Math.min(offset, bytes.length), offset + length);
}

/** A real file, with how much was read of it. */
function openFile(path: string): {
  readAt: ReadAt;
  bytesRead: () => number;
  close: () => void;
  size: number;
} {
  const file = openSync(path, 'r');
  let total = 0;
  return {
    size: fstatSync(file).size,
    readAt(offset, length) {
      const target = new Uint8Array(length);
      const got = readSync(file, target, 0, length, offset);
      total += got;
      return target.subarray(0, got);
    },
    bytesRead: () => total,
    close: () => closeSync(file),
  };
}

const node = process.execPath;
const someLibrary = findLibrary();

function findLibrary(): string {
  const map = readFileSync('/proc/self/maps', 'utf8');
  const match = /(\/\S*libc\.so\.6|\/\S*libc-\S*\.so)/.exec(map);
  if (match === null) throw new Error('no libc mapped');
  return match[0];
}

function commandExists(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const hasReadelf = commandExists('readelf');

describe('real files', () => {
  test('reads the headers of a library without reading the library', () => {
    const file = openFile(someLibrary);
    const elf = parseElf(file.readAt);
    expect(elf.isPositionIndependent).toBe(true);
    expect(elf.findSection('.text')?.size).toBeGreaterThan(100_000);
    expect(elf.getBuildId()).toMatch(/^[0-9a-f]{16,40}$/);
    expect(elf.findSymbols(['malloc'], 'dynamic').get('malloc')?.size).toBeGreaterThan(10);
    expect(elf.findSymbols(['_PyRuntime'], 'dynamic').size).toBe(0);
    expect(file.bytesRead()).toBeLessThan(40_000);
    file.close();
  });

  test('finds the addresses that readelf prints, in both tables', (context) => {
    if (!hasReadelf) skip(context, 'readelf is not installed here');
    for (const path of [someLibrary, node]) {
      const file = openFile(path);
      const elf = parseElf(file.readAt);
      const expected = listSymbols(path);
      expect(expected.size).toBeGreaterThan(50);
      const found = elf.findSymbols([...expected.keys()]);
      for (const [name, address] of expected)
        expect([name, found.get(name)?.address]).toEqual([name, address]);
      file.close();
    }
  });

  test('computes the load bias of our own process from every mapping of a library', () => {
    const file = openFile(someLibrary);
    const elf = parseElf(file.readAt);
    const biases = new Set<number | undefined>();
    for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
      const match = /^([0-9a-f]+)-[0-9a-f]+ \S+ ([0-9a-f]+) \S+ (\d+)\s+(.*)$/.exec(line);
      if (match === null || match[4] !== someLibrary) continue;
      biases.add(
        computeLoadBias(elf, { start: Number.parseInt(match[1], 16), offset: Number.parseInt(match[2], 16) }),
      );
    }
    expect(biases.size).toBe(1);
    expect(biases).not.toContain(undefined);
    file.close();
  });
});

/** Some hundred defined global functions and objects of a file: names that occur once. */
function listSymbols(path: string): Map<string, number> {
  const text = execFileSync('readelf', ['-sW', path], { encoding: 'utf8', maxBuffer: 1 << 30 });
  const symbols = new Map<string, number>();
  const twice = new Set<string>();
  for (const line of text.split('\n')) {
    const match =
      /^\s*\d+: ([0-9a-f]{16})\s+\d+ (?:FUNC|OBJECT)\s+\S+\s+\S+\s+\d+ ([A-Za-z_]\w*)(?:@\S+(?: \(\d+\))?)?$/.exec(
        line,
      );
    if (match === null) continue;
    if (symbols.has(match[2]) && symbols.get(match[2]) !== Number.parseInt(match[1], 16)) twice.add(match[2]);
    symbols.set(match[2], Number.parseInt(match[1], 16));
  }
  for (const name of twice) symbols.delete(name);
  const step = Math.ceil(symbols.size / 200);
  return new Map([...symbols].filter((_, index) => index % step === 0));
}

describe('bad files', () => {
  const small = smallestLibrary();

  test('names what is not an ELF file', () => {
    expect(() => parseElf(readAtOf(new Uint8Array()))).toThrow('not an ELF file');
    expect(() => parseElf(readAtOf(new TextEncoder().encode('#!/bin/sh\necho "not one either"\n')))).toThrow(
      'not an ELF file',
    );
    const other = small.slice();
    other[4] = 1;
    expect(() => parseElf(readAtOf(other))).toThrow('not a 64-bit');
  });

  test('cut at any place: an error that says so, or an answer', () => {
    for (let length = 0; length < small.length; length += length < 200 ? 1 : 97) {
      tryAll(readAtOf(small.subarray(0, length)));
    }
  });

  test('damaged at random: never anything but a ProfilerError, never a big read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 3 }),
        (anywhere, inHeader) => {
          const bytes = small.slice();
          for (const [at, value] of [...anywhere, ...inHeader]) bytes[at] = value;
          tryAll(readAtOf(bytes));
        },
      ),
      { numRuns: 300 },
    );
  });

  function tryAll(readAt: ReadAt): void {
    let reads = 0;
    const counted: ReadAt = (offset, length) => {
      expect(length).toBeLessThan(8 << 20);
      expect(++reads).toBeLessThan(100_000);
      return readAt(offset, length);
    };
    try {
      const elf = parseElf(counted);
      elf.getBuildId();
      elf.findSymbols(['malloc', 'main', '_PyRuntime', '_init']);
      computeLoadBias(elf, { start: 0x7f00_0000_0000, offset: 0 });
    } catch (error) {
      if (!(error instanceof ProfilerError)) throw error;
    }
  }
});

function smallestLibrary(): Uint8Array {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
  const folder = folders.find(
    (path) => existsSync(path) && readdirSync(path).some((name) => /\.so\.\d/.test(name)),
  );
  let best: Uint8Array | undefined;
  for (const name of readdirSync(folder ?? '/lib')) {
    if (!/\.so\.\d/.test(name)) continue;
    const bytes = new Uint8Array(readFileSync(`${folder}/${name}`));
    if (bytes[0] === 0x7f && (best === undefined || bytes.length < best.length)) best = bytes;
  }
  if (best === undefined) throw new Error('no shared library found');
  return best;
}
