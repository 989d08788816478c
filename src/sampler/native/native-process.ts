// The threads of one process that run no Python: all of a plain program, and those of a Python program that belong to its
// libraries.

import type { StackIndex } from '../../profile/tables.ts';
import { readThreadIds } from '../process/process-info.ts';
import { ThreadActivity } from '../process/thread-activity.ts';
import type { SampleLog, ThreadAccount, ThreadSituation } from '../sample-log.ts';
import type { ThreadAccounts } from '../thread-accounts.ts';
import type { NativeStacks } from './native-stacks.ts';
import { NativeThread } from './native-thread.ts';

/** New threads are looked for this often. */
const REFRESH_INTERVAL = 20_000_000;

interface SampledThread {
  readonly reader: NativeThread;
  readonly activity: ThreadActivity;
  readonly account: ThreadAccount;
  /** What the last sample found, as long as the thread has not run since. */
  last: { readonly stack: StackIndex | -1; readonly situation: ThreadSituation } | undefined;
}

/**
 * What became of looking for the Python that a thread runs: an interpreter was found; or the thread is one of the known
 * interpreter, by which it was sampled.
 */
export type PythonFound = 'nothing' | 'interpreter' | 'sampled';

/** Samples the native threads of one process. */
export class NativeProcess {
  readonly #stacks: NativeStacks;
  readonly #log: SampleLog;
  readonly #accounts: ThreadAccounts;
  readonly #findsPython: (tid: number) => PythonFound;
  readonly #threads = new Map<number, SampledThread>();
  #refreshedAt = Number.NEGATIVE_INFINITY;

  /** @param options.findsPython looks for the Python of a thread that runs some which nobody knows of */
  constructor(options: {
    readonly stacks: NativeStacks;
    readonly log: SampleLog;
    readonly accounts: ThreadAccounts;
    readonly findsPython: (tid: number) => PythonFound;
  }) {
    this.#stacks = options.stacks;
    this.#log = options.log;
    this.#accounts = options.accounts;
    this.#findsPython = options.findsPython;
  }

  /**
   * Samples every thread but those that somebody else does. False when an interpreter was found meanwhile: then the thread that
   * runs it, and those after it, have no sample yet.
   */
  sample(now: number, isTaken: (tid: number) => boolean): boolean {
    if (now - this.#refreshedAt >= REFRESH_INTERVAL) this.#refresh(now, isTaken);
    for (const [tid, thread] of this.#threads) {
      if (isTaken(tid)) {
        this.#drop(tid, thread);
        continue;
      }
      const result = this.#sampleThread(tid, thread, now);
      if (result === 'interpreter') return false;
      if (result === 'ended') this.#end(tid, thread);
    }
    return true;
  }

  /** The threads go on, but are not ours any more. */
  close(): void {
    for (const [tid, thread] of this.#threads) this.#drop(tid, thread);
  }

  #refresh(now: number, isTaken: (tid: number) => boolean): void {
    this.#refreshedAt = now;
    const { pid } = this.#stacks.memory;
    const tids = readThreadIds(pid);
    this.#accounts.endReleased(tids);
    for (const tid of tids) {
      if (this.#threads.has(tid) || isTaken(tid)) continue;
      const activity = ThreadActivity.open(pid, tid, now);
      if (activity === undefined) continue;
      const reader = new NativeThread(tid, this.#stacks);
      this.#threads.set(tid, { reader, activity, account: this.#accounts.open(tid), last: undefined });
    }
  }

  #sampleThread(tid: number, thread: SampledThread, now: number): 'sampled' | 'ended' | 'interpreter' {
    const { activity, account, reader } = thread;
    const look = activity.look(now);
    if (look.ended) return 'ended';
    account.cpu += activity.cpu;
    if (look.staysBlocked && thread.last !== undefined) {
      this.#log.add(account, thread.last.stack, thread.last.situation, activity.syscall);
      return 'sampled';
    }
    thread.last = undefined;
    const result = reader.read(activity, () => true);
    if (result === 'ended') return 'ended';
    if (result === 'failed' || result === 'busy') this.#log.counts.addLost(result);
    if (result !== 'read') return 'sampled';
    if (reader.runsPython()) {
      const found = this.#findsPython(tid);
      if (found !== 'nothing') return found;
    }
    const stack = reader.intern();
    const situation = { activity: reader.seen, holdsGil: false } as const;
    this.#log.add(account, stack, situation, activity.syscall);
    thread.last = { stack, situation };
    return 'sampled';
  }

  #end(tid: number, thread: SampledThread): void {
    this.#drop(tid, thread);
    this.#accounts.end(tid);
  }

  #drop(tid: number, thread: SampledThread): void {
    thread.activity.close();
    this.#threads.delete(tid);
  }
}
