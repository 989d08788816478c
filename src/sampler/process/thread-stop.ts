// Stopping one thread for a moment with ptrace(2): SEIZE has no side effects of its own, INTERRUPT stops, DETACH lets it go.
// All three must come from the same thread of ours. Should we die in between, the kernel detaches for us.

import { decodeExit, type ExitStatus } from './launch.ts';
import { addressOf, ERRNO, errno, ppoll, ptrace, waitpid } from './libc.ts';
import { StopTimes } from './stop-times.ts';
import { monotonicNow } from './waiter.ts';

const PTRACE_SEIZE = 0x4206;
const PTRACE_INTERRUPT = 0x4207;
const PTRACE_DETACH = 17;
const WNOHANG = 1;
const WALL = 0x40000000;

/**
 * Looks for the stop without a pause at first: being woken up would take longer, and keep the thread stopped longer. A
 * thread on another CPU stops within 15 µs; after twice that time it is one that our looking keeps from its CPU.
 */
const SPINS = 60;
/** Then with pauses of this length, in nanoseconds. */
const PAUSE = 50_000n;
/** A thread that has not stopped after so many is inside the kernel and not to be interrupted: for a disk, or a vfork. */
const PAUSES = 400;

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
    const state = this.#awaitStop(tid);
    if (state === 'busy') this.#late.add(tid);
    if (state !== 'stopped') return state;
    const signal = this.#signalToDeliver();
    try {
      whileStopped();
    } finally {
      ptrace(PTRACE_DETACH, tid, 0, signal);
      this.times.add(monotonicNow() - begin);
    }
    return 'stopped';
  }

  /** Some thread has still to stop and be let go: `release` must be called soon and often. */
  get hasLate(): boolean {
    return this.#late.size > 0;
  }

  /** Lets threads go that could not be stopped in time and have stopped now. */
  release(): void {
    for (const tid of this.#late) {
      const state = this.#poll(tid);
      if (state === 'busy') continue;
      this.#late.delete(tid);
      if (state === 'stopped') ptrace(PTRACE_DETACH, tid, 0, this.#signalToDeliver());
    }
  }

  /** How a process ended, where `stop` was told so: then nobody else can be. */
  exitOf(pid: number): ExitStatus | undefined {
    return this.#exits.get(pid);
  }

  #awaitStop(tid: number): 'stopped' | 'ended' | 'busy' {
    for (let turn = 0; turn < SPINS + PAUSES; turn++) {
      const state = this.#poll(tid);
      if (state !== 'busy') return state;
      if (turn >= SPINS) ppoll(0, 0, this.#pauseAddress, 0);
    }
    return 'busy';
  }

  /** Asks for this thread alone, so no other child's end is taken away. */
  #poll(tid: number): 'stopped' | 'ended' | 'busy' {
    const found = waitpid(tid, this.#statusAddress, WALL | WNOHANG);
    if (found === 0) return 'busy';
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
