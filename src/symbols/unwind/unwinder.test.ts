import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileUnwindTable } from './call-frame-program.ts';
import { AddressChain, type InstructionAddress } from './code-address.ts';
import { ARM64, type UnwindArchitecture, X86_64 } from './unwind-table.ts';
import { type CodeRange, Unwinder } from './unwinder.ts';

const CODE = 0x40_0000;
const STACK = 0x7000;
/** Code that was made at run time: a page without rules. */
const GENERATED = 0x50_0000;

/** One entry of .eh_frame with its length. */
function entry(body: readonly number[]): number[] {
  const padded = [...body];
  while (padded.length % 4 !== 0) padded.push(0);
  return [padded.length, 0, 0, 0, ...padded];
}

const u32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];

/** A section with one CIE (absolute 4-byte addresses) and functions of 0x100 bytes from `CODE` on. */
function makeFrames(
  cie: readonly number[],
  functions: readonly (readonly number[])[],
  augmentation = 'zR',
): Uint8Array {
  const letters = [...augmentation].map((letter) => letter.charCodeAt(0));
  const bytes = entry([0, 0, 0, 0, 1, ...letters, 0, 1, 0x78, 16, 1, 0x03, ...cie]);
  functions.forEach((instructions, index) => {
    bytes.push(
      ...entry([...u32(bytes.length + 4), ...u32(CODE + index * 0x100), ...u32(0x100), 0, ...instructions]),
    );
  });
  return Uint8Array.from([...bytes, 0, 0, 0, 0]);
}

/** x86-64: CFA is rsp + 8, the return address at CFA - 8. */
const CALLED = [0x0c, 7, 8, 0x90, 1];

function unwind(options: {
  readonly architecture?: UnwindArchitecture;
  readonly frames: Uint8Array | undefined;
  readonly registers: Readonly<Record<number, number>>;
  readonly instruction: number;
  /** Words from STACK on. */
  readonly stack: readonly number[];
}): { end: string; addresses: string[] } {
  const { architecture = X86_64, frames, stack } = options;
  const table = frames && compileUnwindTable(architecture, [{ kind: 'eh_frame', bytes: frames, address: 0 }]);
  const code: CodeRange = { start: CODE, end: CODE + 0x10000, bias: 0, table };
  const generated: CodeRange = { start: GENERATED, end: GENERATED + 4096, bias: 0, table: undefined };
  const unwinder = new Unwinder(architecture, (address) =>
    [code, generated].find(({ start, end }) => address >= start && address < end),
  );
  const registers = new Float64Array(architecture.registers);
  for (const [number, value] of Object.entries(options.registers)) registers[Number(number)] = value;
  const chain = new AddressChain();
  const read = (address: number): number => stack[(address - STACK) / 8] ?? Number.NaN;
  const end = unwinder.unwind(registers, options.instruction as InstructionAddress, read, chain);
  const addresses = Array.from({ length: chain.length }, (_, level) =>
    (chain.lookupAt(level) - CODE).toString(16),
  );
  return { end, addresses };
}

