// What a thread did since it was last looked at, from the kernel's own accounting.
//
// /proc/PID/task/TID/schedstat: ns on a CPU, ns waiting for one, times it was put on one. The first is brought up to date
// by the scheduler's tick (every 1 to 10 ms) and whenever the thread leaves the CPU, so it lags for a thread that runs,
// never for one that waits.
// /proc/PID/task/TID/syscall: `running`, or the system call that the thread is blocked in, with its arguments.

import { ProcFile } from './proc-file.ts';
import { isRestart } from './syscall-names.ts';

/** What a thread is seen doing. */
export type Activity = 'running' | 'runnable' | 'waiting' | 'ended';

/** The kernel brings the CPU time of a running thread up to date at least this often (10 ms where CONFIG_HZ=100). */
const ACCOUNTING_LAG = 12_000_000;
const LETTER_R = 'r'.charCodeAt(0);
const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** Accounting of one thread. After `look`, the fields tell of the time since the `look` before. */
export class ThreadActivity {
  /** CPU time since the last look, in nanoseconds. */
  cpu = 0;
  /** Number of the system call that a waiting thread is blocked in; -1 when it cannot be known. */
  syscall = -1;
  /** First argument of that call: for futex(2), the address waited at. */
  syscallArgument = 0;
  /** Where that thread's stack ends and what it executes; 0 when it cannot be known. */
  stackPointer = 0;
  instruction = 0;

  readonly #schedstat: ProcFile;
  readonly #syscallFile: ProcFile | undefined;
  #ran = 0;
  #delayed = 0;
  #slices = 0;
  #waited = 0;
  #elapsed = 0;
  #lookedAt: number;
  #ranAt: number;
  #isBlocked = false;

  private constructor(schedstat: ProcFile, syscallFile: ProcFile | undefined, now: number) {
    this.#schedstat = schedstat;
    this.#syscallFile = syscallFile;
    this.#lookedAt = now;
    this.#ranAt = now;
  }

  /** Undefined when the thread has ended. CPU time that it used before does not count. */
  static open(pid: number, tid: number, now: number): ThreadActivity | undefined {
    const schedstat = ProcFile.open(`/proc/${pid}/task/${tid}/schedstat`);
    if (schedstat === undefined) return undefined;
    const activity = new ThreadActivity(schedstat, ProcFile.open(`/proc/${pid}/task/${tid}/syscall`), now);
    activity.look(now);
    activity.cpu = 0;
    return activity;
  }

  /**
   * Looks at the thread at `now` (monotonicNow). `staysBlocked` says that it has not run at all since the last look found
   * it waiting: whatever was known of it then is true now.
   */
  look(now: number): { readonly staysBlocked: boolean; readonly ended: boolean } {
    if (!this.#schedstat.read()) return ENDED;
    const ran = this.#schedstat.nextNumber();
    const delayed = this.#schedstat.nextNumber();
    const slices = this.#schedstat.nextNumber();
    this.cpu = Math.max(0, ran - this.#ran);
    const hasMoved = slices !== this.#slices || ran !== this.#ran;
    this.#waited = delayed - this.#delayed;
    this.#ran = ran;
    this.#delayed = delayed;
    this.#slices = slices;
    this.#elapsed = now - this.#lookedAt;
    this.#lookedAt = now;
    if (this.cpu > 0) this.#ranAt = now;
    if (this.#isBlocked && !hasMoved) return STAYS_BLOCKED;
    this.#isBlocked = false;
    return MOVED;
  }

  /**
   * What the thread is doing. `isBusy` is the caller's knowledge that it is executing (it holds the interpreter lock):
   * then a second file need not be read as long as the accounting agrees.
   */
  classify(isBusy: boolean): Activity {
    if (isBusy && this.#lookedAt - this.#ranAt < ACCOUNTING_LAG) return this.#runningOrRunnable();
    if (this.#syscallFile === undefined) return this.cpu > 0 ? this.#runningOrRunnable() : 'waiting';
    if (!this.#syscallFile.read()) return 'ended';
    const first = this.#syscallFile.firstByte();
    if (first === LETTER_R) return this.#runningOrRunnable();
    this.#isBlocked = true;
    if (first >= DIGIT_0 && first <= DIGIT_9) this.#takeCall(this.#syscallFile.text());
    else {
      this.syscall = -1;
      this.syscallArgument = 0;
      this.stackPointer = 0;
      this.instruction = 0;
    }
    return 'waiting';
  }

  #takeCall(text: string): void {
    const [number, argument, , , , , , stackPointer, instruction] = text.split(' ').map(Number);
    // A call that a stop or a signal interrupted is made again under another number, from the same place.
    const goesOn = isRestart(number) && this.syscall >= 0 && instruction === this.instruction;
    if (!goesOn) this.syscall = number;
    this.syscallArgument = argument;
    this.stackPointer = stackPointer;
    this.instruction = instruction;
  }

  /** Whether the thread exists still. Accounting is not touched. */
  isAlive(): boolean {
    return this.#schedstat.read();
  }

  /** Whether the thread has not run since the last look. Accounting goes on from that look. */
  hasStayedBlocked(): boolean {
    if (!this.#schedstat.read()) return false;
    const ran = this.#schedstat.nextNumber();
    this.#schedstat.nextNumber();
    return ran === this.#ran && this.#schedstat.nextNumber() === this.#slices;
  }

  #runningOrRunnable(): Activity {
    return this.#waited > this.cpu && this.#waited > this.#elapsed / 2 ? 'runnable' : 'running';
  }

  close(): void {
    this.#schedstat.close();
    this.#syscallFile?.close();
  }
}

const ENDED = { staysBlocked: false, ended: true } as const;
const STAYS_BLOCKED = { staysBlocked: true, ended: false } as const;
const MOVED = { staysBlocked: false, ended: false } as const;
