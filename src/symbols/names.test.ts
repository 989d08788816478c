import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDemangler } from './demangle.ts';
import { parseElf } from './elf/elf.ts';
import { findFunctionSymbol, readFunctionSymbols } from './elf/elf-functions.ts';
import { findCLibrary, readAtOfFile } from './elf/real-elf.testing.ts';
import { listDebugPaths } from './elf/separate-debug.ts';
import { parseJitdump } from './jitdump.ts';
import { findJitFunction, parsePerfMap, sortJitFunctions } from './perf-map.ts';

const wasm = createRequire(import.meta.url).resolve('gecko-profiler-demangle/index_bg.wasm');
const demangle = createDemangler(new Uint8Array(readFileSync(wasm)));

describe('mangled names', () => {
  test.each([
    ['_ZNSt6vectorIiSaIiEE9push_backERKi', 'std::vector<int, std::allocator<int> >::push_back(int const&)'],
    ['_ZZN3foo3barEvENKUlvE_clEv', 'foo::bar()::{lambda()#1}::operator()() const'],
    ['_ZN12_GLOBAL__N_13fooEv', '(anonymous namespace)::foo()'],
    ['_Z1fv.cold', 'f() [clone .cold]'],
    ['_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE', 'core::fmt::Write::write_fmt'],
    [
      '_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE',
      "<Test + 'static as foo::Bar<Test>>::bar",
    ],
    ['_RNvNtCs1234_7mycrate3foo3bar', 'mycrate::foo::bar'],
    ['_RINvNtC3std3mem8align_ofdE', 'std::mem::align_of::<f64>'],
  ])('%s', (mangled, expected) => {
    expect(demangle(mangled)).toBe(expected);
  });

  test.each(['main', '_ZN', '_start', '?foo@@YAXXZ', '_D3std5stdio', '', '_R', '_Z'])('%s stays', (name) => {
    expect(demangle(name)).toBe(name);
  });

  test('any text gives a text', () => {
    const arbitraryName = fc.tuple(
      fc.constantFrom('_Z', '_ZN', '_R', '_RNv', '__Z'),
      fc.string({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(arbitraryName, ([prefix, rest]) => {
        expect(demangle(prefix + rest)).toBeTypeOf('string');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('symbols', () => {
  const readAt = readAtOfFile(findCLibrary());
  const elf = parseElf(readAt);
  const symbols = readFunctionSymbols(readAt, elf);

  test('finds functions at their first and last byte, by their public name', () => {
    const malloc = elf.findSymbols(['malloc']).get('malloc');
    if (malloc === undefined) throw new Error('no malloc');
    const last = findFunctionSymbol(symbols, malloc.address + malloc.size - 1);
    expect(last).toEqual(findFunctionSymbol(symbols, malloc.address));
    expect(last?.name).toBe('malloc');
    expect(last?.size).toBe(malloc.size);
  });

  test('finds nothing before all functions', () => {
    expect(findFunctionSymbol(symbols, 0)).toBeUndefined();
  });

  test('names no version of a symbol', () => {
    for (let row = 0; row < symbols.length; row += 7) expect(symbols.nameAt(row)).not.toMatch(/.@/);
  });

  test('knows where separate debug information would be', () => {
    const buildId = elf.getBuildId() ?? '';
    expect(listDebugPaths(readAt, elf, '/lib/libc.so.6')).toContain(
      `/usr/lib/debug/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`,
    );
  });
});

describe('code made at run time', () => {
  test('perf maps name it; damaged lines are left out', () => {
    const functions = parsePerfMap(
      '1000 20 LazyCompile:*f file.js:3\nnonsense\n0x1020 0x10 g\n2000 0 empty\n10',
    );
    expect(functions).toEqual([
      { start: 0x1000, size: 0x20, name: 'LazyCompile:*f file.js:3' },
      { start: 0x1020, size: 0x10, name: 'g' },
    ]);
  });

  test('of functions that overlap, the one that was made later is there', () => {
    const sorted = sortJitFunctions(
      parsePerfMap('1000 40 old\n1020 10 new\n2000 10 a\n1ff0 20 b\n3000 10 c\n3000 8 d'),
    );
    const at = (address: number) => findJitFunction(sorted, address)?.name;
    expect([0x1025, 0x2005, 0x1ff0, 0x3004].map(at)).toEqual(['new', 'b', 'b', 'd']);
    expect(at(0x1030)).toBeUndefined();
    expect(at(0xfff)).toBeUndefined();
    expect(at(0x2010)).toBeUndefined();
  });

  test('jitdumps name it, and follow it when it moves', () => {
    const bytes = makeJitdump();
    expect(parseJitdump(bytes)).toEqual([
      { start: 0x5000, size: 0x30, name: 'first' },
      { start: 0x9000, size: 0x30, name: 'first' },
    ]);
    for (let length = 0; length < bytes.length; length++) parseJitdump(bytes.subarray(0, length));
  });

  test('the jitdump of Node', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vmprof-jitdump-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const script = 'function hot(n) { let s = 0; for (let i = 0; i < n; i++) s += i % 7; return s } hot(1e7)';
    const flags = ['--perf-prof', '--interpreted-frames-native-stack'];
    execFileSync(process.execPath, [...flags, '-e', script], { cwd: folder });
    const [file] = readdirSync(folder).filter((name) => /^jit-\d+\.dump$/.test(name));
    const functions = parseJitdump(readFileSync(join(folder, file)));
    expect(functions.length).toBeGreaterThan(1000);
    const hot = functions.filter(({ name }) => /^JS:\*hot\b/.test(name));
    expect(hot.length).toBeGreaterThan(0);
    const known = sortJitFunctions(functions);
    for (const { start, size, name } of hot) {
      expect(size).toBeGreaterThan(16);
      expect(findJitFunction(known, start + size - 1)?.name).toBe(name);
    }
  });

  test('noise is no jitdump', () => {
    const header = makeJitdump().subarray(0, 40);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        parseJitdump(Uint8Array.from([...header, ...noise]));
      }),
    );
  });
});

function makeJitdump(): Uint8Array {
  const bytes = new Uint8Array(40 + 64 + 64);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x4a695444, true);
  view.setUint32(8, 40, true);
  const load = 40;
  view.setUint32(load + 4, 64, true);
  view.setBigUint64(load + 32, 0x5000n, true);
  view.setBigUint64(load + 40, 0x30n, true);
  view.setBigUint64(load + 48, 7n, true);
  bytes.set(new TextEncoder().encode('first\0'), load + 56);
  const move = load + 64;
  view.setUint32(move, 1, true);
  view.setUint32(move + 4, 64, true);
  view.setBigUint64(move + 32, 0x5000n, true);
  view.setBigUint64(move + 40, 0x9000n, true);
  view.setBigUint64(move + 48, 0x30n, true);
  view.setBigUint64(move + 56, 7n, true);
  return bytes;
}
