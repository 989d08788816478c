// Exact call stacks of a running thread.
//
// One process_vm_readv(2) reads everything the stack consists of twice, one copy behind the other: the thread state, the data
// stack in use (3.11+) and the frames that lie on the heap, wherever the last sample found them. If both copies hold the
// same chain of frames, that was the stack at the moment between them. If they differ, the thread changed it meanwhile,
// and everything is read again; when that does not help, the caller stops the thread for one read.
// What the prediction missed is looked up and is part of the next attempt.

import type { ProcessMemory } from '../process/memory.ts';
import { ReadPlan } from '../process/read-plan.ts';
import { DataStack } from './data-stack.ts';
import { FrameChain } from './frame-chain.ts';
import { FIRST_BOUNDARY_OWNER, type Layout } from './layout.ts';
import { LooseFrames } from './loose-frames.ts';

/** Attempts that may fail because the copies differ. */
const MAX_DIFFERENT = 4;
/** Attempts that may fail because something was not predicted: each finds at least one more part of the stack. */
const MAX_MISSED = 12;
/** Frames followed one by one when they were not predicted. */
const MAX_DISCOVERED = 20_000;
/** Bytes of the structure that holds the current frame in 3.11 and 3.12: struct _PyCFrame. */
const HOLDER_SIZE = 24;

/**
 * Why there is no stack: the copies differ, a part was not predicted, nothing could be read, a code object was
 * exchanged, the chain makes no sense, the thread state is gone.
 */
export type ReadFailure = 'different' | 'missed' | 'unreadable' | 'code-changed' | 'torn' | 'ended';

/** Decides whether the code objects of a chain are known and unchanged. */
export interface CodeCheck {
  /** Adds what it wants to be read with the next sample. */
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

  // Where the parts of the first copy lie in the plan, where the second copy begins, and what is read behind it.
  #threadAt = 0;
  /** Address of the structure on the C stack that holds the current frame (3.11, 3.12); 0 when not known. */
  #holder = 0;
  #holderAt = 0;
  readonly #chunkAt: number[] = [];
  #looseAt = 0;
  #secondCopy = 0;
  #extraAt = 0;
  #missedAddress = 0;
  /** The chunk found last: frames of one chunk follow each other. */
  #lastChunk = 0;

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
  read(): ReadFailure | undefined {
    let failure: ReadFailure = 'different';
    for (let different = 0, missed = 0; missed < MAX_MISSED && different < MAX_DIFFERENT; ) {
      const result = this.#attempt();
      if (result === undefined || result === 'ended') return result;
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

  /** Value of an extra word at the last successful read. */
  extraWord(index: number): number {
    return this.#plan.addressAt(this.#extraAt + index * 8);
  }

  #attempt(): ReadFailure | undefined {
    this.#buildPlan();
    if (this.#plan.read(this.#memory.pid) < this.#plan.size) return this.#startOver();
    const failure = this.#walk();
    if (failure === 'missed') return this.#discover(this.#missedAddress);
    if (failure !== undefined) return failure;
    this.#settle();
    return this.#codes.check(this.chain, this.#plan);
  }

  #buildPlan(): void {
    const plan = this.#plan;
    plan.clear();
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
    this.#secondCopy = plan.repeat(0, plan.count);
    this.#extraAt = plan.size;
    for (const address of this.#extraWords) plan.add(address, 8);
    this.#codes.addToPlan(plan);
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

  /** Follows the frames through both copies. */
  #walk(): ReadFailure | undefined {
    const { words, bytes } = this.#plan;
    const { frame, thread } = this.#layout;
    const chain = this.chain;
    const second = this.#secondCopy >>> 2;
    chain.clear();
    this.#loose.rewind();
    this.#lastChunk = 0;

    if (thread.dataStackChunk !== undefined && !this.#hasCurrentChunk(thread.dataStackChunk)) {
      return this.#isSame(this.#threadAt + thread.dataStackChunk) ? 'missed' : 'different';
    }
    const pointerAt = this.#currentFrameAt();
    if (pointerAt < 0) return 'missed';
    if (!this.#isSame(pointerAt)) return 'different';

    const codeWord = frame.code >>> 2;
    const previousWord = frame.previous >>> 2;
    const isObject = frame.kind === 'frame-object';
    const instructionWord = (isObject ? frame.lastInstruction : frame.instruction) >>> 2;
    const tagMask = isObject ? 0 : frame.tagMask;
    let address = this.#plan.addressAt(pointerAt);
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
      if (
        words[code] !== words[code + second] ||
        words[code + 1] !== words[code + 1 + second] ||
        words[previous] !== words[previous + second] ||
        words[previous + 1] !== words[previous + 1 + second]
      ) {
        return 'different';
      }
      // The innermost frame moves on all the time; a caller stands at its call.
      if (!isInnermost && words[instruction] !== words[instruction + second]) return 'different';
      if (isObject) {
        chain.push(address, words[code] + words[code + 1] * 0x1_0000_0000, words[instruction] | 0);
      } else if (bytes[at + frame.owner] < FIRST_BOUNDARY_OWNER) {
        chain.push(
          address,
          words[code] - (words[code] & tagMask) + words[code + 1] * 0x1_0000_0000,
          words[instruction] + words[instruction + 1] * 0x1_0000_0000,
        );
        if (frame.threadCodeIndex !== undefined) {
          chain.setThreadCode(words[(at + frame.threadCodeIndex) >>> 2]);
        }
      }
      if (!chain.follow(address, at >= this.#looseAt)) return 'torn';
      address = words[previous] + words[previous + 1] * 0x1_0000_0000;
    }
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

  /** Whether a pointer is the same in both copies. */
  #isSame(at: number): boolean {
    const { words } = this.#plan;
    const word = at >>> 2;
    const other = (at + this.#secondCopy) >>> 2;
    return words[word] === words[other] && words[word + 1] === words[other + 1];
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
      if (this.#loose.find(address) >= 0 || !this.#memory.readInto(address, bytes)) break;
      this.#loose.add(address);
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
