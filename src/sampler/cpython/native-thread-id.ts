// Which system thread a Python thread is. From 3.11 on its state says so. Before, the state has the pthread_t, which points to
// the C library's structure of the thread, and that holds the id at a place that is the same for all threads.

import type { ProcessMemory } from '../process/memory.ts';
import { readInnerThreadId, readThreadIds } from '../process/process-info.ts';
import type { ThreadState } from './thread-list.ts';

/** 720 with glibc on x86-64; other C libraries have it within this size too. */
const SEARCHED = 2304;

/** Finds the thread ids of one process. */
export class NativeThreadIds {
  readonly #memory: ProcessMemory;
  /** Id inside the process's pid namespace → id that we see. */
  #outer = new Map<number, number>();
  #offset: number | undefined;

  constructor(memory: ProcessMemory) {
    this.#memory = memory;
  }

  /** Thread states come and go: looks at the threads of the process anew. */
  refresh(): void {
    const { pid } = this.#memory;
    const ids = readThreadIds(pid);
    const isOwnNamespace = (readInnerThreadId(pid, pid) ?? pid) !== pid;
    this.#outer = new Map(ids.map((id) => [isOwnNamespace ? (readInnerThreadId(pid, id) ?? id) : id, id]));
  }

  /** The id under which /proc/PID/task has the thread; undefined when it cannot be told. `isOnly`: there is no other state. */
  find(state: ThreadState, isOnly: boolean): number | undefined {
    const known = state.nativeThreadId === undefined ? undefined : this.#outer.get(state.nativeThreadId);
    if (known !== undefined) return known;
    const fromPthread = this.#findByPthread(state.threadId);
    if (fromPthread !== undefined) return fromPthread;
    // Nobody else can be meant, as in a child that has just been forked.
    return isOnly && this.#outer.size === 1 ? [...this.#outer.values()][0] : undefined;
  }

  #findByPthread(pthread: number): number | undefined {
    const bytes = new Uint8Array(SEARCHED);
    if (pthread === 0 || !this.#memory.readInto(pthread, bytes)) return undefined;
    const view = new DataView(bytes.buffer);
    if (this.#offset !== undefined) return this.#outer.get(view.getInt32(this.#offset, true));
    for (let offset = 0; offset + 4 <= SEARCHED; offset += 4) {
      const id = this.#outer.get(view.getInt32(offset, true));
      if (id === undefined) continue;
      this.#offset = offset;
      return id;
    }
    return undefined;
  }
}
