// Stopping one thread for a moment with ptrace(2): SEIZE has no side effects of its own, INTERRUPT stops, DETACH lets it go.
// All three must come from the same thread of ours. Should we die in between, the kernel detaches for us.

import { decodeExit, type ExitStatus } from './launch.ts';
import { addressOf, ERRNO, errno, ptrace, waitpid } from './libc.ts';

const PTRACE_SEIZE = 0x4206;
const PTRACE_INTERRUPT = 0x4207;
const PTRACE_DETACH = 17;
const WALL = 0x40000000;

/** What became of the attempt to stop a thread. */
export type StopResult = 'stopped' | 'ended' | 'refused';

/** Stops threads, one at a time. Belongs to one thread of ours. */
export class ThreadStopper {
  readonly #status = new Int32Array(1);
  readonly #statusAddress = addressOf(this.#status);
  readonly #exits = new Map<number, ExitStatus>();

  /**
   * Stops the thread, calls `whileStopped`, and lets the thread go on, whatever happens. A signal that came at the same
   * moment is delivered when it goes on.
   */
  stop(tid: number, whileStopped: () => void): StopResult {
    if (ptrace(PTRACE_SEIZE, tid, 0, 0) !== 0) return errno() === ERRNO.ESRCH ? 'ended' : 'refused';
    if (ptrace(PTRACE_INTERRUPT, tid, 0, 0) !== 0) {
      ptrace(PTRACE_DETACH, tid, 0, 0);
      return 'ended';
    }
    // Waits for this thread alone, so no other child's end is taken away.
    if (waitpid(tid, this.#statusAddress, WALL) !== tid) return 'ended';
    const status = this.#status[0];
    const exit = decodeExit(status);
    if (exit !== undefined) {
      this.#exits.set(tid, exit);
      return 'ended';
    }
    const event = status >> 16;
    const signal = event === 0 ? (status >> 8) & 0xff : 0;
    try {
      whileStopped();
    } finally {
      ptrace(PTRACE_DETACH, tid, 0, signal);
    }
    return 'stopped';
  }

  /** How a process ended, where `stop` was told so: then nobody else can be. */
  exitOf(pid: number): ExitStatus | undefined {
    return this.#exits.get(pid);
  }
}
