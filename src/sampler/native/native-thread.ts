// The native stack of one thread: copied while the thread stands still, unwound when it has gone on.
//
// A thread that is blocked in a system call stands still by itself, and the kernel tells its stack pointer: where that is
// enough to unwind, it is not stopped. Where other registers are needed it is stopped, unless its system call would notice:
// some fail with EINTR after a stop (signal(7), "Interruption of system calls and library functions by stop signals").

import type { FrameIndex, StackIndex } from '../../profile/tables.ts';
import type { UnwindEnd } from '../../symbols/unwind/unwinder.ts';
import { syscallName } from '../process/syscall-names.ts';
import type { Activity, ThreadActivity } from '../process/thread-activity.ts';
import type { StopResult } from '../process/thread-stop.ts';
import { mergeStacks, NO_PYTHON, type PythonFrames } from './merge-stacks.ts';
import type { NativePlace } from './native-frames.ts';
import type { NativeStacks } from './native-stacks.ts';
import type { RegisterResult } from './registers.ts';
import { CopySize } from './stack-copy.ts';
import { StackPath } from './stack-path.ts';

/** A stop shows too little when the stack is larger than thought, or when Python's part was not where it was predicted. */
const MAX_STOPS = 6;
/** System calls that go on after a stop as if nothing had been. */
const RESTARTED = new Set(
  'futex poll ppoll select pselect6 nanosleep clock_nanosleep wait4 waitid pause read write readv writev pread64 flock'.split(
    ' ',
  ),
);

/** Reads something else of the thread while it stands still; false when it has to be tried once more. */
export type PausedRead = (condition: 'waiting' | 'stopped') => boolean;

/** `unavailable`: native stacks of this process cannot be read at all; `failed`: not this time. */
export type NativeRead = 'read' | 'unavailable' | 'failed' | Exclude<StopResult, 'stopped' | 'refused'>;

/** One thread. After a successful `read`, `intern` makes a stack of it. */
export class NativeThread {
  readonly #tid: number;
  readonly #stacks: NativeStacks;
  readonly #size = new CopySize();
  readonly #path: StackPath;
  readonly #places: NativePlace[] = [];
  readonly #merged: FrameIndex[] = [];
  #end: UnwindEnd = 'lost';

  /** What the thread was doing at the last `read`, before it was stopped: it wakes up for that. */
  seen: Activity = 'running';

  constructor(tid: number, stacks: NativeStacks) {
    this.#tid = tid;
    this.#stacks = stacks;
    this.#path = new StackPath(stacks.builder);
  }

  get isAvailable(): boolean {
    return this.#stacks.isAvailable;
  }

  /** Copies and unwinds. `activity` was just looked at. */
  read(activity: ThreadActivity, also: PausedRead): NativeRead {
    this.seen = activity.classify(false);
    const isBlocked = this.seen === 'waiting' && activity.syscall >= 0;
    if (isBlocked && activity.stackPointer > 0) {
      const isRead = this.#readBlocked(activity, also);
      if (isRead && (this.#end === 'root' || !RESTARTED.has(syscallName(activity.syscall)))) return 'read';
    }
    return this.#readStopped(also);
  }

  /** Whether an evaluation loop is in the stack of the last `read`. */
  runsPython(): boolean {
    const { chain, frames } = this.#stacks;
    for (let level = 0; level < chain.length; level++) {
      const { role } = frames.at(chain.lookupAt(level));
      if (role === 'eval' || role === 'unknown-eval') return true;
    }
    return false;
  }

  /** The stack of the last `read` in the profile, with the frames of Python where they belong. */
  intern(python: PythonFrames = NO_PYTHON): StackIndex | -1 {
    const { chain, frames, context, marks, hasInterpreter, counts } = this.#stacks;
    const places = this.#places;
    for (let level = 0; level < chain.length; level++) places[level] = frames.at(chain.lookupAt(level));
    const result = mergeStacks(
      {
        length: chain.length,
        places,
        end: this.#end,
        stackPointerAt: (level) => chain.stackPointerAt(level),
      },
      python,
      { marks, keepsInterpreter: context.keepsInterpreter, hidesStarters: hasInterpreter },
      this.#merged,
    );
    counts.addNative(result);
    return this.#path.intern(this.#merged);
  }

  /** Whether everything was read before the thread ran again. */
  #readBlocked(activity: ThreadActivity, also: PausedRead): boolean {
    const { registers, copy, memory } = this.#stacks;
    registers.set(activity.instruction, activity.stackPointer);
    do {
      if (!copy.read(memory.pid, registers.stackPointer, this.#size.bytes)) return false;
      if (!also('waiting')) return false;
      if (!activity.hasStayedBlocked()) {
        this.seen = 'running';
        return false;
      }
      this.#unwind();
    } while (this.#needsMore());
    return true;
  }

  #readStopped(also: PausedRead): NativeRead {
    const { stopper, registers, copy, memory, counts } = this.#stacks;
    for (let stops = 0; stops < MAX_STOPS; stops++) {
      let got: RegisterResult = 'failed';
      let hasStack = false;
      let isDone = false;
      const result = stopper.stop(this.#tid, () => {
        got = registers.read(this.#tid);
        hasStack = got === 'read' && copy.read(memory.pid, registers.stackPointer, this.#size.bytes);
        isDone = also('stopped');
      });
      if (result === 'refused')
        return this.#giveUp('it does not let its threads be stopped (a debugger may have them).');
      if (result !== 'stopped') return result;
      if (isForeign(got)) return this.#giveUp('it is a 32-bit program.');
      if (!isDone || !hasStack) continue;
      this.#unwind();
      if (this.#needsMore()) continue;
      counts.stopped++;
      return 'read';
    }
    return 'failed';
  }

  #giveUp(reason: string): NativeRead {
    this.#stacks.giveUp(reason);
    return 'unavailable';
  }

  #unwind(): void {
    const { unwinder, registers, copy, chain } = this.#stacks;
    this.#stacks.noticeChanges();
    this.#end = unwinder.unwind(registers.registers, registers.instruction, copy.wordAt, chain);
    const used = chain.stackPointerAt(chain.length - 1) - registers.stackPointer;
    // Nothing is gained by a larger copy: a register is unknown, or the stack ends in the middle of a frame.
    if (this.#end === 'cut' && !copy.mayContinue(this.#size.bytes)) this.#end = 'lost';
    if (this.#end === 'root') this.#size.settle(Math.max(0, used));
  }

  /** The copy was too small, and may be larger the next time. */
  #needsMore(): boolean {
    return this.#end === 'cut' && this.#stacks.copy.mayContinue(this.#size.bytes) && this.#size.grow();
  }
}

function isForeign(result: RegisterResult): boolean {
  return result === 'foreign';
}
