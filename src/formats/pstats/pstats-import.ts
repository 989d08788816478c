// Reads a pstats file as stacks: its call graph is taken apart into paths (call-graph.ts).

import { ProfilerError } from '../../base/errors.ts';
import { MalformedError } from '../../base/malformed.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { FrameIndex, FunctionKind, StackIndex } from '../../profile/tables.ts';
import { type CallPaths, computeCallPaths, TANGLED } from '../call-graph/call-graph.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { type PstatsTable, readPstatsTable } from './pstats-table.ts';

/** The file that pstats gives to functions that have none. */
export const NO_FILE = '~';
/** The function that stands for samples whose stack is not known. */
export const NO_STACK = '(no stack)';

const NANOSECONDS = 1e9;

export function importPstats(input: Input): ImportedProfile {
  const table = readTable(input);
  const builder = new ProfileBuilder({
    timeUnit: 1,
    weights: [{ type: 'elapsed', unit: 'nanoseconds', scale: 1, storage: 'float64' }],
  });
  builder.mergeFacts({
    mode: 'imported',
    producer: table.isSampled ? 'profiling.sampling' : 'pstats',
    notes: { stacks: 'The file holds functions and who called them; stacks were computed from that.' },
  });
  const paths = addStacks(builder, table);
  const process = builder.addProcess({ pid: 0, command: '', start: 0 });
  const thread = builder.addThread({ process, tid: 0, start: 0 });
  const rows = builder.stacks.length + 1;
  // What is not filled takes no memory.
  builder.samples.reserve(rows);
  for (let row = 0; row < rows; row++) {
    const self = paths.self[row];
    if (self > 0) builder.addSample(0, thread, (row - 1) as StackIndex | -1, 0, self * NANOSECONDS, 0);
  }
  return { profile: builder.build(), notes: describeDoubts(table, paths) };
}

function readTable(input: Input): PstatsTable {
  try {
    return readPstatsTable(input.blocks());
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new ProfilerError('not-a-recording', `The file is no valid pstats file: ${error.message}.`, {
      cause: error,
    });
  }
}

function addStacks(builder: ProfileBuilder, table: PstatsTable): CallPaths {
  const frames = table.files.map((_, row) => internFrame(builder, table, row));
  const isNoStack = (place: number) => table.files[place] === NO_FILE && table.names[place] === NO_STACK;
  // No two paths are equal, and so no stacks are, unless places have become the same frame, or none.
  const areDistinct = new Set(frames).size === frames.length && !frames.some((_, place) => isNoStack(place));
  const graph = {
    functionCount: table.files.length,
    placeFunction: Int32Array.from(table.files, (_, row) => row),
    placeSelf: table.self,
    callPlace: table.callCaller,
    callCallee: table.callCallee,
    callCost: table.callCost,
    total: table.total,
  };
  return computeCallPaths(graph, (parent, place) => {
    if (areDistinct) return builder.stacks.append(parent, frames[place]);
    return isNoStack(place) ? parent : builder.internStack(parent as StackIndex | -1, frames[place]);
  });
}

function internFrame(builder: ProfileBuilder, table: PstatsTable, row: number): FrameIndex {
  const name = table.names[row];
  const file = table.files[row];
  const line = isLine(table.lines[row]) ? table.lines[row] : undefined;
  if (file === NO_FILE || file === '') {
    const kind: FunctionKind = /^<.*>$/.test(name) ? 'native' : 'other';
    return builder.internFrame({ function: builder.internFunction({ name, kind }) });
  }
  if (table.isSampled) {
    const frame = { function: builder.internFunction({ name, file, kind: 'python' }) };
    return builder.internFrame(line === undefined ? frame : { ...frame, line });
  }
  const func = { name, file, kind: 'python' } as const;
  return builder.internFrame({
    function: builder.internFunction(line === undefined ? func : { ...func, firstLine: line }),
  });
}

function isLine(line: number): boolean {
  return Number.isInteger(line) && line > 0 && line <= 0x7fff_ffff;
}

function describeDoubts(table: PstatsTable, paths: CallPaths): string[] {
  const notes: string[] = [];
  if (table.damage !== undefined)
    notes.push(`The file ends early: ${table.damage}. All functions before are shown.`);
  if (table.isGuessed) {
    notes.push(
      'The file holds how often functions were called by which callers, but not at what cost: callers share it by that.',
    );
  }
  if (!paths.isWhole) notes.push(TANGLED);
  return notes;
}
