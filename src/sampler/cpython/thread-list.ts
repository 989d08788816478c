// The thread states of all interpreters of a process, as its linked lists have them at the moment.

import type { ProcessMemory } from '../process/memory.ts';
import type { Layout } from './layout.ts';

/** More than this many is a list read while it changed. */
const MAX_INTERPRETERS = 4096;
const MAX_THREADS = 200_000;

/** A thread state. */
export interface ThreadState {
  readonly address: number;
  readonly interpreter: number;
  /** Address of the pointer to it: as long as that points here, the state is alive. */
  readonly linkAddress: number;
  /** pthread_t, which is threading.get_ident(). */
  readonly threadId: number;
  /** Thread id in the target's pid namespace; undefined up to 3.10. */
  readonly nativeThreadId: number | undefined;
}

/** Oldest interpreter and thread first; undefined when the lists could not be followed to their ends. */
export function listThreadStates(
  memory: ProcessMemory,
  layout: Layout,
  runtimeAddress: number,
): ThreadState[] | undefined {
  const { runtime, interpreter, thread } = layout;
  const states: ThreadState[] = [];
  const word = new DataView(new ArrayBuffer(8));
  const bytes = new DataView(new ArrayBuffer(thread.size));
  const interpreters = new Set<number>();
  let at = readPointer(memory, runtimeAddress + runtime.interpretersHead, word);
  while (at !== undefined && at !== 0) {
    if (interpreters.has(at) || interpreters.size === MAX_INTERPRETERS) return undefined;
    interpreters.add(at);
    let linkAddress = at + interpreter.threadsHead;
    let state = readPointer(memory, linkAddress, word);
    while (state !== undefined && state !== 0) {
      if (states.length === MAX_THREADS) return undefined;
      if (!memory.readInto(state, new Uint8Array(bytes.buffer))) return undefined;
      if (pointerAt(bytes, thread.interpreter) !== at) return undefined;
      states.push({
        address: state,
        interpreter: at,
        linkAddress,
        threadId: pointerAt(bytes, thread.threadId),
        nativeThreadId:
          thread.nativeThreadId === undefined ? undefined : pointerAt(bytes, thread.nativeThreadId),
      });
      linkAddress = state + thread.next;
      state = pointerAt(bytes, thread.next);
    }
    if (state === undefined) return undefined;
    at = readPointer(memory, at + interpreter.next, word);
  }
  return at === undefined ? undefined : states.reverse();
}

function readPointer(memory: ProcessMemory, address: number, word: DataView): number | undefined {
  return memory.readInto(address, new Uint8Array(word.buffer)) ? pointerAt(word, 0) : undefined;
}

function pointerAt(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000;
}
