import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { skip } from '../../base/skip.testing.ts';
import { parseElf } from '../elf/elf.ts';
import { readFunctionSymbols } from '../elf/elf-functions.ts';
import { hasCommand, readAtOf } from '../elf/real-elf.testing.ts';
import { type DebugInfo, openDebugInfo } from './debug-info.ts';
import { openDwarfSections } from './dwarf-sections.ts';

const SOURCE = `#include <stdlib.h>
static int deepest(int x) { return x * 7 + rand(); }
static inline int middle(int x) {
  int sum = 0;
  for (int i = 0; i < x; i++) sum += deepest(i);
  return sum;
}
__attribute__((noinline)) int outer(int x) {
  return middle(x) + 1;
}
int main(int argc, char **argv) {
  if (argc > 5) abort();
  return outer(argc) + middle(argc);
}
`;

const folder = mkdtempSync(join(tmpdir(), 'vmprof-dwarf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const canCompile = hasCommand('cc', 'debug information is not read');
const hasAddr2line = hasCommand('addr2line', 'source places are not compared with it');

function compile(flags: string): Uint8Array<ArrayBuffer> | undefined {
  const source = join(folder, 'source.c');
  const program = join(folder, 'program');
  writeFileSync(source, SOURCE);
  // Some compilers cannot write what others can: clang, older gcc.
  const { status } = spawnSync('cc', [...flags.split(' '), '-o', program, source], { stdio: 'ignore' });
  return status === 0 ? new Uint8Array(readFileSync(program)) : undefined;
}

function openBytes(bytes: Uint8Array): DebugInfo {
  const readAt = readAtOf(bytes);
  const sections = openDwarfSections(readAt, parseElf(readAt));
  if (sections === undefined) throw new Error('no debug information');
  return openDebugInfo(sections);
}

/** Every fourth address of the functions of the source. */
function addressesOf(bytes: Uint8Array): number[] {
  const readAt = readAtOf(bytes);
  const symbols = readFunctionSymbols(readAt, parseElf(readAt));
  const addresses: number[] = [];
  for (let row = 0; row < symbols.length; row++) {
    if (!['outer', 'main', 'main.cold'].includes(symbols.nameAt(row))) continue;
    for (let at = 0; at < symbols.sizes[row]; at += 4) addresses.push(symbols.starts[row] + at);
  }
  return addresses;
}

/** `function file:line`, innermost first. */
function describePlaces(info: DebugInfo, address: number): string[] {
  return info
    .placesAt(address)
    .map(({ name, file, line }) => `${name} ${file?.replace(/^.*\//, '')}:${line ?? '?'}`);
}

describe.skipIf(!canCompile)('places', () => {
  test
    .skipIf(!hasAddr2line)
    .each([
      '-O2 -gdwarf-5',
      '-O2 -gdwarf-4',
      '-O0 -gdwarf-3',
      '-O3 -gdwarf-5 -gz=zlib',
      '-O2 -gdwarf-5 -ffunction-sections',
    ])('%s: what addr2line prints', (flags) => {
    const bytes = compile(flags);
    if (bytes === undefined) return;
    const info = openBytes(bytes);
    const addresses = addressesOf(bytes);
    expect(addresses.length).toBeGreaterThan(10);
    const input = addresses.map((address) => `0x${address.toString(16)}\n`).join('');
    const output = execFileSync('addr2line', ['-e', join(folder, 'program'), '-ifa'], {
      input,
      encoding: 'utf8',
    });
    const expected = output
      .split(/^0x[0-9a-f]{16}$/m)
      .slice(1)
      .map((text) => {
        const lines = text.trim().split('\n');
        return lines
          .map((line, index) =>
            index % 2 === 0 ? '' : `${lines[index - 1]} ${line.replace(/ \(.*$/, '').replace(/^.*\//, '')}`,
          )
          .filter((line) => line !== '');
      });
    // addr2line takes the row before, where no line stands: line 0.
    const differing = addresses.filter(
      (address, index) => describePlaces(info, address).join('; ') !== expected[index].join('; '),
    );
    expect(differing.map((address) => describePlaces(info, address))).toEqual([]);
  });

  test('inlined functions stand inside of those that they were inlined into, with their declarations', () => {
    const bytes = compile('-O2 -g');
    if (bytes === undefined) return;
    const info = openBytes(bytes);
    const chains = addressesOf(bytes).map((address) => info.placesAt(address));
    const deepest = chains.find((chain) => chain.length === 3 && chain[2].name === 'outer');
    expect(deepest?.map(({ name, line, declarationLine }) => [name, line, declarationLine])).toEqual([
      ['deepest', 2, 2],
      ['middle', 5, 3],
      ['outer', 9, 8],
    ]);
    expect(deepest?.[0].declarationFile).toBe(join(folder, 'source.c'));
    expect(info.placesAt(0)).toEqual([]);
    expect(info.placesAt(2 ** 45)).toEqual([]);
  });

  test.each(['-O2 -gdwarf-5', '-O2 -gdwarf-4'])(
    '%s -gsplit-dwarf: the lines, which stay in the program',
    (flags) => {
      const whole = compile(flags);
      const split = compile(`${flags} -gsplit-dwarf`);
      if (whole === undefined || split === undefined) return;
      const [all, skeleton] = [openBytes(whole), openBytes(split)];
      const addresses = addressesOf(split);
      expect(addresses).toEqual(addressesOf(whole));
      const innermost = (info: DebugInfo) =>
        addresses.map((address) => info.placesAt(address)[0]).map((place) => [place?.file, place?.line]);
      expect(innermost(skeleton)).toEqual(innermost(all));
      expect(innermost(skeleton)[0][0]).toBe(join(folder, 'source.c'));
    },
  );

  test('sections compressed with Zstandard say the same; damaged ones say less', (context) => {
    const plain = compile('-O2 -g');
    if (plain === undefined) return;
    const [program, packed] = [join(folder, 'program'), join(folder, 'packed')];
    const { error, status } = spawnSync('objcopy', ['--compress-debug-sections=zstd', program, packed]);
    if (error !== undefined || status !== 0) skip(context, 'objcopy knows no Zstandard here');
    const bytes = new Uint8Array(readFileSync(packed));
    const addresses = addressesOf(plain);
    const [expected, info] = [openBytes(plain), openBytes(bytes)];
    expect(addresses.map((address) => info.placesAt(address))).toEqual(
      addresses.map((address) => expected.placesAt(address)),
    );
    const section = parseElf(readAtOf(bytes)).findSection('.debug_info');
    expect(section?.isCompressed).toBe(true);
    fc.assert(
      fc.property(fc.nat((section?.size ?? 1) - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[(section?.offset ?? 0) + at] = value;
        const readAt = readAtOf(changed);
        const sections = openDwarfSections(readAt, parseElf(readAt));
        const damaged = sections && openDebugInfo(sections);
        for (const address of addresses.slice(0, 4))
          expect(damaged?.placesAt(address).length ?? 0).toBeLessThan(100);
      }),
      { numRuns: 100 },
    );
  });

  test('damaged at random: fewer places, never a failure, a hang, or a big read', () => {
    for (const flags of ['-O2 -gdwarf-5', '-O2 -gdwarf-4']) {
      const bytes = compile(flags);
      if (bytes === undefined) continue;
      const addresses = addressesOf(bytes);
      const debug = parseElf(readAtOf(bytes)).sections.filter(({ name }) => name.startsWith('.debug_'));
      const arbitraryPlace = fc
        .constantFrom(...debug)
        .chain((section) =>
          fc.tuple(fc.constant(section.offset), fc.nat(Math.max(0, section.size - 1)), fc.nat(255)),
        );
      fc.assert(
        fc.property(fc.array(arbitraryPlace, { minLength: 1, maxLength: 10 }), (changes) => {
          const changed = bytes.slice();
          for (const [offset, at, value] of changes) changed[offset + at] = value;
          const info = openBytes(changed);
          for (const address of addresses.slice(0, 12))
            expect(info.placesAt(address).length).toBeLessThan(100);
        }),
        { numRuns: 150 },
      );
    }
  });
});
