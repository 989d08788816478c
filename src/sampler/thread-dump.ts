// One thread as it is now: what it does, its stack, and what the locals of its frames hold.
//
// A thread that is blocked need not be stopped: the kernel's accounting tells afterwards that it has not run meanwhile, so
// what was read belongs together, and no system call of it was interrupted. Of a thread that runs, agreeing copies can be
// exact for its stack; when they are not, or its locals are wanted too, it is stopped.

import type { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { getFunctionFile, getFunctionName, getStackFrames } from '../profile/stack-text.ts';
import {
  FUNCTION_KINDS,
  type FunctionIndex,
  type FunctionKind,
  NONE,
  type StackIndex,
} from '../profile/tables.ts';
import type { Layout } from './cpython/layout.ts';
import { type LocalVariable, readLocals } from './cpython/locals.ts';
import type { ReadFailure, ThreadCondition } from './cpython/stack-reader.ts';
import type { ThreadStateReader } from './cpython/thread-state-reader.ts';
import type { NativeStacks } from './native/native-stacks.ts';
import { NativeThread } from './native/native-thread.ts';
import type { ProcessMemory } from './process/memory.ts';
import { readThreadName, readThreadState } from './process/process-info.ts';
import { syscallName } from './process/syscall-names.ts';
import { ThreadActivity } from './process/thread-activity.ts';
import type { ThreadStopper } from './process/thread-stop.ts';
import { monotonicNow } from './process/waiter.ts';

/**
 * - `running`: on a CPU, or ready for one
 * - `waiting`: blocked in a system call or by a page fault
 * - `waiting-gil`: blocked until another thread gives the interpreter lock away
 * - `stopped`: by a signal or a debugger
 */
export type ThreadDumpState = 'running' | 'waiting' | 'waiting-gil' | 'stopped';

/** One function call of a stack. */
export interface FrameDump {
  readonly kind: FunctionKind;
  /** Qualified where the version of Python has that. */
  readonly function: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** Undefined where they were not asked for, or left out because the thread would have been stopped for too long. */
  readonly locals: readonly LocalVariable[] | undefined;
}

/** One thread of a process. */
export interface ThreadDump {
  readonly tid: number;
  /** As Python knows it; undefined when it gave none. */
  readonly name: string | undefined;
  /** As the system knows it: 15 bytes at the most. */
  readonly systemName: string | undefined;
  readonly state: ThreadDumpState;
  /** The system call that it is blocked in, where that is known. */
  readonly syscall: string | undefined;
  readonly holdsGil: boolean;
  /** False for threads that belong to the system alone: they have no frames. */
  readonly isPython: boolean;
  /** Innermost first. */
  readonly frames: readonly FrameDump[];
  /** Why there are no frames although the thread has some. */
  readonly failure: ReadFailure | undefined;
  /** False when the thread had to be stopped for an exact look, and could not be: what was read may not belong together. */
  readonly isConsistent: boolean;
}

/** What the threads of one interpreter process share. */
export interface ThreadDumpContext {
  readonly memory: ProcessMemory;
  readonly layout: Layout;
  readonly builder: ProfileBuilder;
  readonly stopper: ThreadStopper;
  readonly wantsLocals: boolean;
  /** Undefined when native frames are not wanted. */
  readonly native: NativeStacks | undefined;
}

/** Reading a blocked thread is tried so often before it is stopped: it may wake up now and then. */
const BLOCKED_ATTEMPTS = 3;
/** No thread is stopped for longer than this, unless a single frame takes longer. */
const LONGEST_STOP = 200_000_000;

/** Dumps a thread of Python; undefined when it has ended. `readers` are its thread states, newest interpreter first. */
export function dumpPythonThread(
  context: ThreadDumpContext,
  thread: { readonly tid: number; readonly name: string | undefined },
  readers: readonly ThreadStateReader[],
): ThreadDump | undefined {
  const { pid } = context.memory;
  const activity = ThreadActivity.open(pid, thread.tid, monotonicNow());
  const letter = readThreadState(pid, thread.tid);
  if (activity === undefined || letter === undefined) return undefined;
  try {
    const seen =
      seeWithNative(context, activity, readers, thread.tid) ??
      seeBlocked(context, activity, readers) ??
      seeRunning(context, activity, readers) ??
      seeStopped(context, activity, readers, thread.tid);
    if (seen === 'ended') return undefined;
    const { reader, isWaiting } = seen;
    const isWaitingForGil = isWaiting && reader?.waitsForGil(activity.syscallArgument) === true;
    return {
      tid: thread.tid,
      name: thread.name,
      systemName: readThreadName(pid, thread.tid),
      state: chooseState(letter, isWaiting, isWaitingForGil),
      syscall: isWaiting && activity.syscall >= 0 ? syscallName(activity.syscall) : undefined,
      holdsGil: reader?.holdsGil === true,
      isPython: true,
      frames: seen.frames,
      failure: seen.failure,
      isConsistent: seen.isConsistent,
    };
  } finally {
    activity.close();
  }
}

/** Dumps a thread that Python knows nothing of, with its native stack if there is to be one; undefined when it has ended. */
export function dumpSystemThread(
  pid: number,
  tid: number,
  native: NativeStacks | undefined,
): ThreadDump | undefined {
  const activity = ThreadActivity.open(pid, tid, monotonicNow());
  const letter = readThreadState(pid, tid);
  if (activity === undefined || letter === undefined) return undefined;
  const isWaiting = activity.classify(false) === 'waiting';
  const frames = native === undefined ? [] : readNativeFrames(native, activity, tid);
  activity.close();
  return {
    tid,
    name: undefined,
    systemName: readThreadName(pid, tid),
    state: chooseState(letter, isWaiting, false),
    syscall: isWaiting && activity.syscall >= 0 ? syscallName(activity.syscall) : undefined,
    holdsGil: false,
    isPython: false,
    frames,
    failure: undefined,
    isConsistent: true,
  };
}

/** What one look at a thread found. */
interface Sight {
  readonly reader: ThreadStateReader | undefined;
  readonly frames: readonly FrameDump[];
  readonly failure: ReadFailure | undefined;
  readonly isWaiting: boolean;
  readonly isConsistent: boolean;
}

/** Both stacks at one moment, and the locals; undefined when native frames are not wanted or cannot be read. */
function seeWithNative(
  context: ThreadDumpContext,
  activity: ThreadActivity,
  readers: readonly ThreadStateReader[],
  tid: number,
): Sight | undefined {
  if (!context.native?.isAvailable) return undefined;
  const thread = new NativeThread(tid, context.native);
  let stack: StackRead | 'ended' = 'ended';
  let locals: readonly (readonly LocalVariable[] | undefined)[] = [];
  activity.look(monotonicNow());
  const result = thread.read(activity, (condition) => {
    stack = readStack(readers, condition);
    if (stack === 'ended' || stack.failure !== undefined) return false;
    locals = readAllLocals(context, stack.reader, monotonicNow() + LONGEST_STOP);
    return true;
  });
  // The compiler does not see that the callback has assigned it.
  const read = stack as StackRead | 'ended';
  if (result !== 'read' || read === 'ended') return undefined;
  const frames = describeStack(context.builder, thread.intern(read.reader), locals);
  const isWaiting = activity.classify(false) === 'waiting';
  return { ...read, frames, isWaiting, isConsistent: true };
}

function readNativeFrames(native: NativeStacks, activity: ThreadActivity, tid: number): readonly FrameDump[] {
  if (!native.isAvailable) return [];
  const thread = new NativeThread(tid, native);
  activity.look(monotonicNow());
  return thread.read(activity, () => true) === 'read'
    ? describeStack(native.builder, thread.intern(), [])
    : [];
}

/** The thread does not run while it is looked at; undefined when it does. */
function seeBlocked(
  context: ThreadDumpContext,
  activity: ThreadActivity,
  readers: readonly ThreadStateReader[],
): Sight | 'ended' | undefined {
  for (let attempt = 0; attempt < BLOCKED_ATTEMPTS; attempt++) {
    if (activity.look(monotonicNow()).ended) return 'ended';
    if (activity.classify(false) !== 'waiting') return undefined;
    const stack = readStack(readers, 'waiting');
    if (stack === 'ended') return 'ended';
    const frames = stack.failure === undefined ? describeFrames(context, stack.reader) : [];
    if (activity.look(monotonicNow()).staysBlocked) {
      return { ...stack, frames, isWaiting: true, isConsistent: true };
    }
  }
  return undefined;
}

/** The thread runs, and its stack is all that is wanted; undefined when two copies of it do not agree. */
function seeRunning(
  context: ThreadDumpContext,
  activity: ThreadActivity,
  readers: readonly ThreadStateReader[],
): Sight | 'ended' | undefined {
  // Also when the locals are wanted: what this finds out about the stack makes the stop shorter.
  const stack = readStack(readers, 'running');
  if (stack === 'ended') return 'ended';
  if (context.wantsLocals || stack.failure !== undefined || activity.classify(false) === 'waiting') {
    return undefined;
  }
  return { ...stack, frames: describeFrames(context, stack.reader), isWaiting: false, isConsistent: true };
}

/** Stops the thread for as long as it takes to read it. */
function seeStopped(
  context: ThreadDumpContext,
  activity: ThreadActivity,
  readers: readonly ThreadStateReader[],
  tid: number,
): Sight | 'ended' {
  let stack: StackRead | 'ended' = 'ended';
  let frames: readonly FrameDump[] = [];
  const look = (deadline: number, condition: ThreadCondition) => {
    stack = readStack(readers, condition);
    if (stack !== 'ended' && stack.failure === undefined) {
      frames = describeFrames(context, stack.reader, deadline);
    }
  };
  const result = context.stopper.stop(tid, () => {
    // Of a stopped thread, the kernel tells the system call that it will go on with, if it is in one.
    activity.classify(false);
    look(monotonicNow() + LONGEST_STOP, 'waiting');
  });
  if (result === 'ended') return 'ended';
  let isWaiting = activity.syscall >= 0;
  if (result === 'refused' || result === 'busy') {
    isWaiting = activity.classify(false) === 'waiting';
    look(Number.POSITIVE_INFINITY, 'waiting');
  }
  // The compiler does not see that `look` has assigned it.
  const read = stack as StackRead | 'ended';
  if (read === 'ended') return 'ended';
  return { ...read, frames, isWaiting, isConsistent: result === 'stopped' };
}

interface StackRead {
  readonly reader: ThreadStateReader;
  readonly failure: ReadFailure | undefined;
}

/** Reads the stack that runs on top: that of the newest interpreter that has one. */
function readStack(readers: readonly ThreadStateReader[], condition: ThreadCondition): StackRead | 'ended' {
  let last: StackRead | 'ended' = 'ended';
  for (const reader of readers) {
    const failure = reader.read(condition);
    if (failure === 'ended' || (failure === undefined && !reader.isLinked)) continue;
    last = { reader, failure };
    if (failure !== undefined || reader.length > 0) return last;
  }
  return last;
}

function describeFrames(
  context: ThreadDumpContext,
  reader: ThreadStateReader,
  deadline = Number.POSITIVE_INFINITY,
): FrameDump[] {
  return describeStack(context.builder, reader.stack, readAllLocals(context, reader, deadline));
}

/** Locals of each Python frame, innermost first. */
function readAllLocals(
  { memory, layout, wantsLocals }: ThreadDumpContext,
  reader: ThreadStateReader,
  deadline: number,
): (readonly LocalVariable[] | undefined)[] {
  if (!wantsLocals) return [];
  const { frames, codes, length } = reader.chain;
  return Array.from({ length }, (_, level) =>
    monotonicNow() < deadline ? readLocals(memory, layout, frames[level], codes[level]) : undefined,
  );
}

/** Frames of a stack of the profile, innermost first. `locals` are those of its Python frames. */
function describeStack(
  builder: ProfileBuilder,
  stack: StackIndex | -1,
  locals: readonly (readonly LocalVariable[] | undefined)[],
): FrameDump[] {
  if (stack === NONE) return [];
  const profile = builder.view();
  let pythonLevel = 0;
  return getStackFrames(profile, stack)
    .reverse()
    .map((frame) => {
      const functionIndex = profile.frames.function[frame] as FunctionIndex;
      const line = profile.frames.line[frame];
      const kind = FUNCTION_KINDS[profile.functions.kind[functionIndex]];
      return {
        kind,
        function: getFunctionName(profile, functionIndex),
        file: getFunctionFile(profile, functionIndex),
        line: line === NONE ? undefined : line,
        locals: kind === 'python' ? locals[pythonLevel++] : undefined,
      };
    });
}

function chooseState(letter: string, isWaiting: boolean, isWaitingForGil: boolean): ThreadDumpState {
  if (letter === 'T' || letter === 't') return 'stopped';
  if (isWaitingForGil) return 'waiting-gil';
  return isWaiting ? 'waiting' : 'running';
}
