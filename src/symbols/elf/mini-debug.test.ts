import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { skip } from '../../base/skip.testing.ts';
import { parseElf } from './elf.ts';
import { type FunctionSymbols, joinFunctionSymbols, readFunctionSymbols } from './elf-functions.ts';
import { makeMiniDebug } from './mini-debug.testing.ts';
import { readMiniDebugSymbols } from './mini-debug.ts';
import { readAtOf } from './real-elf.testing.ts';

const SOURCE = `#include <stdio.h>
__attribute__((noinline)) static int hidden(int x) { return x * 7 + printf("x"); }
__attribute__((noinline)) static int secret(int x) { return hidden(x) + hidden(x + 1); }
int main(int argc, char **argv) { return secret(argc); }
`;

test('the functions of a stripped program, as its symbol table had them', (context) => {
  const { whole, stripped } = prepare(context);
  const expected = functionsOf(readFunctionSymbols(readAtOf(whole), parseElf(readAtOf(whole))));
  const elf = parseElf(readAtOf(stripped));
  expect(elf.findSection('.symtab')).toBeUndefined();
  const mini = readMiniDebugSymbols(readAtOf(stripped), elf);
  if (mini === undefined) throw new Error('nothing was read');
  const found = functionsOf(mini);
  for (const name of ['hidden', 'secret', 'main']) expect(found.get(name)).toBe(expected.get(name));
});

test('damaged at random: the same functions or none', (context) => {
  const { stripped } = prepare(context);
  const section = parseElf(readAtOf(stripped)).findSection('.gnu_debugdata');
  if (section === undefined) throw new Error('no section');
  const whole = readMiniDebugSymbols(readAtOf(stripped), parseElf(readAtOf(stripped)));
  fc.assert(
    fc.property(fc.nat(section.size - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = stripped.slice();
      changed[section.offset + at] ^= change;
      const readAt = readAtOf(changed);
      const symbols = readMiniDebugSymbols(readAt, parseElf(readAt));
      if (symbols !== undefined && whole !== undefined) {
        expect(functionsOf(symbols)).toEqual(functionsOf(whole));
      }
    }),
    { numRuns: 200 },
  );
});

test('two tables become one, in order; at the same address the first one counts', () => {
  const joined = joinFunctionSymbols(
    tableOf([1, 'a'], [5, 'b'], [9, 'c']),
    tableOf([0, 'x'], [5, 'y'], [7, 'z'], [12, 'w']),
  );
  expect([...functionsOf(joined)]).toEqual([
    ['x', 0],
    ['a', 1],
    ['b', 5],
    ['z', 7],
    ['c', 9],
    ['w', 12],
  ]);
  expect(joinFunctionSymbols(tableOf(), tableOf([3, 'only'])).nameAt(0)).toBe('only');
  expect(joinFunctionSymbols(tableOf([3, 'only']), tableOf()).length).toBe(1);
});

function tableOf(...rows: readonly (readonly [number, string])[]): FunctionSymbols {
  return {
    length: rows.length,
    starts: Float64Array.from(rows, ([start]) => start),
    sizes: new Float64Array(rows.length),
    nameAt: (row) => rows[row][1],
  };
}

function functionsOf(symbols: FunctionSymbols): Map<string, number> {
  return new Map(
    Array.from({ length: symbols.length }, (_, row) => [symbols.nameAt(row), symbols.starts[row]]),
  );
}

function prepare(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-mini-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const source = join(folder, 'source.c');
  const program = join(folder, 'program');
  writeFileSync(source, SOURCE);
  const { error, status } = spawnSync('cc', ['-O1', '-o', program, source]);
  if (error !== undefined || status !== 0) skip(context, 'there is no C compiler here');
  const whole = new Uint8Array(readFileSync(program));
  const problem = makeMiniDebug(folder, program);
  if (problem !== undefined) skip(context, problem);
  return { whole, stripped: new Uint8Array(readFileSync(program)) };
}
