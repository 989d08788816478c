// Frames as Python's profiling.sampling tells them, in the files that it has made up itself.

import type { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { type FrameIndex, FUNCTION_KINDS, type FunctionIndex } from '../profile/tables.ts';

/** The file of what stands for no code: `<GC>`, `<native>`. */
const NO_FILE = '~';
/** The file of tasks of asyncio, which stand between what they run and what waits for them. */
const TASK_FILE = '<task>';
const MAX_INT32 = 0x7fff_ffff;
const GC = FUNCTION_KINDS.indexOf('gc');

export function internSamplingFunction(builder: ProfileBuilder, file: string, name: string): FunctionIndex {
  if (file === NO_FILE || file === '') {
    const kind = name === '<GC>' ? 'gc' : name === '<native>' ? 'native' : 'other';
    return builder.internFunction({ name, kind });
  }
  return builder.internFunction({ name, file, kind: file === TASK_FILE ? 'other' : 'python' });
}

/** `line` counts from 1, `column` from 0, as in Python's tables of positions; what is no line or column is left out. */
export function internSamplingFrame(
  builder: ProfileBuilder,
  row: FunctionIndex,
  line: number,
  column: number,
): FrameIndex {
  if (builder.functions.kind[row] === GC) return builder.internFrame({ function: row, tier: 'gc' });
  if (line <= 0 || line > MAX_INT32) return builder.internFrame({ function: row });
  if (column < 0 || column >= MAX_INT32) return builder.internFrame({ function: row, line });
  return builder.internFrame({ function: row, line, column: column + 1 });
}
