// Sleeping until a moment of the monotonic clock, or until something happens before it: the target ended (a pidfd gets
// readable) or the other thread asks to stop (an eventfd gets readable).

import { readSync } from 'node:fs';
import { addressOf, close, eventfd, pidfdOpen, ppoll, prctl, setpriority } from './libc.ts';

const POLLIN = 1;
const PRIO_PROCESS = 0;
/** A nice value: on a machine with more to do than CPUs, 0 made us miss a quarter of the rounds. */
const URGENT = -10;
const PR_SET_TIMERSLACK = 29;
const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;
/** Without a pidfd (Linux before 5.3) an end is noticed when the waiter's owner looks, so it looks this often. */
const BLIND_WAIT = 5_000_000;

/** Makes the file descriptor by which another thread wakes a Waiter: write 8 bytes, not all zero, to it. */
export function createWakeFd(): number {
  return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

/**
 * Lets the calling thread run before others when its time has come, where the system allows that (root). Programs started
 * by it afterwards would inherit this.
 */
export function runBeforeOthers(): void {
  setpriority(PRIO_PROCESS, 0, URGENT);
}

/** Nanoseconds of the monotonic clock. */
export function monotonicNow(): number {
  return Math.round(performance.now() * 1e6);
}

/** Sleeps of one thread. */
export class Waiter {
  readonly #wakeFd: number;
  readonly #pidFd: number;
  /** Two struct pollfd {int fd; short events; short revents}. */
  readonly #polls = new Int32Array(4);
  readonly #timeout = new BigInt64Array(2);
  readonly #pollsAddress = addressOf(this.#polls);
  readonly #timeoutAddress = addressOf(this.#timeout);

  /** @param pid process whose end wakes the waiter */
  constructor(wakeFd: number, pid: number) {
    this.#wakeFd = wakeFd;
    this.#pidFd = pidfdOpen(pid);
    this.#polls.set([wakeFd, POLLIN, this.#pidFd, POLLIN]);
    // The default slack of 50 µs would make every round that late.
    prctl(PR_SET_TIMERSLACK, 1000);
  }

  /** Sleeps until `deadline` (monotonicNow), a wake, or the end of the process. */
  waitUntil(deadline: number): { readonly woken: boolean; readonly ended: boolean } {
    let left = Math.max(0, deadline - monotonicNow());
    if (this.#pidFd < 0) left = Math.min(left, BLIND_WAIT);
    this.#timeout[0] = BigInt(Math.floor(left / 1e9));
    this.#timeout[1] = BigInt(Math.floor(left % 1e9));
    this.#polls[1] = POLLIN;
    this.#polls[3] = POLLIN;
    const ready = ppoll(this.#pollsAddress, 2, this.#timeoutAddress, 0);
    // Nobody tells of the end without a pidfd, so it always may have come.
    const mayHaveEnded = this.#pidFd < 0;
    if (ready <= 0) return { woken: false, ended: mayHaveEnded };
    const woken = this.#polls[1] >> 16 !== 0;
    if (woken) readSync(this.#wakeFd, new Uint8Array(8));
    return { woken, ended: mayHaveEnded || this.#polls[3] >> 16 !== 0 };
  }

  close(): void {
    if (this.#pidFd >= 0) close(this.#pidFd);
  }
}
