// Stopping one thread for a moment with ptrace(2): SEIZE has no side effects of its own, INTERRUPT stops, DETACH lets it go.
// All three must come from the same thread of ours. Should we die in between, the kernel detaches for us.

import { decodeExit, type ExitStatus } from './launch.ts';
import { addressOf, ERRNO, errno, ppoll, ptrace, waitpid } from './libc.ts';
import { readProcessStat } from './process-info.ts';
import { StopTimes } from './stop-times.ts';
import { monotonicNow } from './waiter.ts';
import { WakeTimer } from './wake-timer.ts';

const PTRACE_SEIZE = 0x4206;
const PTRACE_INTERRUPT = 0x4207;
const PTRACE_DETACH = 17;
const WNOHANG = 1;
const WALL = 0x40000000;

/**
 * Looks for the stop without a pause at first: being woken up would take longer, and keep the thread stopped longer. A
 * thread on another CPU stops within 10 µs. One that shares ours can only stop when we let it: so we block, and the kernel
 * goes over to it at once. To sleep instead, or to yield, takes several times as long.
 */
const SPINS = 16;
/** Where the thread was beside us the last time it probably still is, and looking first would be in vain. Tried again this often. */
const SPIN_AGAIN = 16;
/** A thread that has not stopped by then is inside the kernel and not to be interrupted: for a disk, or a vfork. Nanoseconds. */
const PATIENCE = 20_000_000;
/** One that waits for a processor, with many others, stops when it gets it. */
const PATIENCE_RUNNABLE = 100_000_000;
/** How long to sleep between looks where blocking cannot be ended, in nanoseconds. */
const PAUSE = 20_000n;

/** What became of the attempt to stop a thread. `busy`: it could not be interrupted in time; `still-busy`: nor since then. */
export type StopResult = 'stopped' | 'ended' | 'refused' | 'busy' | 'still-busy';

/** Stops threads, one at a time. Belongs to one thread of ours. */
export class ThreadStopper {
  /** How long threads were stopped. */
  readonly times = new StopTimes();
  readonly #status = new Int32Array(1);
  readonly #statusAddress = addressOf(this.#status);
  readonly #pause = new BigInt64Array([0n, PAUSE]);
  readonly #pauseAddress = addressOf(this.#pause);
  /** Undefined before the first use; null where there is none. */
  #timer: WakeTimer | null | undefined;
  /** Stops in a row that were not seen by looking alone. */
  #blockedStops = 0;
  #isTimed = false;
  readonly #exits = new Map<number, ExitStatus>();
  /** Threads that will stop some time and have to be let go then. */
  readonly #late = new Set<number>();

  /**
   * Stops the thread, calls `whileStopped`, and lets the thread go on, whatever happens. A signal that came at the same
   * moment is delivered when it goes on.
   */
  stop(tid: number, whileStopped: () => void): StopResult {
    if (this.#late.has(tid)) return 'still-busy';
    if (ptrace(PTRACE_SEIZE, tid, 0, 0) !== 0) return errno() === ERRNO.ESRCH ? 'ended' : 'refused';
    const begin = monotonicNow();
    if (ptrace(PTRACE_INTERRUPT, tid, 0, 0) !== 0) {
      ptrace(PTRACE_DETACH, tid, 0, 0);
      return 'ended';
    }
    const state = this.#awaitStop(tid, begin);
    try {
      if (state === 'busy') this.#late.add(tid);
      if (state === 'stopped') this.#use(tid, begin, whileStopped);
      return state;
    } finally {
      if (this.#isTimed) this.#timer?.wakeEvery(0);
      this.#isTimed = false;
    }
  }

  #use(tid: number, begin: number, whileStopped: () => void): void {
    const signal = this.#signalToDeliver();
    try {
      whileStopped();
    } finally {
      ptrace(PTRACE_DETACH, tid, 0, signal);
      this.times.add(monotonicNow() - begin);
    }
  }

  /** Some thread has still to stop and be let go: `release` must be called soon and often. */
  get hasLate(): boolean {
    return this.#late.size > 0;
  }

  /** Lets threads go that could not be stopped in time and have stopped now. */
  release(): void {
    for (const tid of this.#late) {
      const state = this.#poll(tid, WNOHANG);
      if (state === 'busy') continue;
      this.#late.delete(tid);
      if (state === 'stopped') ptrace(PTRACE_DETACH, tid, 0, this.#signalToDeliver());
    }
  }

  /** How a process ended, where `stop` was told so: then nobody else can be. */
  exitOf(pid: number): ExitStatus | undefined {
    return this.#exits.get(pid);
  }

  #awaitStop(tid: number, begin: number): 'stopped' | 'ended' | 'busy' {
    const spins = this.#blockedStops % SPIN_AGAIN === 0 ? SPINS : 1;
    for (let turn = 0; turn < spins; turn++) {
      const state = this.#poll(tid, WNOHANG);
      if (state === 'busy') continue;
      this.#blockedStops = 0;
      return state;
    }
    this.#blockedStops++;
    if (this.#timer === undefined) this.#timer = WakeTimer.create() ?? null;
    this.#timer?.wakeEvery(PATIENCE);
    this.#isTimed = true;
    do {
      if (this.#timer === null) ppoll(0, 0, this.#pauseAddress, 0);
      const state = this.#poll(tid, this.#timer === null ? WNOHANG : 0);
      if (state !== 'busy') return state;
    } while (this.#mayStop(tid, monotonicNow() - begin));
    return 'busy';
  }

  /** Whether a thread that has not stopped for so long is worth waiting for. */
  #mayStop(tid: number, waited: number): boolean {
    return waited < PATIENCE || (waited < PATIENCE_RUNNABLE && readProcessStat(tid)?.state === 'R');
  }

  /** Asks for this thread alone, so no other child's end is taken away. Blocks without WNOHANG. */
  #poll(tid: number, options: number): 'stopped' | 'ended' | 'busy' {
    const found = waitpid(tid, this.#statusAddress, WALL | options);
    if (found === 0 || (found === -1 && errno() === ERRNO.EINTR)) return 'busy';
    if (found !== tid) return 'ended';
    const exit = decodeExit(this.#status[0]);
    if (exit === undefined) return 'stopped';
    this.#exits.set(tid, exit);
    return 'ended';
  }

  /** A stop is our own, or on the way to a signal, which the thread has to get. */
  #signalToDeliver(): number {
    const status = this.#status[0];
    return status >> 16 === 0 ? (status >> 8) & 0xff : 0;
  }
}
