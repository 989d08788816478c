// Exact call stacks of a running thread.
//
// One process_vm_readv(2) reads everything the stack consists of several times, one copy behind the other: the thread state, the
// data stack in use (3.11+) and the frames that lie on the heap, wherever the last sample found them. If all copies hold the
// same chain of frames, that was the stack while they were made. If they differ, the thread changed it meanwhile, and
// everything is read again; when that does not help, the caller stops the thread for one read.
// What the prediction missed is looked up and is part of the next attempt.
//
// Copies can agree by chance on a chain that never was, when a thread calls and returns faster than they are made. So
// there are four of them, a chain must end in the frame that the thread is known to have begun with, and stacks that
// consist of many pieces of memory are not read from running threads at all: docs/decisions/002-exact-stacks.md.

import type { ProcessMemory } from '../process/memory.ts';
import { ReadPlan } from '../process/read-plan.ts';
import { DataStack } from './data-stack.ts';
import { FrameChain } from './frame-chain.ts';
import { FIRST_BOUNDARY_OWNER, type Layout, OWNER_GENERATOR } from './layout.ts';
import { LooseFrames } from './loose-frames.ts';

/** Attempts that may fail because the copies differ: after that a stop is cheaper for both sides. */
const MAX_DIFFERENT = 2;
/** Copies of the stack of a running thread. */
const COPIES_RUNNING = 4;
/** A waiting thread changes its stack only if it wakes up this very moment. */
const COPIES_WAITING = 2;
/** Attempts that may fail because something was not predicted: each finds at least one more part of the stack. */
const MAX_MISSED = 12;
/** Frames followed one by one when they were not predicted. */
const MAX_DISCOVERED = 20_000;
/** Bytes of the structure that holds the current frame in 3.11 and 3.12: struct _PyCFrame. */
const HOLDER_SIZE = 24;

/**
 * Why there is no stack: the copies differ, a part was not predicted, nothing could be read, a code object was
 * exchanged, the chain makes no sense, it does not end where the thread began, the thread state is gone.
 */
export type ReadFailure =
  | 'different'
  | 'missed'
  | 'unreadable'
  | 'code-changed'
  | 'torn'
  | 'unconfirmed'
  | 'ended';

/** What the thread does while it is read. `stopped`: it cannot change anything, and what is read is the truth. */
export type ThreadCondition = 'running' | 'waiting' | 'stopped';

/** Decides whether the code objects of a chain are known and unchanged. */
export interface CodeCheck {
  /** Adds what it wants to be read with the next sample before its stack. */
  beginPlan(plan: ReadPlan): void;
  /** Adds what it wants to be read behind its stack. */
  addToPlan(plan: ReadPlan): void;
  /** After the plan was read and the chain found: undefined when all its code objects are known and unchanged. */
  check(chain: FrameChain, plan: ReadPlan): ReadFailure | undefined;
  /** A piece of the plan could not be read. */
  forgetPrediction(): void;
}

/** Reads the stack of one thread into `chain`. */
export class StackReader {
  readonly chain = new FrameChain();
  /** Attempts that failed because the thread changed its stack meanwhile, over all reads. */
  retries = 0;

  readonly #memory: ProcessMemory;
  readonly #layout: Layout;
  readonly #codes: CodeCheck;
  readonly #threadState: number;
  /** Addresses of words that are read once with every sample, whatever they mean to the caller. */
  readonly #extraWords: readonly number[];
  readonly #plan = new ReadPlan();
  readonly #stack: DataStack;
  readonly #loose = new LooseFrames();

  /**
   * What boundaries to C have for a code object (3.12). Its holder points to a new boundary before all of it is written:
   * what stood there before may look like a frame of Python, but for this.
   */
  #boundaryCode = 0;

  // Where the parts of the first copy lie in the plan, where each copy begins, how many there are, where the pointer to the
  // current frame was read in between, and what is read behind all of them.
  #threadAt = 0;
  /** Address of the structure on the C stack that holds the current frame (3.11, 3.12); 0 when not known. */
  #holder = 0;
  #holderAt = 0;
  readonly #chunkAt: number[] = [];
  #looseAt = 0;
  readonly #copyAt = new Int32Array(COPIES_RUNNING);
  readonly #glanceAt = new Int32Array((COPIES_RUNNING * (COPIES_RUNNING - 1)) / 2);
  #glances = 0;
  #copies = COPIES_RUNNING;
  #extraAt = 0;
  #missedAddress = 0;
  /** The chunk found last: frames of one chunk follow each other. */
  #lastChunk = 0;
  /** The outermost frame and its code object; 0 while the thread has none, NaN before the first stack. */
  #rootFrame = Number.NaN;
  #rootCode = Number.NaN;
  /** Those that the last stop found instead. */
  #newRootFrame = Number.NaN;
  #newRootCode = Number.NaN;

