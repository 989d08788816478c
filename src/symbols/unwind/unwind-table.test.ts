import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseElf } from '../elf/elf.ts';
import {
  findCLibrary,
  findSmallLibrary,
  hasCommand,
  readAtOf,
  readAtOfFile,
} from '../elf/real-elf.testing.ts';
import { compileUnwindTable } from './call-frame-program.ts';
import { readUnwindTable } from './elf-unwind.ts';
import {
  CFA_EXPRESSION,
  CFA_REGISTER_MASK,
  findFunctionStart,
  findRule,
  NO_RULE,
  RULE_AT,
  RULE_HEAD,
  RULE_REGISTER,
  RULE_UNDEFINED,
  type UnwindTable,
  X86_64,
} from './unwind-table.ts';

const hasReadelf = hasCommand('readelf', 'unwind tables are not compared with its list');
const NAMES = [
  'rax',
  'rdx',
  'rcx',
  'rbx',
  'rsi',
  'rdi',
  'rbp',
  'rsp',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'ra',
];

describe('real files', () => {
  test.skipIf(!hasReadelf || process.arch !== 'x64')('has the rules that readelf prints', () => {
    for (const path of [findCLibrary(), findSmallLibrary(30_000)]) {
      const readAt = readAtOfFile(path);
      const table = readUnwindTable(readAt, parseElf(readAt));
      if (table === undefined) throw new Error(`${path} has no unwind table`);
      const rows = listRows(path);
      expect(rows.length).toBeGreaterThan(100);
      const differing = rows.filter((row) => describeRule(table, row.address, row.columns) !== row.text);
      expect(differing.slice(0, 5)).toEqual([]);
      readAt.close();
    }
  });

  test('knows nothing of addresses before and behind the code', () => {
    const readAt = readAtOfFile(findCLibrary());
    const table = readUnwindTable(readAt, parseElf(readAt));
    if (table === undefined) throw new Error('no table');
    expect(findRule(table, 0)).toBe(NO_RULE);
    expect(findRule(table, Number.NaN)).toBe(NO_RULE);
    expect(findRule(table, 2 ** 40)).toBe(NO_RULE);
    expect(findFunctionStart(table, 2 ** 40)).toBeUndefined();
    expect(findFunctionStart(table, table.base + 1)).toBe(table.base);
    readAt.close();
  });

  test('finds the table without section headers, through the program headers', () => {
    const bytes = new Uint8Array(readFileSync(findSmallLibrary(30_000)));
    const whole = readUnwindTable(readAtOf(bytes), parseElf(readAtOf(bytes)));
    const bare = bytes.slice();
    // e_shoff, e_shnum and e_shstrndx.
    bare.fill(0, 40, 48);
    bare.fill(0, 60, 64);
    const elf = parseElf(readAtOf(bare));
    expect(elf.sections).toEqual([]);
    expect(readUnwindTable(readAtOf(bare), elf)?.starts).toEqual(whole?.starts);
  });
});

interface Row {
  readonly address: number;
  readonly columns: readonly string[];
  readonly text: string;
}

/** The rows that readelf prints, up to some thousand. Of addresses that several rows name, the last. */
function listRows(path: string): Row[] {
  const options = { encoding: 'utf8', maxBuffer: 1 << 30 } as const;
  // It fails for missing debug information, after having printed everything.
  const text = spawnSync('readelf', ['-W', '--debug-dump=frames-interp', path], options).stdout;
  const rows = new Map<number, Row>();
  let columns: string[] = [];
  let isDescription = false;
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (/ (CIE|FDE) /.test(line)) isDescription = line.includes(' FDE ');
    else if (words[0] === 'LOC') columns = words.slice(1);
    else if (isDescription && /^[0-9a-f]{16}$/.test(words[0] ?? '')) {
      const address = Number.parseInt(words[0], 16);
      if (address > 0) rows.set(address, { address, columns, text: words.slice(1).join(' ') });
    }
  }
  return [...rows.values()];
}

function describeRule(table: UnwindTable, address: number, columns: readonly string[]): string {
  const at = findRule(table, address) * (RULE_HEAD + X86_64.registers);
  const head = table.words[at];
  return columns
    .map((column) => {
      if (column === 'CFA') {
        const register = head & CFA_REGISTER_MASK;
        const offset = table.words[at + 1];
        return register === CFA_EXPRESSION ? 'exp' : `${NAMES[register]}${offset < 0 ? '' : '+'}${offset}`;
      }
      const how = table.words[at + RULE_HEAD + NAMES.indexOf(column)];
      if ((how & 7) === RULE_AT) return `c${how >> 3 < 0 ? '' : '+'}${how >> 3}`;
      if ((how & 7) === RULE_REGISTER) return `r${how >> 3} (${NAMES[how >> 3]})`;
      if ((how & 7) === RULE_UNDEFINED || how === 0) return 'u';
      return (how & 7) >= 5 ? ((how & 7) === 6 ? 'vexp' : 'exp') : '?';
    })
    .join(' ');
}

describe('damaged bytes', () => {
  const bytes = readFrames();

  test('changed at random: a table or none, in bounded time and memory', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 }),
        (changes) => {
          const changed = bytes.slice();
          for (const [at, value] of changes) changed[at] = value;
          for (const kind of ['eh_frame', 'debug_frame'] as const) {
            const table = compileUnwindTable(X86_64, [{ kind, bytes: changed, address: 0x1000 }]);
            if (table === undefined) continue;
            expect(table.length).toBeLessThanOrEqual(changed.length * 2);
            for (let row = 1; row < table.length; row++) {
              if (table.starts[row] <= table.starts[row - 1]) throw new Error('rows are not in order');
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a distance from what an expression gives: no rule from there on', () => {
    const bytes = Uint8Array.from([
      ...[20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 0, 1, 0x78, 16, 0x0c, 7, 8, 0x90, 1, 0, 0, 0, 0, 0, 0],
      ...[28, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0],
      // An expression is the frame, one byte later 99 bytes more than one.
      ...[0x0f, 2, 0x76, 16, 0x41, 0x0e, 99, 0],
    ]);
    const table = compileUnwindTable(X86_64, [{ kind: 'debug_frame', bytes, address: 0 }]);
    if (table === undefined) throw new Error('no table');
    expect(findRule(table, 0x1000)).not.toBe(NO_RULE);
    expect(findRule(table, 0x1001)).toBe(NO_RULE);
  });

  test('cut anywhere', () => {
    for (let length = 0; length < bytes.length; length += 61) {
      compileUnwindTable(X86_64, [{ kind: 'eh_frame', bytes: bytes.subarray(0, length), address: 0x1000 }]);
    }
  });

  function readFrames(): Uint8Array {
    const file = new Uint8Array(readFileSync(findSmallLibrary(14_000)));
    const section = parseElf(readAtOf(file)).findSection('.eh_frame');
    if (section === undefined) throw new Error('no .eh_frame');
    return file.slice(section.offset, section.offset + Math.min(section.size, 6000));
  }
});
