// All threads of one process that runs CPython, as they are now. Each thread at a moment of its own, within milliseconds.

import { assertDefined } from '../base/assert.ts';
import type { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { CodeCache } from './cpython/code-cache.ts';
import type { PythonRuntime } from './cpython/find-runtime.ts';
import { findGil, type GilAddresses } from './cpython/gil.ts';
import { NativeThreadIds } from './cpython/native-thread-id.ts';
import { listThreadStates, type ThreadState } from './cpython/thread-list.ts';
import { readThreadNames } from './cpython/thread-names.ts';
import { ThreadStateReader } from './cpython/thread-state-reader.ts';
import type { NativeStacks } from './native/native-stacks.ts';
import type { ProcessMemory } from './process/memory.ts';
import { readThreadIds } from './process/process-info.ts';
import type { ThreadStopper } from './process/thread-stop.ts';
import { dumpPythonThread, dumpSystemThread, type ThreadDump } from './thread-dump.ts';

/** Lists that change while they are read are read again so often. */
const LIST_ATTEMPTS = 100;
/** All threads are read so often at the most until what they say of the interpreter lock fits together. */
const MAX_PASSES = 8;

/** Python's threads, oldest first, then those that Python knows nothing of; undefined when the interpreter is gone. */
export function dumpThreads(
  memory: ProcessMemory,
  runtime: PythonRuntime,
  options: {
    readonly wantsLocals: boolean;
    readonly builder: ProfileBuilder;
    readonly stopper: ThreadStopper;
    readonly native: NativeStacks | undefined;
  },
): ThreadDump[] | undefined {
  const states = listStates(memory, runtime);
  if (states === undefined) return undefined;
  const { layout } = runtime;
  const { builder, native } = options;
  const context = { memory, layout, ...options };
  const targets = makeTargets(memory, runtime, states, builder);
  // The lock goes round every few milliseconds, so two threads can each have it when they are looked at. Only the first
  // pass is slow enough for that to be likely: it finds out where everything lies.
  let threads: ThreadDump[] = [];
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const seen = targets.map((target) => ({
      lock: target.lock,
      dump: dumpPythonThread(context, target, target.readers),
    }));
    threads = seen.flatMap(({ dump }) => (dump === undefined ? [] : [dump]));
    const held = seen.filter(({ dump }) => dump?.holdsGil === true).map(({ lock }) => lock);
    if (new Set(held).size === held.length) break;
  }
  context.stopper.release();
  const known = new Set(targets.map(({ tid }) => tid));
  for (const tid of readThreadIds(memory.pid)) {
    const thread = known.has(tid) ? undefined : dumpSystemThread(memory.pid, tid, native);
    if (thread !== undefined) threads.push(thread);
  }
  return threads;
}

/** The threads of a program without Python, with their native stacks; undefined when it has ended. */
export function dumpNativeThreads(native: NativeStacks): ThreadDump[] | undefined {
  const { pid } = native.memory;
  const threads = readThreadIds(pid).flatMap((tid) => dumpSystemThread(pid, tid, native) ?? []);
  native.stopper.release();
  return threads.length === 0 ? undefined : threads;
}

/** A thread that is to be read. */
interface ThreadTarget {
  readonly tid: number;
  readonly name: string | undefined;
  /** Newest interpreter first. */
  readonly readers: readonly ThreadStateReader[];
  /** Names the interpreter lock that it needs. */
  readonly lock: number | undefined;
}

function makeTargets(
  memory: ProcessMemory,
  runtime: PythonRuntime,
  states: readonly ThreadState[],
  builder: ProfileBuilder,
): ThreadTarget[] {
  const { layout } = runtime;
  const names = new Map<number, string>();
  const interpreters = new Map<number, { codes: CodeCache; gil: GilAddresses | undefined }>();
  for (const { interpreter } of states) {
    if (interpreters.has(interpreter)) continue;
    const codes = new CodeCache(memory, layout, builder, interpreter);
    interpreters.set(interpreter, { codes, gil: findGil(memory, runtime, interpreter) });
    // The oldest comes first: a newer one calls every thread that enters it MainThread.
    for (const [ident, name] of readThreadNames(memory, layout, interpreter)) {
      if (!names.has(ident)) names.set(ident, name);
    }
  }
  return [...groupByThread(memory, states)].map(([tid, own]) => ({
    tid,
    name: own.map((state) => names.get(state.threadId)).find((name) => name !== undefined),
    lock: interpreters.get(own[0].interpreter)?.gil?.holder,
    readers: own.map((state) => {
      const interpreter = assertDefined(interpreters.get(state.interpreter), 'a state without interpreter');
      return new ThreadStateReader({ memory, layout, builder, state, ...interpreter });
    }),
  }));
}

function listStates(memory: ProcessMemory, runtime: PythonRuntime): ThreadState[] | undefined {
  for (let attempt = 0; attempt < LIST_ATTEMPTS; attempt++) {
    const states = listThreadStates(memory, runtime.layout, runtime.runtimeAddress);
    if (states !== undefined) return states;
  }
  return undefined;
}

/** Thread id → its thread states, newest interpreter first. */
function groupByThread(memory: ProcessMemory, states: readonly ThreadState[]): Map<number, ThreadState[]> {
  const ids = new NativeThreadIds(memory);
  ids.refresh();
  const byThread = new Map<number, ThreadState[]>();
  for (const state of states) {
    const tid = ids.find(state, states.length === 1);
    if (tid !== undefined) byThread.set(tid, [state, ...(byThread.get(tid) ?? [])]);
  }
  return byThread;
}
