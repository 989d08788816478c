// Functions, threads and processes as texts for people.

import { getFunctionFile, getFunctionName } from '../../profile/stack-text.ts';
import {
  FUNCTION_KINDS,
  type FunctionIndex,
  type FunctionKind,
  NONE,
  type ProcessIndex,
  type Profile,
  type ThreadIndex,
} from '../../profile/tables.ts';
import { cleanText } from './text.ts';

/** Stands where a function would, for samples whose stack is not known: of threads that run no Python, mostly. */
export const NO_STACK = '(no stack)';

export interface FunctionText {
  readonly name: string;
  /** ` [native]`; empty for Python functions and where the kind is not known. */
  readonly tag: string;
  /** `app/server.py:120`: where the function begins; empty where unknown. */
  readonly place: string;
}

export function describeFunction(profile: Profile, row: FunctionIndex, folder?: string): FunctionText {
  const kind = FUNCTION_KINDS[profile.functions.kind[row]];
  const file = getFunctionFile(profile, row);
  const firstLine = profile.functions.firstLine[row];
  const line = firstLine === NONE ? '' : `:${firstLine}`;
  return {
    name: cleanText(getFunctionName(profile, row)) || '(unnamed)',
    tag: describeKind(kind),
    place: file === undefined ? '' : relativePath(cleanText(file), folder) + line,
  };
}

/** A path inside of the folder without the folder; every other path as it is. */
export function relativePath(path: string, folder: string | undefined): string {
  if (folder === undefined || folder === '/' || !path.startsWith(`${folder}/`)) return path;
  return path.slice(folder.length + 1);
}

/** `MainThread (4242)`. */
export function describeThread(profile: Profile, thread: ThreadIndex): string {
  const { threads, strings } = profile;
  const name =
    threads.name[thread] === NONE ? 'thread' : cleanText(strings[threads.name[thread]]) || 'thread';
  return threads.tid[thread] > 0 ? `${name} (${threads.tid[thread]})` : name;
}

/** `python3 app.py (4242)`. */
export function describeProcess(profile: Profile, process: ProcessIndex): string {
  const { processes, strings } = profile;
  const command = cleanText(strings[processes.command[process]]) || 'process';
  return processes.pid[process] > 0 ? `${command} (${processes.pid[process]})` : command;
}

/** Threads with samples, those with the most of them first. */
export function listThreads(
  profile: Profile,
): { readonly thread: ThreadIndex; readonly process: ProcessIndex; readonly samples: number }[] {
  const counts = new Uint32Array(profile.threads.length);
  for (const thread of profile.samples.thread) counts[thread]++;
  return Array.from(counts, (samples, row) => ({
    thread: row as ThreadIndex,
    process: profile.threads.process[row] as ProcessIndex,
    samples,
  }))
    .filter(({ samples }) => samples > 0)
    .sort((a, b) => b.samples - a.samples);
}

/** ` [native]`; empty for Python functions and where the kind is not known. */
export function describeKind(kind: FunctionKind): string {
  return kind === 'python' || kind === 'other' ? '' : ` [${kind}]`;
}
