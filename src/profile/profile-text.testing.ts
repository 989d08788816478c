// The fixture language of the tests: a picture of stacks in, a profile out; a call tree in, indented text out.
//
//   profileFromText(`
//     @thread  main  main  worker
//     @wall    100   100   50
//
//     start  start  poll
//     load   render
//            draw@view.py:12
//   `)
//
// Each column is a sample, its outermost frame on top. A cell begins where a cell of the first picture row begins, and
// cells are at least one space apart. `name@file:line`, `name@file`, `name:line` and `name` are frames; `-` alone is a
// sample without a stack. Rows that begin with @ give one value for each sample, in order:
//   @time (default 0, 100, 200 …), @thread (`name` or `process/name`, default `main`), @wall (100), @cpu (as wall
//   where running, else 0), @state (`running`; add `+gil` for a thread that holds the interpreter lock).

import { ProfileBuilder } from './builder/profile-builder.ts';
import { getFunctionName } from './stack-text.ts';
import {
  type FunctionIndex,
  NONE,
  type ProcessIndex,
  type Profile,
  SAMPLE_STATES,
  type SampleState,
  STATE_HOLDS_GIL,
  type StackIndex,
  type ThreadIndex,
} from './tables.ts';
import type { CallTree } from './trees/call-tree.ts';

/** The profile in the picture. Time unit and weights are those of recordings (100 µs). */
export function profileFromText(text: string): Profile {
  return builderFromText(text).build();
}

/** A builder with the samples in the picture, for tests that add more. */
export function builderFromText(
  text: string,
  builder: ProfileBuilder = new ProfileBuilder(),
): ProfileBuilder {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = readValueRows(lines.filter((line) => line.trim().startsWith('@')));
  const columns = readColumns(lines.filter((line) => !line.trim().startsWith('@')));
  const threads = new Map<string, ThreadIndex>();
  columns.forEach((cells, sample) => {
    const readValue = (name: string, other: string | number) => values.get(name)?.[sample] ?? String(other);
    const state = readState(readValue('state', 'running'));
    const wall = Number(readValue('wall', 100));
    const isRunning = SAMPLE_STATES[state & ~STATE_HOLDS_GIL] === 'running';
    builder.addSample(
      Number(readValue('time', sample * 100)),
      internThread(builder, threads, readValue('thread', 'main')),
      internCells(builder, cells),
      state,
      wall,
      Number(readValue('cpu', isRunning ? wall : 0)),
    );
  });
  return builder;
}

/**
 * The call tree as indented text, one node a line: `name total self`, children below and two spaces to the right.
 * `…` at the end of a line: children were cut.
 */
export function callTreeToText(profile: Profile, tree: CallTree): string {
  const lines: string[] = [];
  for (let row = 0; row < tree.length; row++) {
    const functionIndex = tree.function[row] as FunctionIndex;
    const name = functionIndex === NONE ? '(root)' : getFunctionName(profile, functionIndex);
    const cut = tree.isCut[row] === 1 ? ' …' : '';
    lines.push(`${'  '.repeat(tree.depth[row])}${name} ${tree.total[row]} ${tree.self[row]}${cut}`);
  }
  return lines.join('\n');
}

/** The text without its common indentation and outer empty lines, to write expected texts inside of code. */
export function unindent(text: string): string {
  const lines = text
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split('\n');
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent)).join('\n');
}

function readValueRows(lines: readonly string[]): Map<string, string[]> {
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return new Map(rows.map(([name, ...values]) => [name.slice(1), values]));
}

/** The cells of each column, from the outermost frame. */
function readColumns(lines: readonly string[]): string[][] {
  if (lines.length === 0) return [];
  const starts = [...lines[0].matchAll(/\S+/g)].map((match) => match.index);
  const columns: string[][] = starts.map(() => []);
  for (const line of lines) {
    for (const cell of line.matchAll(/\S+/g)) {
      const column = starts.indexOf(cell.index);
      if (column === -1)
        throw new Error(`"${cell[0]}" begins where no cell of the first row begins:\n${line}`);
      columns[column].push(cell[0]);
    }
  }
  return columns;
}

function internCells(builder: ProfileBuilder, cells: readonly string[]): StackIndex | -1 {
  let stack: StackIndex | -1 = NONE;
  if (cells[0] === '-') return stack;
  for (const cell of cells) {
    const parts = /^([^@]+?)(?:@(.+?))?(?::(\d+))?$/.exec(cell);
    if (parts === null) throw new Error(`not a frame: ${cell}`);
    const [, name, file, line] = parts;
    const functionIndex = builder.internFunction({
      name,
      ...(file === undefined ? {} : { file }),
      kind: 'python',
    });
    stack = builder.internStack(
      stack,
      builder.internFrameLine(functionIndex, line === undefined ? NONE : Number(line)),
    );
  }
  return stack;
}

function internThread(builder: ProfileBuilder, threads: Map<string, ThreadIndex>, text: string): ThreadIndex {
  const known = threads.get(text);
  if (known !== undefined) return known;
  const [command, name] = text.includes('/') ? text.split('/') : ['program', text];
  const thread = builder.addThread({
    process: internProcess(builder, command),
    tid: 1000 + threads.size,
    name,
    start: 0,
  });
  threads.set(text, thread);
  return thread;
}

function internProcess(builder: ProfileBuilder, command: string): ProcessIndex {
  const row = builder.processes.command
    .subarray(0, builder.processes.length)
    .indexOf(builder.internString(command));
  if (row !== -1) return row as ProcessIndex;
  return builder.addProcess({ pid: 100 + builder.processes.length, command, start: 0 });
}

function readState(text: string): number {
  const [name, flag] = text.split('+');
  const state = SAMPLE_STATES.indexOf(name as SampleState);
  if (state === -1) throw new Error(`not a state: ${text}`);
  return state | (flag === 'gil' ? STATE_HOLDS_GIL : 0);
}
