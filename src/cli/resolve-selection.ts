// From the filters that users write to the rows of the recording that they mean.

import { ProfilerError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import type { Selection } from '../profile/costs/selection.ts';
import { getFunctionName } from '../profile/stack-text.ts';
import {
  type FunctionIndex,
  NONE,
  type ProcessIndex,
  type Profile,
  SAMPLE_STATES,
  type SampleState,
  type ThreadIndex,
} from '../profile/tables.ts';
import type { TimeRange } from './options.ts';
import type { SelectionOptions } from './selection-options.ts';

/** The samples that are meant, and the filters in words. Throws `bad-usage` for what is not in the recording. */
export function resolveSelection(
  profile: Profile,
  options: SelectionOptions,
): { readonly selection: Selection; readonly filters: readonly string[] } {
  const filters: string[] = [];
  const selection = {
    ...(options.time === undefined ? {} : { timeRange: resolveTime(profile, options.time, filters) }),
    ...(options.process === undefined
      ? {}
      : { processes: resolveProcesses(profile, options.process, filters) }),
    ...(options.thread === undefined ? {} : { threads: resolveThreads(profile, options.thread, filters) }),
    ...(options.function === undefined
      ? {}
      : { functions: resolveFunctions(profile, options.function, filters) }),
    ...(options.state === undefined ? {} : { states: resolveStates(options.state, filters) }),
  };
  return { selection, filters };
}

function resolveTime(profile: Profile, { start, end }: TimeRange, filters: string[]) {
  const from = start === undefined ? 'the start' : formatDuration(start);
  const to = end === undefined ? 'the end' : formatDuration(end);
  filters.push(`${from} to ${to}`);
  return {
    start: (start ?? 0) / profile.timeUnit,
    end: end === undefined ? Number.POSITIVE_INFINITY : end / profile.timeUnit,
  };
}

function resolveProcesses(profile: Profile, pids: readonly number[], filters: string[]): Set<ProcessIndex> {
  const rows = new Set<ProcessIndex>();
  for (const pid of pids) {
    const found = rowsWhere(profile.processes.length, (row) => profile.processes.pid[row] === pid);
    if (found.length === 0) {
      throw notFound('process', String(pid), listSome(Array.from(profile.processes.pid, String)));
    }
    for (const row of found) rows.add(row as ProcessIndex);
  }
  filters.push(`process ${pids.join(' or ')}`);
  return rows;
}

function resolveThreads(profile: Profile, texts: readonly string[], filters: string[]): Set<ThreadIndex> {
  const { threads, strings } = profile;
  const nameOf = (row: number) => (threads.name[row] === NONE ? '' : strings[threads.name[row]]);
  const rows = new Set<ThreadIndex>();
  for (const text of texts) {
    const found = rowsWhere(
      threads.length,
      (row) => nameOf(row) === text || String(threads.tid[row]) === text,
    );
    if (found.length === 0) {
      const known = Array.from({ length: threads.length }, (_, row) =>
        nameOf(row) === '' ? `${threads.tid[row]}` : `${nameOf(row)} (${threads.tid[row]})`,
      );
      throw notFound('thread', text, listSome([...new Set(known)]));
    }
    for (const row of found) rows.add(row as ThreadIndex);
  }
  filters.push(`thread ${texts.join(' or ')}`);
  return rows;
}

function resolveFunctions(profile: Profile, texts: readonly string[], filters: string[]): Set<FunctionIndex> {
  const rows = new Set<FunctionIndex>();
  for (const text of texts) {
    const isMeant = matcherOf(text);
    const found = rowsWhere(profile.functions.length, (row) =>
      isMeant(getFunctionName(profile, row as FunctionIndex)),
    );
    if (found.length === 0) throw notFound('function', text, undefined);
    for (const row of found) rows.add(row as FunctionIndex);
  }
  filters.push(`function ${texts.join(' or ')}`);
  return rows;
}

/** `/regular expression/`, or a part of the name. */
function matcherOf(text: string): (name: string) => boolean {
  if (text.length < 3 || !text.startsWith('/') || !text.endsWith('/')) return (name) => name.includes(text);
  try {
    const pattern = new RegExp(text.slice(1, -1), 'u');
    return (name) => pattern.test(name);
  } catch (error) {
    throw new ProfilerError('bad-usage', `${text} is no regular expression.`, {
      facts: { text },
      cause: error,
    });
  }
}

function resolveStates(texts: readonly string[], filters: string[]): Set<SampleState> {
  const states = texts.map((text) => {
    const state = SAMPLE_STATES.find((known) => known === text);
    if (state === undefined) throw notFound('state', text, SAMPLE_STATES.join(', '));
    return state;
  });
  filters.push(`state ${texts.join(' or ')}`);
  return new Set(states);
}

function rowsWhere(length: number, isMeant: (row: number) => boolean): number[] {
  return Array.from({ length }, (_, row) => row).filter(isMeant);
}

function notFound(what: string, text: string, known: string | undefined): ProfilerError {
  const hint = known === undefined ? '' : ` There are: ${known}.`;
  return new ProfilerError('bad-usage', `The recording has no ${what} "${text}".${hint}`, {
    facts: { text },
  });
}

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
