// A blocking system call with an end: a timer sends its own thread a signal that does nothing, which makes the call fail with
// EINTR. For calls that take no time-out, as waitpid(2). See timer_create(2), SIGEV_THREAD_ID.

import { addressOf, dlsym, gettid, siginterrupt, signal, syscall4 } from './libc.ts';

/** One of the real-time signals, which neither the C library nor Node makes use of. */
const SIGNAL = 60;
const CLOCK_MONOTONIC = 1;
const SIGEV_THREAD_ID = 4;
/** Numbers of timer_create(2) and timer_settime(2): older C libraries have them in another file than the one that is loaded. */
const TIMER_CALLS: Readonly<Record<string, readonly [number, number]>> = {
  x64: [222, 223],
  arm64: [107, 110],
};

/** Belongs to the thread that made it. */
export class WakeTimer {
  readonly #id: number;
  readonly #set: number;
  /** struct itimerspec: seconds and nanoseconds of the interval and of the first time. */
  readonly #spec = new BigInt64Array(4);
  readonly #specAddress = addressOf(this.#spec);

  private constructor(id: number, set: number) {
    this.#id = id;
    this.#set = set;
  }

  /** Undefined where the system does not have it, or does not allow it. */
  static create(): WakeTimer | undefined {
    const calls = TIMER_CALLS[process.arch];
    // A function that does nothing to anybody, as a handler: abs(3) of the signal's number.
    const handler = dlsym(0, 'abs');
    if (calls === undefined || handler === 0) return undefined;
    signal(SIGNAL, handler);
    siginterrupt(SIGNAL, 1);
    // struct sigevent: a value of 64 bits, signal, kind, thread.
    const event = new Int32Array(16);
    event.set([0, 0, SIGNAL, SIGEV_THREAD_ID, gettid()]);
    const id = new Int32Array(1);
    if (syscall4(calls[0], CLOCK_MONOTONIC, addressOf(event), addressOf(id), 0) !== 0) return undefined;
    return new WakeTimer(id[0], calls[1]);
  }

  /**
   * The signal comes after so many nanoseconds (below a second), and again and again: it may come before the call that it is
   * to end. 0: no more.
   */
  wakeEvery(nanoseconds: number): void {
    this.#spec[1] = BigInt(nanoseconds);
    this.#spec[3] = BigInt(nanoseconds);
    syscall4(this.#set, this.#id, 0, this.#specAddress, 0);
  }
}
