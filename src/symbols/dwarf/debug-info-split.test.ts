import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { runTool } from '../../base/run-tool.testing.ts';
import { skip } from '../../base/skip.testing.ts';
import { parseElf } from '../elf/elf.ts';
import { readFunctionSymbols } from '../elf/elf-functions.ts';
import { readAtOf } from '../elf/real-elf.testing.ts';
import { type DebugInfo, openDebugInfo, type SourcePlace } from './debug-info.ts';
import { openDwarfSections } from './dwarf-sections.ts';
import type { SplitFile } from './dwarf-split.ts';

// The same two sources compiled whole and split: the code is the same, so must be what is told of each address. What is told of the
// whole one is compared with addr2line in debug-info.test.ts.

const SOURCES = {
  'first.c': `#include <stdlib.h>
int other(int x);
static int deepest(int x) { return x * 7 + rand(); }
static inline int middle(int x) {
  int sum = 0;
  for (int i = 0; i < x; i++) sum += deepest(i);
  return sum;
}
__attribute__((noinline)) int outer(int x) { return middle(x) + 1; }
int main(int argc, char **argv) {
  if (argc > 5) abort();
  return outer(argc) + middle(argc) + other(argc);
}
`,
  'second.c': `#include <stdlib.h>
static inline int innermost(int x) { return rand() ? x / 3 : rand(); }
static inline int inner(int x) { return innermost(x) + innermost(x + 2); }
__attribute__((noinline)) int other(int x) { return inner(x) ^ 5; }
`,
};

const VERSIONS = ['-gdwarf-5', '-gdwarf-4'] as const;

