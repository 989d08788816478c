// One thread of the target: takes its samples. It has a thread state for each interpreter that it works for; where it has
// several, the newest one with a stack is the one that runs on top of the others.

import type { StackIndex } from '../../profile/tables.ts';
import type { NativeThread } from '../native/native-thread.ts';
import type { Activity, ThreadActivity } from '../process/thread-activity.ts';
import type { StopResult, ThreadStopper } from '../process/thread-stop.ts';
import type { SampleLog, ThreadAccount, ThreadSituation } from '../sample-log.ts';
import type { ReadFailure } from './stack-reader.ts';
import type { ThreadStateReader } from './thread-state-reader.ts';

/** What a sample tells of the lists of thread states: `stale` that they have changed and must be read anew. */
export type ListState = 'current' | 'stale';

/** A stack that ends in an unknown frame needs two stops, and a third when the first one came at a bad moment. */
const MAX_STOPS = 4;

type Failure = ReadFailure | Exclude<StopResult, 'stopped'>;

/** Samples one thread. */
export class PythonThread {
  readonly tid: number;
  readonly account: ThreadAccount;
  /** Its thread states, newest interpreter first; at least one. */
  readers: readonly ThreadStateReader[];
  readonly #activity: ThreadActivity;
  readonly #log: SampleLog;
  readonly #stopper: ThreadStopper;
  readonly #native: NativeThread | undefined;
  /** What the thread was seen doing before its stack was read; undefined where nothing was done that could change it. */
  #seen: Activity | undefined;
  /** What the last sample found, as long as the thread has not run since. */
  #last: { readonly stack: StackIndex | -1; readonly situation: ThreadSituation } | undefined;

  constructor(options: {
    readonly tid: number;
    readonly account: ThreadAccount;
    readonly activity: ThreadActivity;
    readonly log: SampleLog;
    readonly stopper: ThreadStopper;
    readonly readers: readonly ThreadStateReader[];
    /** Undefined when native frames are not recorded. */
    readonly native: NativeThread | undefined;
  }) {
    this.tid = options.tid;
    this.account = options.account;
    this.readers = options.readers;
    this.#activity = options.activity;
    this.#log = options.log;
    this.#stopper = options.stopper;
    this.#native = options.native;
  }

  /** Takes a sample; `now` is monotonicNow. */
  sample(now: number): ListState {
    const look = this.#activity.look(now);
    if (look.ended) return 'stale';
    this.account.cpu += this.#activity.cpu;
    if (look.staysBlocked && this.#last !== undefined) {
      this.#log.add(this.account, this.#last.stack, this.#last.situation, this.#activity.syscall);
      return 'current';
    }
    this.#last = undefined;
    for (const reader of this.readers) {
      const failure = this.#readExactly(reader);
      if (failure === 'ended' || (failure === undefined && !reader.isLinked)) return 'stale';
      if (failure !== undefined) {
        if (!reader.checkLink()) return 'stale';
        // A thread that is still on its way to a stop has been counted; the time goes to its next sample.
        if (failure !== 'still-busy') this.#log.counts.addLost(failure);
        return 'current';
      }
      if (reader.length > 0 || reader === this.readers.at(-1)) return this.#record(reader);
    }
    return 'current';
  }

  /** Whether it exists still, and runs Python. */
  isAlive(): boolean {
    return this.#activity.isAlive() && this.readers.some((reader) => reader.checkLink());
  }

  close(): void {
    this.#activity.close();
  }

  /** Reads the stack while the thread goes on where that is exact, and otherwise stops it for one read. */
  #readExactly(reader: ThreadStateReader): Failure | undefined {
    const { counts } = this.#log;
    if (this.#native?.isAvailable) {
      const failure = this.#readWithNative(this.#native, reader);
      if (failure !== 'unavailable') return failure;
    }
    const retriesBefore = reader.retries;
    let failure = this.#readUnstopped(reader);
    counts.retried += reader.retries - retriesBefore;
    if (failure === undefined || failure === 'ended') return failure;
    let result: StopResult = 'stopped';
    for (let stops = 0; stops < MAX_STOPS && result === 'stopped' && failure !== undefined; stops++) {
      result = this.#stopper.stop(this.tid, () => {
        failure = reader.read('stopped');
      });
    }
    if (result === 'stopped') {
      counts.stopped++;
      return failure;
    }
    // Where stopping is not allowed, as when a debugger has the thread, what its copies agree on is the best there is.
    return result === 'refused' && reader.read('waiting') === undefined ? undefined : result;
  }

  /** Reads both stacks while the thread stands still. */
  #readWithNative(native: NativeThread, reader: ThreadStateReader): Failure | 'unavailable' | undefined {
    let failure: ReadFailure | undefined;
    const result = native.read(this.#activity, (condition) => {
      failure = reader.read(condition);
      return failure === undefined || failure === 'ended';
    });
    this.#seen = native.seen;
    if (result === 'read') return failure;
    return result === 'failed' ? (failure ?? 'unreadable') : result;
  }

  #readUnstopped(reader: ThreadStateReader): ReadFailure | undefined {
    this.#seen = undefined;
    if (reader.isReadableRunning) {
      const failure = reader.read('running');
      if (failure === undefined || failure === 'ended') return failure;
    }
    // What cannot be read of a running thread can be read of one that waits all the while, in a system call: a page fault
    // can hold it up between any two instructions. A thread that is stopped wakes up for it, so we have to look before.
    this.#seen = this.#activity.classify(false);
    if (this.#seen !== 'waiting' || this.#activity.syscall < 0) return 'unconfirmed';
    const failure = reader.read('waiting');
    if (failure !== undefined || this.#activity.hasStayedBlocked()) return failure;
    this.#seen = 'running';
    return 'unconfirmed';
  }

  #record(reader: ThreadStateReader): ListState {
    const { holdsGil } = reader;
    const activity = this.#seen ?? this.#activity.classify(holdsGil);
    const isWaitingForGil = activity === 'waiting' && reader.waitsForGil(this.#activity.syscallArgument);
    const situation = { activity: isWaitingForGil ? 'waiting-gil' : activity, holdsGil } as const;
    const stack = this.#native?.isAvailable ? this.#native.intern(reader) : reader.stack;
    this.#log.add(this.account, stack, situation, this.#activity.syscall);
    // Holds until the thread runs again, which `look` will tell.
    this.#last = { stack, situation };
    return reader.isListCurrent ? 'current' : 'stale';
  }
}
