// From the chain of one thread's frames to a stack of the profile. What did not change since the last sample, from the outermost
// frame on, is taken over from it; every code object is checked to be the one it was.

import type { ProfileBuilder } from '../../profile/profile-builder.ts';
import { NONE, type StackIndex } from '../../profile/tables.ts';
import { ReadPlan } from '../process/read-plan.ts';
import type { CodeCache, CodeEntry } from './code-cache.ts';
import type { FrameChain } from './frame-chain.ts';
import type { CodeCheck, ReadFailure } from './stack-reader.ts';

/** Code objects stay part of the plan for so many samples of the process after their last use. */
const REMEMBERED = 64;

/** Resolves the stacks of one thread. After a successful `check`, `stack` is the profile's. */
export class StackResolver implements CodeCheck {
  stack: StackIndex | -1 = NONE;

  readonly #cache: CodeCache;
  readonly #builder: ProfileBuilder;
  /** Code objects whose identity is read along with the next sample. */
  readonly #predicted = new Set<CodeEntry>();
  /** Those that were not, although the stack has them. */
  readonly #unplanned: CodeEntry[] = [];
  readonly #secondPlan = new ReadPlan();
  /** Number of the current sample. */
  #number = 0;
  #prunedAt = 0;

  // The last stack, outermost frame first.
  #depth = 0;
  #codes = new Float64Array(128);
  #instructions = new Float64Array(128);
  #threadCodes = new Int32Array(128);
  #stacks = new Int32Array(128);
  readonly #entries: CodeEntry[] = [];

  constructor(cache: CodeCache, builder: ProfileBuilder) {
    this.#cache = cache;
    this.#builder = builder;
  }

  addToPlan(plan: ReadPlan): void {
    this.#number = this.#cache.beginSample(plan);
    for (const entry of this.#predicted) {
      if (this.#cache.mustVerify(entry)) this.#cache.addToPlan(entry, plan, this.#number);
    }
  }

  forgetPrediction(): void {
    this.#predicted.clear();
    this.#depth = 0;
  }

  check(chain: FrameChain, plan: ReadPlan): ReadFailure | undefined {
    this.#cache.readGeneration(plan);
    const failure = this.#findEntries(chain, plan) ?? this.#verifyUnplanned();
    if (failure === undefined) {
      this.#internStacks(chain);
      this.#prunePrediction();
    } else {
      this.#depth = 0;
    }
    return failure;
  }

  /** Finds the entry of every frame and verifies those whose identity was read along. */
  #findEntries(chain: FrameChain, plan: ReadPlan): ReadFailure | undefined {
    const cache = this.#cache;
    const number = this.#number;
    let failure: ReadFailure | undefined;
    this.#unplanned.length = 0;
    for (let level = 0; level < chain.length; level++) {
      const code = chain.codes[chain.length - 1 - level];
      const isSame = level < this.#depth && this.#codes[level] === code;
      let entry = isSame ? this.#entries[level] : cache.find(code);
      if (entry === undefined) {
        // It is read after the chain was, so only the next attempt can tell that both belong together.
        entry = cache.load(code);
        if (entry === undefined) return 'code-changed';
        entry.checkedFor = number;
        this.#predicted.add(entry);
        failure ??= 'missed';
      }
      this.#entries[level] = entry;
      if (entry.checkedFor === number) continue;
      entry.checkedFor = number;
      if (!isSame) this.#predicted.add(entry);
      if (!cache.mustVerify(entry)) continue;
      if (entry.plannedFor !== number) this.#unplanned.push(entry);
      else if (!cache.verify(entry, plan)) failure = this.#discard(entry);
    }
    return failure;
  }

  /** One more read for code objects that came to the stack since the last sample. */
  #verifyUnplanned(): ReadFailure | undefined {
    if (this.#unplanned.length === 0) return undefined;
    const plan = this.#secondPlan;
    plan.clear();
    for (const entry of this.#unplanned) this.#cache.addToPlan(entry, plan, this.#number);
    if (plan.read(this.#cache.memory.pid) < plan.size) {
      for (const entry of this.#unplanned) this.#discard(entry);
      return 'code-changed';
    }
    let failure: ReadFailure | undefined;
    for (const entry of this.#unplanned) {
      if (!this.#cache.verify(entry, plan)) failure = this.#discard(entry);
    }
    return failure;
  }

  #discard(entry: CodeEntry): ReadFailure {
    this.#cache.forget(entry);
    this.#predicted.delete(entry);
    return 'code-changed';
  }

  #internStacks(chain: FrameChain): void {
    const depth = chain.length;
    if (depth > this.#codes.length) this.#grow(depth);
    let isSame = true;
    let stack: StackIndex | -1 = NONE;
    for (let level = 0; level < depth; level++) {
      const at = depth - 1 - level;
      const code = chain.codes[at];
      const instruction = chain.instructions[at];
      const threadCode = chain.threadCodes[at];
      isSame &&=
        level < this.#depth &&
        this.#codes[level] === code &&
        this.#instructions[level] === instruction &&
        this.#threadCodes[level] === threadCode;
      if (isSame) {
        stack = this.#stacks[level] as StackIndex;
        continue;
      }
      const frame = this.#cache.frameAt(this.#entries[level], instruction, threadCode);
      stack = this.#builder.internStack(stack, frame);
      this.#codes[level] = code;
      this.#instructions[level] = instruction;
      this.#threadCodes[level] = threadCode;
      this.#stacks[level] = stack;
    }
    this.#depth = depth;
    this.stack = stack;
  }

  #prunePrediction(): void {
    if (this.#number - this.#prunedAt < REMEMBERED) return;
    this.#prunedAt = this.#number;
    for (const entry of this.#predicted) {
      if (this.#number - entry.checkedFor > REMEMBERED) this.#predicted.delete(entry);
    }
  }

  #grow(depth: number): void {
    const size = 2 ** Math.ceil(Math.log2(depth));
    const copy = <T extends Float64Array | Int32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#codes = copy(new Float64Array(size), this.#codes);
    this.#instructions = copy(new Float64Array(size), this.#instructions);
    this.#threadCodes = copy(new Int32Array(size), this.#threadCodes);
    this.#stacks = copy(new Int32Array(size), this.#stacks);
  }
}
