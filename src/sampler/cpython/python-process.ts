// One process that runs CPython: its threads as they come and go, and a sample of each.

import type { NativeStacks } from '../native/native-stacks.ts';
import { NativeThread } from '../native/native-thread.ts';
import type { ProcessMemory } from '../process/memory.ts';
import { ThreadActivity } from '../process/thread-activity.ts';
import type { ThreadStopper } from '../process/thread-stop.ts';
import type { SampleLog } from '../sample-log.ts';
import type { ThreadAccounts } from '../thread-accounts.ts';
import { CodeCache } from './code-cache.ts';
import type { PythonRuntime } from './find-runtime.ts';
import { findGil, type GilAddresses } from './gil.ts';
import { NativeThreadIds } from './native-thread-id.ts';
import { PythonThread } from './python-thread.ts';
import { listThreadStates, type ThreadState } from './thread-list.ts';
import { ThreadNameReader } from './thread-names.ts';
import { ThreadStateReader } from './thread-state-reader.ts';

/** The lists of interpreters and threads are read this often even when nothing says that they have changed. */
const REFRESH_ANYWAY = 250_000_000;
/** Threads that run Python and are in no list are looked for this often: long lists take milliseconds. */
const VAIN_INTERVAL = 20_000_000;
/** A thread gets its name after it has begun: looked for again until it is this old. */
const NAME_PATIENCE = 3_000_000_000;

/** What the thread states of one interpreter share. */
interface Interpreter {
  readonly codes: CodeCache;
  readonly gil: GilAddresses | undefined;
  readonly names: ThreadNameReader;
}

