// What one thread state tells with one read: its stack, whether it is still in the list of its interpreter, and whether it
// holds the interpreter lock.

import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { StackIndex } from '../../profile/tables.ts';
import type { PythonFrames } from '../native/merge-stacks.ts';
import type { ProcessMemory } from '../process/memory.ts';
import type { CodeCache } from './code-cache.ts';
import type { FrameChain } from './frame-chain.ts';
import type { GilAddresses } from './gil.ts';
import type { Layout } from './layout.ts';
import { type ReadFailure, StackReader, type ThreadCondition } from './stack-reader.ts';
import { StackResolver } from './stack-resolver.ts';
import type { ThreadState } from './thread-list.ts';

// Positions of the extra words.
const LINK = 0;
const LIST_HEAD = 1;
const GIL_HOLDER = 2;
const GIL_LOCKED = 3;

/** Reads one thread state; the getters tell of the last successful read. */
export class ThreadStateReader implements PythonFrames {
  readonly #memory: ProcessMemory;
  #state: ThreadState;
  readonly #gil: GilAddresses | undefined;
  readonly #reader: StackReader;
  readonly #resolver: StackResolver;
  readonly #extraWords: number[];
  #listHead = 0;

  constructor(options: {
    readonly memory: ProcessMemory;
    readonly layout: Layout;
    readonly builder: ProfileBuilder;
    readonly codes: CodeCache;
    readonly gil: GilAddresses | undefined;
    readonly state: ThreadState;
  }) {
    const { memory, layout, state, gil } = options;
    this.#memory = memory;
    this.#state = state;
    this.#gil = gil;
    this.#resolver = new StackResolver(options.codes, options.builder);
    this.#extraWords = [state.linkAddress, state.interpreter + layout.interpreter.threadsHead];
    if (gil !== undefined) this.#extraWords.push(gil.holder);
    if (gil?.locked !== undefined) this.#extraWords.push(gil.locked);
    this.#reader = new StackReader({
      memory,
      layout,
      codes: this.#resolver,
      threadState: state.address,
      extraWords: this.#extraWords,
    });
  }

  /** The list was read anew: `listHead` is the newest thread state of the interpreter. */
  relink(state: ThreadState, listHead: number): void {
    this.#state = state;
    this.#listHead = listHead;
    this.#extraWords[LINK] = state.linkAddress;
  }

  /** Undefined on success. */
  read(condition: ThreadCondition): ReadFailure | undefined {
    return this.#reader.read(condition);
  }

  /** Whether the stack can be read exactly while the thread runs, going by the last one. */
  get isReadableRunning(): boolean {
    return this.#reader.isReadableRunning;
  }

  /** Attempts that had to be repeated, over all reads. */
  get retries(): number {
    return this.#reader.retries;
  }

  get stack(): StackIndex | -1 {
    return this.#resolver.stack;
  }

  /** Number of Python frames. */
  get length(): number {
    return this.#reader.chain.length;
  }

  /** Frames of the profile, innermost first. */
  get frames(): ArrayLike<number> {
    return this.#resolver.listFrames();
  }

  /** 1 for frames that C called. */
  get entries(): ArrayLike<number> {
    return this.#reader.chain.entries;
  }

  /** Where the boundary of each frame that C called lies; 0 where there is none. */
  get boundaries(): ArrayLike<number> {
    return this.#reader.chain.boundaries;
  }

  /** The Python frames, innermost first. */
  get chain(): FrameChain {
    return this.#reader.chain;
  }

  /**
   * False when the thread state has left the list, so what was read may be anything; or when it has got a thread of its
   * own since: it is made by the thread that starts the new one. A new thread may have the pthread_t of one that ended, and
   * its state the address.
   */
  get isLinked(): boolean {
    const reader = this.#reader;
    return (
      reader.extraWord(LINK) === this.#state.address &&
      reader.threadId === this.#state.threadId &&
      reader.nativeThreadId === this.#state.nativeThreadId
    );
  }

  /** After a read that failed: whether there still is a thread state to read. */
  checkLink(): boolean {
    const word = new BigUint64Array(1);
    const wasRead = this.#memory.readInto(this.#state.linkAddress, new Uint8Array(word.buffer));
    return wasRead && Number(word[0]) === this.#state.address;
  }

  /** False when a thread state was added since the list was read. */
  get isListCurrent(): boolean {
    return this.#reader.extraWord(LIST_HEAD) === this.#listHead;
  }

  get holdsGil(): boolean {
    if (this.#gil === undefined || this.#reader.extraWord(GIL_HOLDER) !== this.#state.address) return false;
    return this.#gil.locked === undefined || this.#reader.extraWord(GIL_LOCKED) % 0x1_0000_0000 === 1;
  }

  /** Whether a thread that is blocked in futex(2) at an address waits for the lock. */
  waitsForGil(futex: number): boolean {
    return this.#gil !== undefined && futex >= this.#gil.waitBegin && futex < this.#gil.waitEnd;
  }
}
