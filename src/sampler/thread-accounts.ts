// The threads of one process in the profile. A thread keeps its row when the process goes over to another program.

import type { ProcessIndex } from '../profile/tables.ts';
import { readThreadName } from './process/process-info.ts';
import type { SampleLog, ThreadAccount } from './sample-log.ts';

/** Accounts of the threads of one process, by thread id. */
export class ThreadAccounts {
  readonly #log: SampleLog;
  readonly #process: ProcessIndex;
  readonly #pid: number;
  readonly #open = new Map<number, ThreadAccount>();
  /** Those of `open` that nobody samples at the moment. */
  readonly #released = new Set<number>();

  constructor(log: SampleLog, process: ProcessIndex, pid: number) {
    this.#log = log;
    this.#process = process;
    this.#pid = pid;
  }

  /** The account of a thread, which begins now unless it is open already. */
  open(tid: number): ThreadAccount {
    const known = this.#open.get(tid);
    this.#released.delete(tid);
    if (known !== undefined) return known;
    const name = readThreadName(this.#pid, tid);
    const row = this.#log.builder.addThread({
      process: this.#process,
      tid,
      ...(name !== undefined && { name }),
      start: this.#log.time,
    });
    const account = this.#log.openAccount(row);
    this.#open.set(tid, account);
    return account;
  }

  rename(account: ThreadAccount, name: string): void {
    this.#log.builder.updateThread(account.thread, { name });
  }

  /** Python knows the thread no longer. It may go on, and come back: a library's thread is one of Python's during a call only. */
  release(tid: number): void {
    if (this.#open.has(tid)) this.#released.add(tid);
  }

  /** Ends the released threads that have ended. `tids` are those of the process. */
  endReleased(tids: readonly number[]): void {
    for (const tid of this.#released) if (!tids.includes(tid)) this.end(tid);
  }

  /** The thread has ended: its id may come back for another one. */
  end(tid: number): void {
    const account = this.#open.get(tid);
    if (account === undefined) return;
    this.#log.closeAccount(account);
    this.#log.builder.updateThread(account.thread, { end: this.#log.time });
    this.#open.delete(tid);
    this.#released.delete(tid);
  }

  /** The recording ends before the threads do. */
  settleAll(): void {
    for (const account of this.#open.values()) this.#log.closeAccount(account);
  }

  endAll(): void {
    for (const tid of this.#open.keys()) this.end(tid);
  }
}
