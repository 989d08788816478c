// From the chain of one thread's frames to a stack of the profile. What did not change since the last sample, from the outermost
// frame on, is taken over from it; every code object is checked to be the one it was.

import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { NONE, type StackIndex } from '../../profile/tables.ts';
import { ReadPlan } from '../process/read-plan.ts';
import type { CodeCache, CodeEntry } from './code-cache.ts';
import type { FrameChain } from './frame-chain.ts';
import { IdentityPlan } from './identity-plan.ts';
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
  readonly #identities = new IdentityPlan();
  /** The prediction has changed since the identities were planned. */
  #isPlanned = false;
  /** Those that came to the stack without being predicted. */
  readonly #unplanned: CodeEntry[] = [];
  readonly #secondPlan = new ReadPlan();
  readonly #secondIdentities = new IdentityPlan();
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
  #frames = new Int32Array(128);

  constructor(cache: CodeCache, builder: ProfileBuilder) {
    this.#cache = cache;
    this.#builder = builder;
  }

  /** The frames of the last stack, innermost first: for those who put it together with another one. */
  listFrames(): Int32Array {
    const { stacks } = this.#builder;
    if (this.#frames.length < this.#depth) this.#frames = new Int32Array(this.#codes.length);
    let level = 0;
    for (let row: number = this.stack; row !== NONE; row = stacks.parent[row])
      this.#frames[level++] = stacks.frame[row];
    return this.#frames;
  }

  beginPlan(plan: ReadPlan): void {
    this.#number = this.#cache.beginSample(plan);
  }

  addToPlan(plan: ReadPlan): void {
    this.#cache.endSample(plan);
    if (this.#cache.hasGeneration || !this.#isPlanned) {
      this.#identities.build([...this.#predicted].filter((entry) => this.#cache.mustVerify(entry)));
      this.#isPlanned = true;
    }
    this.#identities.addTo(plan);
  }

  forgetPrediction(): void {
    this.#predict(undefined);
    this.#depth = 0;
  }

  check(chain: FrameChain, plan: ReadPlan): ReadFailure | undefined {
    this.#cache.readGenerations(plan);
    const failure =
      this.#verify(this.#identities, plan) ?? this.#findEntries(chain) ?? this.#verifyUnplanned();
    if (failure === undefined) {
      this.#internStacks(chain);
      this.#prunePrediction();
    } else {
      this.#depth = 0;
    }
    return failure;
  }

  /** Compares what was read of code objects; those that were exchanged are forgotten. */
  #verify(identities: IdentityPlan, plan: ReadPlan): ReadFailure | undefined {
    let failure: ReadFailure | undefined;
    identities.compare(plan, (entry, isUnchanged) => {
      if (!isUnchanged) failure = this.#discard(entry);
      else {
        entry.verifiedFor = this.#number;
        if (entry.usedFor === this.#number) this.#cache.confirm(entry);
      }
    });
    return failure;
  }

  /** Finds the entry of every frame, and those entries that have to be verified yet. */
  #findEntries(chain: FrameChain): ReadFailure | undefined {
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
        failure = 'missed';
      }
      this.#entries[level] = entry;
      if (entry.usedFor === number) continue;
      entry.usedFor = number;
      if (!isSame) this.#predict(entry);
      if (entry.verifiedFor === number) cache.confirm(entry);
      else if (cache.mustVerify(entry)) this.#unplanned.push(entry);
    }
    return failure;
  }

  /** One more read for code objects that came to the stack since the last sample. */
  #verifyUnplanned(): ReadFailure | undefined {
    if (this.#unplanned.length === 0) return undefined;
    const plan = this.#secondPlan;
    plan.clear();
    this.#secondIdentities.build(this.#unplanned);
    this.#secondIdentities.addTo(plan);
    if (plan.read(this.#cache.memory.pid) === plan.size) return this.#verify(this.#secondIdentities, plan);
    for (const entry of this.#unplanned) this.#discard(entry);
    return 'code-changed';
  }

  #discard(entry: CodeEntry): ReadFailure {
    this.#cache.forget(entry);
    this.#predicted.delete(entry);
    this.#isPlanned = false;
    return 'code-changed';
  }

  /** Reads the identity of one more entry with the next sample; with undefined, of none. */
  #predict(entry: CodeEntry | undefined): void {
    if (entry === undefined) this.#predicted.clear();
    else if (this.#predicted.has(entry)) return;
    else this.#predicted.add(entry);
    this.#isPlanned = false;
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
      if (this.#number - entry.usedFor <= REMEMBERED) continue;
      this.#predicted.delete(entry);
      this.#isPlanned = false;
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
