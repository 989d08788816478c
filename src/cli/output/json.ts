// What the JSON of all views begins with, and the parts that several have. docs/command-line.md describes them; fields
// may be added there and here, but never change their meaning without a new `schema`.

import { getFunctionFile, getFunctionName } from '../../profile/stack-text.ts';
import { computeShareError } from '../../profile/statistics.ts';
import {
  type FrameIndex,
  FUNCTION_KINDS,
  type FunctionIndex,
  NONE,
  type ProcessIndex,
  type Profile,
  type ThreadIndex,
} from '../../profile/tables.ts';
import type { View } from './view.ts';

export const JSON_SCHEMA_VERSION = 1;

/** The first fields of every view. */
export function describeHead(view: View, name: string, notes: readonly string[]) {
  return {
    schema: JSON_SCHEMA_VERSION,
    view: name,
    file: view.file,
    notes,
    filters: view.filters,
    samples: view.profile.samples.length,
    recordedSamples: view.recording.samples.length,
  };
}

/** Name, file, first line and kind of a function. */
export function functionToJson(profile: Profile, row: FunctionIndex) {
  return {
    name: getFunctionName(profile, row),
    file: getFunctionFile(profile, row) ?? null,
    line: orNull(profile.functions.firstLine[row]),
    kind: FUNCTION_KINDS[profile.functions.kind[row]] ?? 'other',
  };
}

/** As a function, but with the line that was executed. */
export function frameToJson(profile: Profile, frame: FrameIndex) {
  const described = functionToJson(profile, profile.frames.function[frame] as FunctionIndex);
  return { ...described, line: orNull(profile.frames.line[frame]) };
}

export function threadToJson(profile: Profile, thread: ThreadIndex) {
  const { threads, processes, strings } = profile;
  return {
    pid: processes.pid[threads.process[thread]],
    tid: threads.tid[thread],
    name: threads.name[thread] === NONE ? null : strings[threads.name[thread]],
  };
}

export function processToJson(profile: Profile, process: ProcessIndex) {
  const { processes, strings } = profile;
  return {
    pid: processes.pid[process],
    parentPid: processes.parent[process] === NONE ? null : processes.pid[processes.parent[process]],
    command: strings[processes.command[process]],
    runtime: processes.runtime[process] === NONE ? null : strings[processes.runtime[process]],
  };
}

/** When something began and ended, in nanoseconds since the recording began; an open end is null. */
export function lifeToJson(profile: Profile, table: { start: Float64Array; end: Float64Array }, row: number) {
  const end = table.end[row];
  return { start: table.start[row] * profile.timeUnit, end: end === NONE ? null : end * profile.timeUnit };
}

/** Share of the sum, from 0 to 1, and its standard error. */
export function shareToJson(amount: number, sum: number, effectiveSamples: number) {
  const share = sum === 0 ? 0 : amount / sum;
  return { share: round(share), error: round(computeShareError(share, effectiveSamples)) };
}

/** The text of a view's value, with a line end. */
export function stringify(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function orNull(value: number): number | null {
  return value === NONE ? null : value;
}

/** Six digits behind the point: a millionth of the whole. */
function round(share: number): number {
  return Number(share.toFixed(6));
}
