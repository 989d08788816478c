import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeCrc32 } from '../../base/crc32.ts';
import { MalformedError } from '../../base/malformed.ts';
import { parseElf } from '../elf/elf.ts';
import { findCLibrary, readAtOfFile } from '../elf/real-elf.testing.ts';
import { compileUnwindTable } from './call-frame-program.ts';
import { AddressChain, type InstructionAddress } from './code-address.ts';
import { readUnwindTable } from './elf-unwind.ts';
import { type UnwindTable, X86_64 } from './unwind-table.ts';
import { decodeUnwindTable, encodeUnwindTable, UNWIND_TABLE_VERSION } from './unwind-table-bytes.ts';
import { Unwinder } from './unwinder.ts';

/** One function at 0x1000: a push of the frame pointer, a CFA by an expression, and its end. */
const SECTION = Uint8Array.from([
  ...[20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 0, 1, 0x78, 16, 0x0c, 7, 8, 0x90, 1, 0, 0, 0, 0, 0, 0],
  ...[44, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0],
  ...[0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x44, 0x0f, 2, 0x76, 16, 0x10, 3, 2, 0x76, 0x70, 0x48],
  ...[0x0c, 7, 8, 0xc6, 0],
]);

function compileKnown(): UnwindTable {
  const table = compileUnwindTable(X86_64, [{ kind: 'debug_frame', bytes: SECTION, address: 0 }]);
  if (table === undefined) throw new Error('no table');
  return table;
}

/** A table as values that are compared quickly. */
function describeTable(table: UnwindTable): unknown {
  const { expressions, starts, rules, words, functions, ...rest } = table;
  const columns = [starts, rules, words, functions].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength).toString('latin1'),
  );
  return { ...rest, expressions: expressions.map((each) => [...each]), columns };
}

test('a table is the same after it was bytes', () => {
  const readAt = readAtOfFile(findCLibrary());
  const real = readUnwindTable(readAt, parseElf(readAt));
  readAt.close();
  const known = compileKnown();
  expect(known.expressions.length).toBe(2);
  for (const table of [real, known]) {
    if (table === undefined) throw new Error('no table');
    expect(describeTable(decodeUnwindTable(encodeUnwindTable(table)))).toEqual(describeTable(table));
  }
});

// Tables of older versions lie on the disks of users, for the same files.
test('another table from the same bytes, or other bytes for a table, need another version', () => {
  expect([UNWIND_TABLE_VERSION, computeCrc32(encodeUnwindTable(compileKnown()))]).toMatchInlineSnapshot(`
    [
      1,
      2750662208,
    ]
  `);
});

describe('damaged bytes', () => {
  test('cut anywhere: an error', () => {
    const bytes = encodeUnwindTable(compileKnown());
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeUnwindTable(bytes.slice(0, length))).toThrow(MalformedError);
    }
    expect(() => decodeUnwindTable(new Uint8Array([...bytes, 0]))).toThrow(MalformedError);
  });

  test('changed at random: an error, or a table that unwinding survives', () => {
    const bytes = encodeUnwindTable(compileKnown());
    const registers = new Float64Array(17).fill(0x7000);
    const chain = new AddressChain();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(0x40),
        (changes, at) => {
          const changed = bytes.slice();
          for (const [place, value] of changes) changed[place] = value;
          let table: UnwindTable;
          try {
            table = decodeUnwindTable(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedError);
            return;
          }
          const code = { start: 0x1000, end: 0x2000, bias: 0, table };
          const unwinder = new Unwinder(X86_64, (address) =>
            address >= code.start && address < code.end ? code : undefined,
          );
          unwinder.unwind(registers, (0x1000 + at) as InstructionAddress, () => 0, chain);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
