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

  constructor(log: SampleLog, process: ProcessIndex, pid: number) {
    this.#log = log;
    this.#process = process;
    this.#pid = pid;
  }

  /** The account of a thread, which begins now unless it is open already. */
  open(tid: number): ThreadAccount {
    const known = this.#open.get(tid);
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

  /** The thread has ended: its id may come back for another one. */
  end(tid: number): void {
    const account = this.#open.get(tid);
    if (account === undefined) return;
    this.#log.closeAccount(account);
    this.#log.builder.updateThread(account.thread, { end: this.#log.time });
    this.#open.delete(tid);
  }

  /** The recording ends before the threads do. */
  settleAll(): void {
    for (const account of this.#open.values()) this.#log.closeAccount(account);
  }

  endAll(): void {
    for (const tid of this.#open.keys()) this.end(tid);
  }
}
