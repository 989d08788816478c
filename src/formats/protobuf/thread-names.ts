import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { ProcessIndex, ThreadIndex } from '../../profile/tables.ts';
import type { LabelValues } from './label-values.ts';

/** Gives a row to each thread that samples tell of, and to its process. */
export class ThreadInterner {
  readonly #builder: ProfileBuilder;
  readonly #processes = new Map<string, ProcessIndex>();
  readonly #threads = new Map<string, ThreadIndex>();
  /** What samples told last of each thread id, and the thread that they were of: mostly the same again. */
  readonly #last = new Map<number, ThreadNames & { readonly row: ThreadIndex }>();

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /** The thread of a sample with these labels. */
  intern(labels: LabelValues): ThreadIndex {
    const id = labels.nativeTid || labels.tid;
    const last = this.#last.get(id);
    if (last !== undefined && isSameThread(labels, last)) return last.row;
    const row = this.#find(labels);
    const { pid, command, tid, nativeTid, thread, comm } = labels;
    this.#last.set(id, { pid, command, tid, nativeTid, thread, comm, row });
    return row;
  }

  /** The process of this id and command; `runtime` counts when it is met for the first time. */
  internProcess(pid: number, command: string, runtime?: string): ProcessIndex {
    const key = `${pid} ${command}`;
    const known = this.#processes.get(key);
    if (known !== undefined) return known;
    const process = this.#builder.addProcess({
      pid: toId(pid),
      command,
      ...(runtime === undefined ? {} : { runtime }),
      start: 0,
    });
    this.#processes.set(key, process);
    return process;
  }

  #find({ pid, command, tid, nativeTid, thread, comm }: ThreadNames): ThreadIndex {
    const process = this.internProcess(pid, command);
    const id = nativeTid || tid;
    const name = thread || comm;
    const key = `${process} ${id} ${name}`;
    const known = this.#threads.get(key);
    if (known !== undefined) return known;
    // Ids beyond 32 bits are addresses, not ids of the system: they keep threads apart, and stand in for a name.
    const shown = name === '' && id !== toId(id) ? String(id) : name;
    const row = this.#builder.addThread({
      process,
      tid: toId(id),
      ...(shown === '' ? {} : { name: shown }),
      start: 0,
    });
    this.#threads.set(key, row);
    return row;
  }
}

type ThreadNames = Pick<LabelValues, 'pid' | 'command' | 'tid' | 'nativeTid' | 'thread' | 'comm'>;

function isSameThread(a: ThreadNames, b: ThreadNames): boolean {
  return (
    a.tid === b.tid &&
    a.nativeTid === b.nativeTid &&
    a.pid === b.pid &&
    a.thread === b.thread &&
    a.comm === b.comm &&
    a.command === b.command
  );
}

function toId(id: number): number {
  return Number.isInteger(id) && id >= 0 && id <= 0x7fff_ffff ? id : 0;
}
