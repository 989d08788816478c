import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MalformedError } from '../../base/malformed.ts';
import { evaluateExpression } from './dwarf-expression.ts';

const context = {
  register: (number: number) => [0x1000, Number.NaN, 0x403b][number] ?? 0,
  read: (address: number) => (address === 0x1008 ? 0x77 : Number.NaN),
};

const evaluate = (...bytes: number[]) => evaluateExpression(Uint8Array.from(bytes), context);

test('computes where a procedure linkage entry has its frame', () => {
  // breg0+8, breg2+0, lit15, and, lit11, ge, lit3, shl, plus: 8 more behind the push, which ends at 0x…b.
  expect(evaluate(0x70, 8, 0x72, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22)).toBe(0x1010);
  expect(evaluate(0x70, 8, 0x72, 0x7f, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22)).toBe(0x1008);
});

test('reads memory, and says when it does not know it, or a register', () => {
  expect(evaluate(0x70, 8, 0x06)).toBe(0x77);
  expect(evaluate(0x70, 16, 0x06)).toBeNaN();
  expect(evaluate(0x71, 0, 0x23, 1)).toBeNaN();
  expect(evaluate(0x92, 1, 0)).toBeNaN();
});

test('computes with signed and unsigned numbers of 64 bits', () => {
  expect(evaluate(0x09, 0xff, 0x31, 0x22)).toBe(0); // -1 + 1
  expect(evaluate(0x09, 0xf8, 0x09, 0x02, 0x1b, 0x1f)).toBe(4); // -(-8 / 2)
  expect(evaluate(0x31, 0x32, 0x16, 0x1c)).toBe(1); // swap, 2 - 1
  expect(evaluate(0x31, 0x32, 0x33, 0x17, 0x1c, 0x1c)).toBe(4); // rot: 3 1 2; 3 - (1 - 2)
});

test('never hangs and never fails in an unforeseen way', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
      try {
        expect(evaluateExpression(bytes, context)).toBeTypeOf('number');
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  // skip -3: for ever
  expect(() => evaluate(0x2f, 0xfd, 0xff)).toThrow(MalformedError);
});