describe('rules', () => {
  test('follow calls, and look return addresses up one byte earlier', () => {
    // The second function returns to the very end of the first: its last instruction is the call.
    const frames = makeFrames(CALLED, [[0x0e, 24], [], [0x07, 16]]);
    const result = unwind({
      frames,
      registers: { 7: STACK },
      instruction: CODE + 0x110,
      stack: [CODE + 0x100, 0, 0, CODE + 0x210],
    });
    expect(result).toEqual({ end: 'root', addresses: ['110', 'ff', '20f'] });
  });

  test('look an interrupted instruction up as it is, behind the frame of a signal', () => {
    // Signal frame: rip and rsp are found by expressions, rsp + 8 and rsp + 16.
    const signal = makeFrames([0x0f, 2, 0x77, 0, 0x10, 16, 2, 0x77, 8, 0x10, 7, 2, 0x77, 16], [[]], 'zRS');
    // Byte 8 + 4 is the identification; the augmentation has one letter more.
    const result = unwind({
      frames: signal,
      registers: { 7: STACK },
      instruction: CODE + 0x10,
      stack: [0, CODE + 0x4000, STACK + 0x80],
    });
    expect(result.addresses).toEqual(['10', '4000']);
  });

  test('stop where more of the stack would be needed, or a register that is not known', () => {
    const frames = makeFrames(CALLED, [[0x0e, 24]]);
    expect(unwind({ frames, registers: { 7: STACK }, instruction: CODE + 1, stack: [1] }).end).toBe('cut');
    const byFrame = makeFrames([0x0c, 6, 16, 0x90, 1], [[]]);
    const registers = { 7: STACK, 6: Number.NaN };
    expect(unwind({ frames: byFrame, registers, instruction: CODE + 1, stack: [1, 2, 3] }).end).toBe('cut');
  });

  test('stop at what is no code', () => {
    const frames = makeFrames(CALLED, [[]]);
    const result = unwind({ frames, registers: { 7: STACK }, instruction: CODE + 1, stack: [0x1234, 0] });
    expect(result).toEqual({ end: 'lost', addresses: ['1'] });
  });

  test('never go down the stack', () => {
    const frames = makeFrames([0x0c, 6, 16, 0x90, 1], [[]]);
    const registers = { 7: STACK + 64, 6: STACK };
    expect(unwind({ frames, registers, instruction: CODE + 1, stack: [STACK, CODE + 1, 0] }).end).toBe(
      'lost',
    );
  });

  test('restore callee-saved registers, and states that were remembered', () => {
    // Pushes rbp (CFA 16, rbp at -16), remembers, pops, restores; the caller needs rbp for its frame.
    const inner = [0x41, 0x0e, 16, 0x86, 2, 0x0a, 0x41, 0x0e, 8, 0xc6, 0x0b];
    const frames = makeFrames(CALLED, [inner, [0x0d, 6, 0x0e, 16], [0x07, 16]]);
    const result = unwind({
      frames,
      registers: { 7: STACK, 6: 1 },
      instruction: CODE + 1,
      stack: [STACK + 32, CODE + 0x150, 0, 0, 0, CODE + 0x250],
    });
    expect(result).toEqual({ end: 'root', addresses: ['1', '14f', '24f'] });
  });

  test('of arm64: the link register, with its signature stripped', () => {
    // CFA sp + 16; x29 at CFA - 16, x30 at CFA - 8; a leaf that saves nothing calls it.
    const frames = makeFrames([0x0c, 31, 0], [[], [0x0e, 16, 0x9d, 2, 0x9e, 1], [0x07, 30]]);
    const result = unwind({
      architecture: ARM64,
      frames,
      registers: { 31: STACK, 30: CODE + 0x120 + 0x2a * 2 ** 48 },
      instruction: CODE + 4,
      stack: [0, CODE + 0x208],
    });
    expect(result).toEqual({ end: 'root', addresses: ['4', '11f', '207'] });
  });
});

describe('frame pointers', () => {
  test('lead through code without rules', () => {
    const result = unwind({
      frames: undefined,
      registers: { 7: STACK, 6: STACK + 8 },
      instruction: CODE + 0x30,
      stack: [0, STACK + 32, CODE + 0x51, 0, 0, CODE + 0x61],
    });
    expect(result).toEqual({ end: 'root', addresses: ['30', '50', '60'] });
  });

  test('are not followed down, to strange places, or to what is no code', () => {
    const at = (frame: number, stack: number[]) =>
      unwind({ frames: undefined, registers: { 7: STACK, 6: frame }, instruction: CODE, stack }).end;
    expect(at(STACK - 8, [1])).toBe('lost');
    expect(at(STACK + 3, [1])).toBe('lost');
    expect(at(STACK, [STACK + 16, 0x123])).toBe('lost');
    expect(at(STACK + 800, [1])).toBe('cut');
  });
});

test('a stub that only calls is passed through', () => {
  const frames = makeFrames(CALLED, [[], [0x07, 16]]);
  const stack = [GENERATED + 9, 0, CODE + 0x110];
  const result = unwind({ frames, registers: { 7: STACK, 6: 5 }, instruction: CODE + 1, stack });
  expect(result).toEqual({ end: 'root', addresses: ['1', (GENERATED + 8 - CODE).toString(16), '10f'] });
  const elsewhere = [GENERATED + 9, 0, GENERATED + 0x20];
  const lost = unwind({ frames, registers: { 7: STACK, 6: 5 }, instruction: CODE + 1, stack: elsewhere });
  expect(lost.end).toBe('lost');
});

test('stacks and rules made of noise end', () => {
  const arbitraryWord = fc.oneof(
    fc.nat(0x1000).map((value) => CODE + value),
    fc.nat(64).map((value) => STACK + value * 8),
    fc.nat(),
  );
  fc.assert(
    fc.property(
      fc.array(arbitraryWord, { minLength: 1, maxLength: 64 }),
      fc.array(fc.uint8Array({ maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      fc.nat(63),
      (stack, functions, frame) => {
        const result = unwind({
          frames: makeFrames(
            CALLED,
            functions.map((bytes) => [...bytes]),
          ),
          registers: { 7: STACK, 6: STACK + frame * 8 },
          instruction: CODE + 1,
          stack,
        });
        expect(result.addresses.length).toBeLessThan(1000);
      },
    ),
    { numRuns: 1000 },
  );
});