describe.each(VERSIONS)('%s -gsplit-dwarf', (version) => {
  test('the inlined functions that stand in files beside the objects', (context) => {
    const { whole, split, folder } = build(context, version);
    const expected = placesOf(open(whole), split);
    expect(expected.some((chain) => chain.map(({ name }) => name).join() === 'deepest,middle,outer')).toBe(
      true,
    );
    expect(expected.some((chain) => chain.map(({ name }) => name).join() === 'innermost,inner,other')).toBe(
      true,
    );
    expect(placesOf(open(split, readFrom()), split)).toEqual(expected);
    // Moved together with the program.
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    for (const name of ['first.dwo', 'second.dwo']) renameSync(join(folder, name), join(elsewhere, name));
    expect(placesOf(open(split, readFrom(), join(elsewhere, 'program')), split)).toEqual(expected);
  });

  test('what another program reads there', (context) => {
    const { split, folder } = build(context, version);
    // Version 14 of it finds the file of the first unit only, and takes names of parts from the symbol table.
    const addresses = addressesOf(split, ['outer', 'main']);
    const input = addresses.map((address) => `0x${address.toString(16)}\n`).join('');
    const { error, stdout } = spawnSync('llvm-symbolizer', ['--inlines', '-s', '-e', join(folder, 'split')], {
      input,
      encoding: 'utf8',
    });
    if (error !== undefined) skip(context, 'there is no llvm-symbolizer here');
    const found = stdout
      .trim()
      .split('\n\n')
      .map((text) => text.replace(/:\d+$/gm, '').split('\n'));
    const info = open(split, readFrom());
    const own = addresses.map((address) =>
      info
        .placesAt(address)
        .flatMap(({ name, file, line }) => [name, `${file?.replace(/^.*\//, '')}:${line}`]),
    );
    // Where a line is not known, it tells 0.
    const isKnown = own.map((chain) => !chain.join().includes('undefined'));
    expect(isKnown.filter((known) => known).length).toBeGreaterThan(20);
    expect(own.filter((_, at) => isKnown[at])).toEqual(found.filter((_, at) => isKnown[at]));
  });

  test('missing files, and those of another build: lines alone', (context) => {
    const { split, folder } = build(context, version);
    const bare = placesOf(open(split), split);
    expect(bare.every((chain) => chain.length <= 1)).toBe(true);
    expect(
      placesOf(
        open(split, () => undefined),
        split,
      ),
    ).toEqual(bare);
    renameSync(join(folder, 'second.dwo'), join(folder, 'first.dwo'));
    const other = open(split, readFrom());
    expect(placesOf(other, split).every((chain) => chain.length <= 1)).toBe(true);
  });

  test('damaged at random: fewer places, never a failure or a hang', (context) => {
    const { split, folder } = build(context, version);
    const path = join(folder, 'first.dwo');
    const bytes = new Uint8Array(readFileSync(path));
    const addresses = addressesOf(split).slice(0, 12);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 10 }),
        fc.option(fc.nat(bytes.length)),
        (changes, cut) => {
          const changed = bytes.slice(0, cut ?? bytes.length);
          for (const [at, value] of changes) changed[at] = value;
          const info = open(split, (wanted) => (wanted === path ? fileOf(changed) : undefined));
          for (const address of addresses) expect(info.placesAt(address).length).toBeLessThan(100);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a package', () => {
  test('of DWARF 4, as dwp makes it', (context) => {
    const { whole, split, folder } = build(context, '-gdwarf-4');
    const packed = join(folder, 'split.dwp');
    const { error, status } = spawnSync('dwp', ['-e', 'split', '-o', packed], { cwd: folder });
    if (error !== undefined || status !== 0) skip(context, 'there is no dwp that can do it here');
    for (const name of ['first.dwo', 'second.dwo']) rmSync(join(folder, name));
    const info = open(split, readFrom(), join(folder, 'split'));
    expect(placesOf(info, split)).toEqual(placesOf(open(whole), split));
    damage(split, join(folder, 'split'), new Uint8Array(readFileSync(packed)));
  });

  // Linkers of packages that know DWARF 5 are rare: made by hand of one unit, with something before each of its parts.
  test('of DWARF 5', (context) => {
    const { whole, split, folder } = build(context, '-gdwarf-5');
    const packed = join(folder, 'split.dwp');
    const problem = makePackage(join(folder, 'first.dwo'), packed, folder);
    if (problem !== undefined) skip(context, problem);
    for (const name of ['first.dwo', 'second.dwo']) rmSync(join(folder, name));
    const info = open(split, readFrom(), join(folder, 'split'));
    const inFirst = (chains: readonly (readonly SourcePlace[])[]) =>
      chains.filter((chain) => chain.some(({ file }) => file?.endsWith('/first.c')));
    expect(inFirst(placesOf(info, split))).toEqual(inFirst(placesOf(open(whole), split)));
    damage(split, join(folder, 'split'), new Uint8Array(readFileSync(packed)));
  });

  function damage(split: Uint8Array, program: string, bytes: Uint8Array): void {
    const addresses = addressesOf(split).slice(0, 8);
    const index = parseElf(readAtOf(bytes)).findSection('.debug_cu_index');
    if (index === undefined) throw new Error('no index');
    fc.assert(
      fc.property(fc.nat(index.size - 1), fc.nat(255), fc.nat(bytes.length - 1), (at, value, other) => {
        const changed = bytes.slice();
        changed[index.offset + at] = value;
        changed[other] = value;
        const file = (path: string) => (path.endsWith('.dwp') ? fileOf(changed) : undefined);
        const info = open(split, file, program);
        for (const address of addresses) expect(info.placesAt(address).length).toBeLessThan(100);
      }),
      { numRuns: 150 },
    );
  }
});

/** DWARF 5 section 7.3.5: the parts of one unit, eight bytes into their sections, and an index of two slots and one row. */
function makePackage(dwo: string, packed: string, folder: string): string | undefined {
  const readAt = readAtOf(new Uint8Array(readFileSync(dwo)));
  const elf = parseElf(readAt);
  const parts = [
    [1, '.debug_info.dwo'],
    [3, '.debug_abbrev.dwo'],
    [6, '.debug_str_offsets.dwo'],
    [8, '.debug_rnglists.dwo'],
  ] as const;
  const options: string[] = [];
  const sizes: number[] = [];
  for (const [, name] of parts) {
    const section = elf.findSection(name);
    const bytes = section === undefined ? new Uint8Array() : readAt(section.offset, section.size);
    sizes.push(bytes.length);
    const file = join(folder, `part${name}`);
    writeFileSync(file, Buffer.concat([Buffer.alloc(8, 0xee), bytes]));
    options.push(section === undefined ? '--add-section' : '--update-section', `${name}=${file}`);
  }
  const info = elf.findSection('.debug_info.dwo');
  if (info === undefined) return 'the compiler splits nothing here';
  // Behind length, version, type, size of addresses and abbreviations.
  const id = Buffer.from(readAt(info.offset + 12, 8));
  const slot = id.readUInt32LE(0) & 1;
  const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  const empty = Buffer.alloc(8);
  const index = Buffer.concat([
    words(5, parts.length, 1, 2),
    ...(slot === 0 ? [id, empty, words(1, 0)] : [empty, id, words(0, 1)]),
    words(...parts.map(([kind]) => kind), ...parts.map(() => 8), ...sizes),
  ]);
  writeFileSync(join(folder, 'index'), index);
  options.push('--add-section', `.debug_cu_index=${join(folder, 'index')}`);
  const { error, status } = spawnSync('objcopy', [...options, dwo, packed]);
  if (error !== undefined || status !== 0) return 'there is no objcopy that can do it here';
  return undefined;
}

function build(context: TestContext, version: string) {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-split-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(folder, name), text);
  const compile = (name: string, ...flags: string[]): Uint8Array => {
    for (const part of ['first', 'second']) {
      runTool(context, folder, [
        'cc',
        '-O2',
        version,
        ...flags,
        '-c',
        `${folder}/${part}.c`,
        '-o',
        `${part}.o`,
      ]);
    }
    runTool(context, folder, ['cc', '-o', name, 'first.o', 'second.o']);
    return new Uint8Array(readFileSync(join(folder, name)));
  };
  const whole = compile('whole');
  const split = compile('split', '-gsplit-dwarf');
  return { folder, whole, split };
}

function open(
  program: Uint8Array,
  files?: (path: string) => SplitFile | undefined,
  path = '/nowhere/program',
): DebugInfo {
  const readAt = readAtOf(program);
  const sections = openDwarfSections(readAt, parseElf(readAt));
  if (sections === undefined) throw new Error('no debug information');
  return openDebugInfo(sections, files && { open: files, path });
}

/** Files on this disk. */
function readFrom(): (path: string) => SplitFile | undefined {
  return (path) => {
    try {
      return fileOf(new Uint8Array(readFileSync(path)));
    } catch {
      return undefined;
    }
  };
}

function fileOf(bytes: Uint8Array): SplitFile {
  return { readAt: readAtOf(bytes), close: () => {} };
}

function placesOf(info: DebugInfo, program: Uint8Array): readonly (readonly SourcePlace[])[] {
  return addressesOf(program).map((address) => info.placesAt(address));
}

/** Every second address of the functions of the sources. */
function addressesOf(bytes: Uint8Array, names = ['outer', 'main', 'main.cold', 'other']): number[] {
  const readAt = readAtOf(bytes);
  const symbols = readFunctionSymbols(readAt, parseElf(readAt));
  const addresses: number[] = [];
  for (let row = 0; row < symbols.length; row++) {
    if (!names.includes(symbols.nameAt(row))) continue;
    for (let at = 0; at < symbols.sizes[row]; at += 2) addresses.push(symbols.starts[row] + at);
  }
  return addresses;
}