  constructor(options: {
    readonly memory: ProcessMemory;
    readonly layout: Layout;
    readonly codes: CodeCheck;
    readonly threadState: number;
    readonly extraWords: readonly number[];
  }) {
    this.#memory = options.memory;
    this.#layout = options.layout;
    this.#codes = options.codes;
    this.#threadState = options.threadState;
    this.#extraWords = options.extraWords;
    this.#stack = new DataStack(options.layout.dataStack);
  }

  /** Reads the stack; undefined on success. */
  read(condition: ThreadCondition): ReadFailure | undefined {
    this.#copies = condition === 'stopped' ? 1 : condition === 'waiting' ? COPIES_WAITING : COPIES_RUNNING;
    let failure: ReadFailure = 'different';
    for (let different = 0, missed = 0; missed < MAX_MISSED && different < MAX_DIFFERENT; ) {
      const result = this.#attempt(condition);
      if (result === undefined || result === 'ended' || result === 'unconfirmed') return result;
      failure = result;
      if (result === 'different' || result === 'torn') {
        different++;
        this.retries++;
      } else {
        missed++;
      }
    }
    return failure;
  }

  /** Whether copies made while the thread runs can be trusted to be exact, going by the last stack. */
  get isReadableRunning(): boolean {
    return this.#layout.frame.kind === 'interpreter-frame' && !this.chain.isScattered;
  }

  /** pthread_t of the thread that the state belongs to, at the last successful read. */
  get threadId(): number {
    return this.#plan.addressAt(this.#threadAt + this.#layout.thread.threadId);
  }

  /** The system's id of that thread, in its own pid namespace; undefined where the version does not keep it. */
  get nativeThreadId(): number | undefined {
    const { nativeThreadId } = this.#layout.thread;
    return nativeThreadId === undefined ? undefined : this.#plan.addressAt(this.#threadAt + nativeThreadId);
  }

  /** Value of an extra word at the last successful read. */
  extraWord(index: number): number {
    return this.#plan.addressAt(this.#extraAt + index * 8);
  }

  #attempt(condition: ThreadCondition): ReadFailure | undefined {
    this.#buildPlan();
    if (this.#plan.read(this.#memory.pid) < this.#plan.size) return this.#startOver();
    const failure = this.#walk();
    if (failure === 'missed') return this.#discover(this.#missedAddress);
    if (failure !== undefined) return failure;
    this.#settle();
    if (this.#endsInGenerator() || (condition === 'running' && this.chain.isScattered)) return 'unconfirmed';
    if (condition !== 'waiting' && !this.#hasKnownRoot(condition)) return 'unconfirmed';
    const codeFailure = this.#codes.check(this.chain, this.#plan);
    if (codeFailure === undefined) this.#rememberRoot();
    return codeFailure;
  }

  /** A generator that yields is cut off from its caller for an instruction or two: nobody calls the outermost frame. */
  #endsInGenerator(): boolean {
    const { length, outermostOwner } = this.chain;
    return (
      length > 0 && this.#layout.frame.kind === 'interpreter-frame' && outermostOwner === OWNER_GENERATOR
    );
  }

  /**
   * Every chain of a thread ends in the same frame, as long as its outermost function runs. A new end counts when two stops in
   * a row find it.
   */
  #hasKnownRoot(condition: ThreadCondition): boolean {
    const { length, frames, codes } = this.chain;
    const frame = length === 0 ? 0 : frames[length - 1];
    const code = length === 0 ? 0 : codes[length - 1];
    if (frame === this.#rootFrame && code === this.#rootCode) return true;
    const isConfirmed = condition === 'stopped' && frame === this.#newRootFrame && code === this.#newRootCode;
    if (condition === 'stopped') {
      this.#newRootFrame = frame;
      this.#newRootCode = code;
    }
    return isConfirmed;
  }

  #rememberRoot(): void {
    const { length, frames, codes } = this.chain;
    this.#rootFrame = length === 0 ? 0 : frames[length - 1];
    this.#rootCode = length === 0 ? 0 : codes[length - 1];
  }

