// Numbers for processes and threads in formats that tell them apart by nothing else: recordings of several hosts or containers
// have the same ones, and many formats know none at all.

import { formatCounted } from '../base/quantities.ts';
import type { Profile } from '../profile/tables.ts';

export interface UniqueIds {
  /** By row of the process. */
  readonly pid: readonly number[];
  /** By row of the thread. */
  readonly tid: readonly number[];
  /** A sentence on the numbers that are not those of the profile; none where all are. */
  readonly notes: readonly string[];
}

/** Those of the profile, as long as no row before has the same. With `acrossProcesses` threads of different processes are never the same. */
export function assignIds({ processes, threads, strings }: Profile, acrossProcesses = false): UniqueIds {
  const pids = processes.pid.subarray(0, processes.length);
  const tids = threads.tid.subarray(0, threads.length);
  const pid = makeUnique(pids, (id) => `${id}`);
  const tid = makeUnique(tids, (id, row) =>
    acrossProcesses ? `${id}` : `${threads.process[row]} ${id} ${strings[threads.name[row]] ?? ''}`,
  );
  return { pid, tid, notes: [...describeNew('process', pids, pid), ...describeNew('thread', tids, tid)] };
}

/** New numbers are the smallest that nobody has. */
function makeUnique(ids: Int32Array, keyOf: (id: number, row: number) => string): number[] {
  const taken = new Set(ids);
  const seen = new Set<string>();
  let next = 1;
  return Array.from(ids, (id, row) => {
    const key = keyOf(id, row);
    if (!seen.has(key)) {
      seen.add(key);
      return id;
    }
    while (taken.has(next)) next++;
    return next++;
  });
}

function describeNew(what: 'process' | 'thread', ids: Int32Array, unique: readonly number[]): string[] {
  const count = unique.reduce((sum, id, row) => sum + (id === ids[row] ? 0 : 1), 0);
  if (count === 0) return [];
  const subject = formatCounted(count, `${what} has`, `${what === 'process' ? 'processes' : 'threads'} have`);
  return [`${subject} the same number as another, or none, and got a new one to stay apart.`];
}
