// Expressions of call frame information: where a PLT entry's caller, or a register saved by the kernel for a signal, is found.
// DWARF 5 section 2.5: a stack machine over 64-bit numbers.

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';

/** Real expressions take a dozen steps; damaged ones may jump back for ever. */
const MAX_STEPS = 1000;
const MAX_STACK = 64;

/** What an expression may look at. */
export interface ExpressionContext {
  /** A register's value; NaN when it is not known. */
  readonly register: (number: number) => number;
  /** Eight bytes of memory; NaN when they are not known. */
  readonly read: (address: number) => number;
}

/** The value of an expression; NaN when it needs a register or memory that is not known. MalformedError for what is no expression. */
export function evaluateExpression(bytes: Uint8Array, context: ExpressionContext, first?: number): number {
  const cursor = new DwarfCursor(bytes);
  const stack: bigint[] = first === undefined ? [] : [toBits(first)];
  const pop = (): bigint => {
    const value = stack.pop();
    if (value === undefined) throw new MalformedError('an expression takes from an empty stack');
    return value;
  };
  const push = (value: bigint | number): void => {
    if (stack.length >= MAX_STACK) throw new MalformedError('an expression needs too much');
    stack.push(typeof value === 'bigint' ? BigInt.asUintN(64, value) : toBits(value));
  };
  const peek = (depth: number): bigint => {
    const value = stack.at(-1 - depth);
    if (value === undefined) throw new MalformedError('an expression looks below its stack');
    return value;
  };
  const compare = (holds: (a: bigint, b: bigint) => boolean): void => {
    const b = BigInt.asIntN(64, pop());
    push(holds(BigInt.asIntN(64, pop()), b) ? 1n : 0n);
  };
  const jump = (distance: number): void => {
    const target = cursor.at + distance;
    if (target < 0 || target > cursor.end) throw new MalformedError('an expression jumps out of itself');
    cursor.at = target;
  };

  for (let step = 0; !cursor.isAtEnd; step++) {
    if (step >= MAX_STEPS) throw new MalformedError('an expression does not end');
    const opcode = cursor.u8();
    if (opcode >= 0x30 && opcode <= 0x4f) {
      push(opcode - 0x30);
    } else if (opcode >= 0x70 && opcode <= 0x8f) {
      const value = context.register(opcode - 0x70);
      if (Number.isNaN(value)) return Number.NaN;
      push(toBits(value) + BigInt(cursor.sleb()));
    } else {
      switch (opcode) {
        case 0x03: // addr
        case 0x0e: // const8u
          push(cursor.u64());
          break;
        case 0x06: {
          const value = context.read(Number(pop()));
          if (Number.isNaN(value)) return Number.NaN;
          push(value);
          break;
        }
        case 0x08:
          push(cursor.u8());
          break;
        case 0x09:
          push(cursor.i8());
          break;
        case 0x0a:
          push(cursor.u16());
          break;
        case 0x0b:
          push(cursor.i16());
          break;
        case 0x0c:
          push(cursor.u32());
          break;
        case 0x0d:
          push(cursor.i32());
          break;
        case 0x0f:
          push(cursor.i64());
          break;
        case 0x10:
          push(cursor.uleb());
          break;
        case 0x11:
          push(cursor.sleb());
          break;
        case 0x12: // dup
          push(peek(0));
          break;
        case 0x13: // drop
          pop();
          break;
        case 0x14: // over
          push(peek(1));
          break;
        case 0x15: // pick
          push(peek(cursor.u8()));
          break;
        case 0x16: {
          const [b, a] = [pop(), pop()];
          push(b);
          push(a);
          break;
        }
        case 0x17: {
          const [c, b, a] = [pop(), pop(), pop()];
          push(c);
          push(a);
          push(b);
          break;
        }
        case 0x19: {
          const value = BigInt.asIntN(64, pop());
          push(value < 0n ? -value : value);
          break;
        }
        case 0x1a:
          push(pop() & pop());
          break;
        case 0x1b: {
          const divisor = BigInt.asIntN(64, pop());
          if (divisor === 0n) throw new MalformedError('an expression divides by zero');
          push(BigInt.asIntN(64, pop()) / divisor);
          break;
        }
        case 0x1c: {
          const b = pop();
          push(pop() - b);
          break;
        }
        case 0x1d: {
          const divisor = pop();
          if (divisor === 0n) throw new MalformedError('an expression divides by zero');
          push(pop() % divisor);
          break;
        }
        case 0x1e:
          push(pop() * pop());
          break;
        case 0x1f:
          push(-pop());
          break;
        case 0x20:
          push(~pop());
          break;
        case 0x21:
          push(pop() | pop());
          break;
        case 0x22:
          push(pop() + pop());
          break;
        case 0x23:
          push(pop() + BigInt(cursor.uleb()));
          break;
        case 0x24: {
          const count = pop();
          push(count > 63n ? 0n : pop() << count);
          break;
        }
        case 0x25: {
          const count = pop();
          push(count > 63n ? 0n : pop() >> count);
          break;
        }
        case 0x26: {
          const count = pop();
          push(BigInt.asIntN(64, pop()) >> (count > 63n ? 63n : count));
          break;
        }
        case 0x27:
          push(pop() ^ pop());
          break;
        case 0x28: {
          const distance = cursor.i16();
          if (pop() !== 0n) jump(distance);
          break;
        }
        case 0x29:
          compare((a, b) => a === b);
          break;
        case 0x2a:
          compare((a, b) => a >= b);
          break;
        case 0x2b:
          compare((a, b) => a > b);
          break;
        case 0x2c:
          compare((a, b) => a <= b);
          break;
        case 0x2d:
          compare((a, b) => a < b);
          break;
        case 0x2e:
          compare((a, b) => a !== b);
          break;
        case 0x2f:
          jump(cursor.i16());
          break;
        case 0x92: {
          const value = context.register(cursor.uleb());
          if (Number.isNaN(value)) return Number.NaN;
          push(toBits(value) + BigInt(cursor.sleb()));
          break;
        }
        case 0x94: {
          const size = cursor.u8();
          if (size < 1 || size > 8) throw new MalformedError('an expression reads a strange size');
          const value = context.read(Number(pop()));
          if (Number.isNaN(value)) return Number.NaN;
          push(BigInt.asUintN(size * 8, toBits(value)));
          break;
        }
        case 0x96: // nop
          break;
        default:
          throw new MalformedError(`an expression has the operation 0x${opcode.toString(16)}`);
      }
    }
  }
  return Number(pop());
}

function toBits(value: number): bigint {
  return Number.isFinite(value) ? BigInt.asUintN(64, BigInt(Math.trunc(value))) : 0n;
}