  #buildPlan(): void {
    const plan = this.#plan;
    plan.clear();
    this.#codes.beginPlan(plan);
    const first = plan.count;
    this.#threadAt = plan.add(this.#threadState, this.#layout.thread.size);
    if (this.#holder !== 0) this.#holderAt = plan.add(this.#holder, HOLDER_SIZE);
    const { starts, lengths } = this.#stack;
    // The oldest chunk first: the newest is the one that may be gone.
    for (let chunk = starts.length - 1; chunk >= 0; chunk--) {
      this.#chunkAt[chunk] = plan.add(starts[chunk], lengths[chunk]);
    }
    this.#looseAt = plan.size;
    const size = this.#layout.frame.size;
    for (let at = 0; at < this.#loose.length; at++) plan.add(this.#loose.addresses[at], size);
    this.#addCopies(plan, first);
    this.#extraAt = plan.size;
    for (const address of this.#extraWords) plan.add(address, 8);
    this.#codes.addToPlan(plan);
  }

  /**
   * Repeats what is in the plan from piece `first` on. Before copy n, the pointer to the current frame is read n more times: it
   * has to be the same, too, and makes the copies come at times of no common period, so that no loop can keep step with them.
   */
  #addCopies(plan: ReadPlan, first: number): void {
    const { count } = plan;
    const { frame, frameIndirection } = this.#layout.thread;
    const pointer =
      frameIndirection === undefined ? this.#threadState + frame : this.#holder + frameIndirection;
    const isKnown = frameIndirection === undefined || this.#holder !== 0;
    this.#glances = 0;
    for (let copy = 1; copy < this.#copies; copy++) {
      for (let turn = 0; turn < copy && isKnown; turn++)
        this.#glanceAt[this.#glances++] = plan.add(pointer, 8);
      this.#copyAt[copy] = plan.repeat(first, count) - this.#threadAt;
    }
  }

  /** Something that was predicted cannot be read: starts again from the thread state alone. */
  #startOver(): ReadFailure {
    const state = new Uint8Array(this.#layout.thread.size);
    if (!this.#memory.readInto(this.#threadState, state)) return 'ended';
    this.#loose.clear();
    this.#stack.clear();
    this.#codes.forgetPrediction();
    this.#holder = 0;
    return 'unreadable';
  }

  /** Follows the frames through all copies. */
  #walk(): ReadFailure | undefined {
    const { words, bytes } = this.#plan;
    const { frame, thread } = this.#layout;
    const chain = this.chain;
    const copies = this.#copies;
    const copyAt = this.#copyAt;
    chain.clear();
    this.#loose.rewind();
    this.#lastChunk = 0;

    if (thread.dataStackChunk !== undefined && !this.#hasCurrentChunk(thread.dataStackChunk)) {
      return this.#isSame(this.#threadAt + thread.dataStackChunk) ? 'missed' : 'different';
    }
    const pointerAt = this.#currentFrameAt();
    if (pointerAt < 0) return 'missed';
    if (!this.#isSame(this.#threadAt + thread.frame) || !this.#isSame(pointerAt)) return 'different';
    for (let glance = 0; glance < this.#glances; glance++) {
      if (this.#plan.addressAt(this.#glanceAt[glance]) !== this.#plan.addressAt(pointerAt))
        return 'different';
    }
    if (!this.#isSame(this.#threadAt + thread.threadId)) return 'different';

    const codeWord = frame.code >>> 2;
    const previousWord = frame.previous >>> 2;
    const isObject = frame.kind === 'frame-object';
    const instructionWord = (isObject ? frame.lastInstruction : frame.instruction) >>> 2;
    const tagMask = isObject ? 0 : frame.tagMask;
    let address = this.#plan.addressAt(pointerAt);
    let leftDataStack = false;
    for (let isInnermost = true; address !== 0; isInnermost = false) {
      const at = this.#locate(address);
      if (at < 0) {
        this.#missedAddress = address;
        return 'missed';
      }
      const word = at >>> 2;
      const code = word + codeWord;
      const previous = word + previousWord;
      const instruction = word + instructionWord;
      for (let copy = 1; copy < copies; copy++) {
        const other = copyAt[copy] >>> 2;
        if (
          words[code] !== words[code + other] ||
          words[code + 1] !== words[code + 1 + other] ||
          words[previous] !== words[previous + other] ||
          words[previous + 1] !== words[previous + 1 + other] ||
          // The innermost frame moves on all the time; a caller stands at its call.
          (!isInnermost && words[instruction] !== words[instruction + other])
        ) {
          return 'different';
        }
      }
      const isLoose = at >= this.#looseAt;
      const caller = words[previous] + words[previous + 1] * 0x1_0000_0000;
      if (isObject) {
        chain.push(address, words[code] + words[code + 1] * 0x1_0000_0000, words[instruction] | 0);
        chain.setEntry(0);
      } else if (bytes[at + frame.owner] < FIRST_BOUNDARY_OWNER) {
        const codeAddress = words[code] - (words[code] & tagMask) + words[code + 1] * 0x1_0000_0000;
        if (codeAddress === this.#boundaryCode) return 'torn';
        chain.outermostOwner = bytes[at + frame.owner];
        chain.isScattered ||= isLoose || leftDataStack;
        chain.push(address, codeAddress, words[instruction] + words[instruction + 1] * 0x1_0000_0000);
        if (frame.threadCodeIndex !== undefined) {
          chain.setThreadCode(words[(at + frame.threadCodeIndex) >>> 2]);
        }
        if (frame.isEntry !== undefined && bytes[at + frame.isEntry] === 1) chain.setEntry(0);
      } else {
        this.#boundaryCode = words[code] + words[code + 1] * 0x1_0000_0000;
        leftDataStack ||= isLoose;
        chain.setEntry(address);
      }
      if (!chain.follow(address, isLoose)) return 'torn';
      address = caller;
    }
    chain.setEntry(0);
    return undefined;
  }

  /** Whether the newest chunk is the one that was predicted. */
  #hasCurrentChunk(offset: number): boolean {
    const newest = this.#plan.addressAt(this.#threadAt + offset);
    if (newest === (this.#stack.starts[0] ?? 0)) return true;
    this.#stack.follow(this.#memory, newest);
    return false;
  }

  /** Where the pointer to the current frame lies in the first copy; -1 when its holder was not predicted. */
  #currentFrameAt(): number {
    const { thread } = this.#layout;
    if (thread.frameIndirection === undefined) return this.#threadAt + thread.frame;
    const holder = this.#plan.addressAt(this.#threadAt + thread.frame);
    if (holder === this.#holder && holder !== 0) return this.#holderAt + thread.frameIndirection;
    this.#holder = holder;
    this.#missedAddress = 0;
    return -1;
  }

  /** Whether a pointer is the same in all copies. */
  #isSame(at: number): boolean {
    const { words } = this.#plan;
    for (let copy = 1; copy < this.#copies; copy++) {
      const word = at >>> 2;
      const other = (at + this.#copyAt[copy]) >>> 2;
      if (words[word] !== words[other] || words[word + 1] !== words[other + 1]) return false;
    }
    return true;
  }

  /** Where a frame lies in the first copy; -1 when it was not read. */
  #locate(address: number): number {
    const { starts, lengths } = this.#stack;
    const size = this.#layout.frame.size;
    for (let turn = 0, chunk = this.#lastChunk; turn < starts.length; turn++) {
      const offset = address - starts[chunk];
      if (offset >= 0 && offset + size <= lengths[chunk]) {
        this.#lastChunk = chunk;
        return this.#chunkAt[chunk] + offset;
      }
      chunk = chunk + 1 === starts.length ? 0 : chunk + 1;
    }
    const at = this.#loose.find(address);
    return at < 0 ? -1 : this.#looseAt + at * size;
  }

  /** A frame was not read: adds it, and those behind it that were not read either, to the next attempt. */
  #discover(missed: number): ReadFailure {
    const { frame } = this.#layout;
    const bytes = new Uint8Array(frame.size);
    const view = new DataView(bytes.buffer);
    let address = missed;
    for (let count = 0; address !== 0 && count < MAX_DISCOVERED; count++) {
      const chunk = this.#stack.find(address);
      if (chunk >= 0) {
        this.#stack.extend(chunk, address + frame.size);
        break;
      }
      if (!this.#memory.readInto(address, bytes)) break;
      // A known one may lead to others than before, so it is followed all the same.
      if (this.#loose.find(address) < 0) this.#loose.add(address);
      address =
        view.getUint32(frame.previous, true) + view.getUint32(frame.previous + 4, true) * 0x1_0000_0000;
    }
    return 'missed';
  }

  /** The stack is known: the next one most likely lies where it does. */
  #settle(): void {
    const { chain } = this;
    if (this.#stack.starts.length > 0) {
      const innermost = chain.innermostInChunk;
      if (this.#stack.find(innermost) === 0) this.#stack.settle(innermost + this.#layout.frame.size);
    }
    this.#loose.settle(chain.loose, chain.looseCount);
  }
}
