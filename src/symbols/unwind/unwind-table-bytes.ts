// Unwind tables as bytes, to be kept: the columns as they are in memory, little-endian, behind their lengths. Reading one costs
// a look at each number instead of compiling.

import { MalformedError } from '../../base/malformed.ts';
import { findArchitecture } from './elf-unwind.ts';
import {
  CFA_EXPRESSION,
  CFA_REGISTER_MASK,
  RULE_AT_EXPRESSION,
  RULE_HEAD,
  RULE_VALUE_EXPRESSION,
  type UnwindTable,
} from './unwind-table.ts';

/** To be raised whenever the same file gives another table, or a table other bytes: a test tells. */
export const UNWIND_TABLE_VERSION = 1;

/** Machine, rows, rules, functions, expressions, bytes of expressions, then the base in eight bytes. */
const HEAD_WORDS = 8;

/** The bytes of a table. */
export function encodeUnwindTable(table: UnwindTable): Uint8Array<ArrayBuffer> {
  const { starts, rules, words, functions, expressions, length } = table;
  const expressionBytes = expressions.reduce((sum, bytes) => sum + bytes.length, 0);
  const ruleCount = words.length / strideOf(table);
  const columnWords = starts.length + rules.length + words.length + functions.length + expressions.length;
  const bytes = new Uint8Array((HEAD_WORDS + columnWords) * 4 + expressionBytes);
  const head = new DataView(bytes.buffer);
  const sizes = [length, ruleCount, functions.length, expressions.length, expressionBytes];
  [table.architecture.machine, ...sizes].forEach((value, index) => {
    head.setUint32(index * 4, value, true);
  });
  head.setFloat64(24, table.base, true);
  let at = HEAD_WORDS * 4;
  const put = (column: Uint32Array | Int32Array | Uint8Array): void => {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  };
  for (const column of [starts, rules, words, functions]) put(column);
  put(Uint32Array.from(expressions, (expression) => expression.length));
  expressions.forEach(put);
  return bytes;
}

/**
 * The table in bytes, whose columns are parts of them: at a multiple of four in their buffer. Throws MalformedError where it is none
 * that unwinding could use.
 */
export function decodeUnwindTable(bytes: Uint8Array<ArrayBuffer>): UnwindTable {
  if (bytes.length < HEAD_WORDS * 4) throw new MalformedError('an unwind table is cut');
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [machine, length, ruleCount, functionCount, expressionCount, expressionBytes] = Array.from(
    { length: 6 },
    (_, index) => head.getUint32(index * 4, true),
  );
  const architecture = findArchitecture(machine);
  if (architecture === undefined) throw new MalformedError('an unwind table is of an unknown processor');
  const stride = strideOf({ architecture });
  const columnWords = length * 2 + ruleCount * stride + functionCount + expressionCount;
  if ((HEAD_WORDS + columnWords) * 4 + expressionBytes !== bytes.length) {
    throw new MalformedError('an unwind table has another size than it says');
  }
  let at = bytes.byteOffset + HEAD_WORDS * 4;
  const take = <Column>(
    make: new (buffer: ArrayBuffer, offset: number, length: number) => Column,
    count: number,
  ): Column => {
    const column = new make(bytes.buffer, at, count);
    at += count * 4;
    return column;
  };
  const table = {
    architecture,
    base: head.getFloat64(24, true),
    length,
    starts: take(Uint32Array, length),
    rules: take(Uint32Array, length),
    words: take(Int32Array, ruleCount * stride),
    functions: take(Uint32Array, functionCount),
  };
  const sizes = take(Uint32Array, expressionCount);
  const expressions: Uint8Array[] = [];
  for (const size of sizes) {
    if (size > bytes.byteOffset + bytes.length - at) throw new MalformedError('an expression is cut');
    expressions.push(new Uint8Array(bytes.buffer, at, size));
    at += size;
  }
  verifyRules(table, expressionCount);
  return { ...table, expressions };
}

/** Unwinding takes it for granted that expressions exist. A row or a rule that makes no sense only ends a stack. */
function verifyRules(
  { base, words, architecture }: Pick<UnwindTable, 'base' | 'words' | 'architecture'>,
  expressionCount: number,
): void {
  let isSound = Number.isSafeInteger(base);
  const stride = strideOf({ architecture });
  for (let at = 0; at < words.length; at += stride) {
    const isExpression = (words[at] & CFA_REGISTER_MASK) === CFA_EXPRESSION;
    if (isExpression && words[at + 1] >>> 0 >= expressionCount) isSound = false;
    for (let word = at + RULE_HEAD; word < at + stride; word++) {
      const kind = words[word] & 7;
      const isExpressionRule = kind === RULE_AT_EXPRESSION || kind === RULE_VALUE_EXPRESSION;
      if (isExpressionRule && words[word] >>> 3 >= expressionCount) isSound = false;
    }
  }
  if (!isSound) throw new MalformedError('an unwind table refers to an expression that it does not have');
}

function strideOf({ architecture }: Pick<UnwindTable, 'architecture'>): number {
  return RULE_HEAD + architecture.registers;
}