/** Samples all Python threads of one process. */
export class PythonProcess {
  readonly #memory: ProcessMemory;
  readonly #runtime: PythonRuntime;
  readonly #accounts: ThreadAccounts;
  readonly #log: SampleLog;
  readonly #stopper: ThreadStopper;
  readonly #native: NativeStacks | undefined;
  readonly #ids: NativeThreadIds;
  readonly #interpreters = new Map<number, Interpreter>();
  readonly #readers = new Map<string, ThreadStateReader>();
  readonly #threads = new Map<number, PythonThread>();
  /** Threads that have no name of their own yet: pthread_t, and when they were first seen. */
  readonly #unnamed = new Map<PythonThread, { readonly threadId: number; readonly since: number }>();
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #isStale = true;
  #lookedInVainAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    readonly memory: ProcessMemory;
    readonly runtime: PythonRuntime;
    readonly accounts: ThreadAccounts;
    readonly log: SampleLog;
    readonly stopper: ThreadStopper;
    /** Undefined when native frames are not recorded. */
    readonly native: NativeStacks | undefined;
  }) {
    this.#memory = options.memory;
    this.#runtime = options.runtime;
    this.#accounts = options.accounts;
    this.#log = options.log;
    this.#stopper = options.stopper;
    this.#native = options.native;
    this.#ids = new NativeThreadIds(options.memory);
  }

  /** Samples every thread; false when the interpreter is gone: the process ended, or executes something else. */
  sample(now: number): boolean {
    if ((this.#isStale || now - this.#refreshedAt > REFRESH_ANYWAY) && !this.#refresh(now)) return false;
    for (const thread of this.#threads.values()) {
      if (thread.sample(now) === 'stale') this.#isStale = true;
    }
    return true;
  }

  /** A thread that was none of Python's was seen running it: whether it is in the lists by now, and has got its sample. */
  sampleNewThread(tid: number, now: number): boolean {
    if (now - this.#lookedInVainAt < VAIN_INTERVAL || !this.#refresh(now)) return false;
    const thread = this.#threads.get(tid);
    if (thread === undefined) {
      this.#lookedInVainAt = now;
      return false;
    }
    const before = this.#log.counts.samples;
    if (thread.sample(now) === 'stale') this.#isStale = true;
    return this.#log.counts.samples > before;
  }

  /** Whether a thread of the system is one of Python's. */
  hasThread(tid: number): boolean {
    return this.#threads.has(tid);
  }

  /** Ends all threads. */
  close(): void {
    for (const thread of this.#threads.values()) this.#end(thread);
  }

  /** Reads the lists of thread states and makes our threads agree with them. */
  #refresh(now: number): boolean {
    const { layout, runtimeAddress } = this.#runtime;
    const states = listThreadStates(this.#memory, layout, runtimeAddress);
    // Lists that changed while they were read are read again in the next round, unless there are none any more.
    if (states === undefined) return this.#memory.readInto(runtimeAddress, new Uint8Array(8));
    this.#isStale = false;
    this.#refreshedAt = now;
    const readers = this.#updateReaders(states);
    for (const thread of this.#threads.values()) if (!readers.has(thread.tid)) this.#end(thread);
    for (const [tid, own] of readers) {
      const thread = this.#threads.get(tid) ?? this.#begin(tid, own.readers, own.threadId, now);
      if (thread !== undefined) thread.readers = own.readers;
    }
    if (this.#unnamed.size > 0) this.#nameThreads(now);
    return true;
  }

  /** Thread id → the readers of its thread states, newest interpreter first. Those of ended states are dropped. */
  #updateReaders(states: readonly ThreadState[]): Map<number, OwnReaders> {
    const heads = new Map(states.map((state) => [state.interpreter, state.address]));
    const byThread = new Map<number, OwnReaders>();
    const gone = new Set(this.#readers.keys());
    let idsAreFresh = false;
    const findTid = (state: ThreadState, isNew: boolean): number | undefined => {
      if (isNew && !idsAreFresh) {
        this.#ids.refresh();
        idsAreFresh = true;
      }
      return this.#ids.find(state, states.length === 1);
    };
    for (const state of states) {
      const key = `${state.address} ${state.threadId} ${state.nativeThreadId}`;
      gone.delete(key);
      const known = this.#readers.get(key);
      const tid = findTid(state, known === undefined);
      if (tid === undefined) continue;
      const reader = known ?? this.#makeReader(state);
      reader.relink(state, heads.get(state.interpreter) ?? 0);
      this.#readers.set(key, reader);
      const own = byThread.get(tid);
      if (own === undefined) byThread.set(tid, { threadId: state.threadId, readers: [reader] });
      else own.readers.unshift(reader);
    }
    for (const key of gone) this.#readers.delete(key);
    return byThread;
  }

  #makeReader(state: ThreadState): ThreadStateReader {
    const { layout } = this.#runtime;
    const { builder } = this.#log;
    let interpreter = this.#interpreters.get(state.interpreter);
    if (interpreter === undefined) {
      interpreter = {
        codes: new CodeCache(this.#memory, layout, builder, state.interpreter),
        gil: findGil(this.#memory, this.#runtime, state.interpreter),
        names: new ThreadNameReader(this.#memory, layout, state.interpreter),
      };
      this.#interpreters.set(state.interpreter, interpreter);
    }
    return new ThreadStateReader({ memory: this.#memory, layout, builder, state, ...interpreter });
  }

  #begin(
    tid: number,
    readers: readonly ThreadStateReader[],
    threadId: number,
    now: number,
  ): PythonThread | undefined {
    const activity = ThreadActivity.open(this.#memory.pid, tid, now);
    if (activity === undefined) return undefined;
    const thread = new PythonThread({
      tid,
      readers,
      activity,
      account: this.#accounts.open(tid),
      log: this.#log,
      stopper: this.#stopper,
      native: this.#native && new NativeThread(tid, this.#native),
    });
    this.#threads.set(tid, thread);
    this.#unnamed.set(thread, { threadId, since: now });
    return thread;
  }

  #end(thread: PythonThread): void {
    if (this.#native === undefined) this.#accounts.end(thread.tid);
    else this.#accounts.release(thread.tid);
    this.#threads.delete(thread.tid);
    this.#unnamed.delete(thread);
    thread.close();
  }

  /** Gives threads the names that Python has for them. */
  #nameThreads(now: number): void {
    const wanted = new Set([...this.#unnamed.values()].map(({ threadId }) => threadId));
    const names = new Map<number, string>();
    // The oldest interpreter comes first: a newer one calls every thread that enters it MainThread.
    for (const interpreter of this.#interpreters.values()) {
      for (const [threadId, name] of interpreter.names.read(wanted)) {
        if (!names.has(threadId)) names.set(threadId, name);
      }
    }
    for (const [thread, { threadId, since }] of this.#unnamed) {
      // The id of a thread that has ended, and the address of its state, may be those of another one by now.
      const name = thread.isAlive() ? names.get(threadId) : undefined;
      if (name !== undefined) this.#accounts.rename(thread.account, name);
      if (name !== undefined || now - since > NAME_PATIENCE) this.#unnamed.delete(thread);
    }
  }
}

/** The thread states of one thread of the system. */
interface OwnReaders {
  readonly threadId: number;
  readonly readers: ThreadStateReader[];
}
