// The running sums of a live recording. Samples come batch by batch and are forgotten, all but those of the last seconds:
// they are kept, one row for each thread and stack of a batch, to be taken off the sums of the last seconds again.

import { resizeColumn } from '../../base/typed-array.ts';
import { NONE, type Profile, STATE_HOLDS_GIL, type ThreadIndex } from '../../profile/tables.ts';
import { FunctionSums, type TopMeasure, type Weights } from './function-sums.ts';

/** What "the last seconds" are, in nanoseconds. */
export const RECENT = 5_000_000_000;

/** Sums to look at. */
export interface Costs {
  /** Length of one time unit, in nanoseconds. */
  readonly timeUnit: number;
  /** Time that the sums of the last seconds are of, in nanoseconds: about RECENT, less at the start. */
  readonly recentSpan: number;
  /** Threads that run, or ran in the last seconds; oldest first. */
  readonly threads: readonly ThreadIndex[];
  /** Sums of a thread, or of all; undefined for threads that are not in `threads`. */
  sumsOf(thread: ThreadIndex | undefined): FunctionSums | undefined;
}

/** Samples of the same moment: row by row a thread, a stack, and the weights of all of them. */
interface Batch {
  readonly end: number;
  readonly length: number;
  readonly threads: Int32Array;
  readonly stacks: Int32Array;
  /** Three for each row: cpu, wall, gil, in time units. */
  readonly weights: Float64Array;
}

/** Adds up samples as they come. */
export class LiveCosts implements Costs {
  readonly #all = new FunctionSums();
  readonly #threads = new Map<ThreadIndex, FunctionSums>();
  readonly #batches: Batch[] = [];
  #timeUnit = 1;
  #recentStart = 0;
  #end = 0;
  /** By function: the number of the stack that met it last, so that recursion counts once. */
  #metBy = new Int32Array(256);
  #stackNumber = 0;

  get timeUnit(): number {
    return this.#timeUnit;
  }

  get recentSpan(): number {
    return this.#end - this.#recentStart;
  }

  get threads(): readonly ThreadIndex[] {
    return [...this.#threads.keys()].sort((a, b) => a - b);
  }

  sumsOf(thread: ThreadIndex | undefined): FunctionSums | undefined {
    return thread === undefined ? this.#all : this.#threads.get(thread);
  }

  /** Takes all samples of a profile; they are those since the last call. `elapsed`: time since the start, in ns. */
  add(profile: Profile, elapsed: number): void {
    this.#timeUnit = profile.timeUnit;
    if (profile.functions.length > this.#metBy.length) {
      this.#metBy = resizeColumn(this.#metBy, profile.functions.length * 2);
    }
    const batch = groupSamples(profile, elapsed);
    this.#batches.push(batch);
    this.#end = elapsed;
    this.#apply(profile, batch, 1);
    // The newest batch stays, however long it took.
    while (this.#batches.length > 1 && this.#batches[0].end <= elapsed - RECENT) {
      const old = this.#batches[0];
      this.#batches.shift();
      this.#recentStart = old.end;
      this.#apply(profile, old, -1);
    }
    for (const [thread, sums] of this.#threads) {
      if (profile.threads.end[thread] !== NONE && sums.recent('wall') <= 0) this.#threads.delete(thread);
    }
  }

  /** A copy that does not change any more. */
  freeze(): Costs {
    const all = this.#all.clone();
    const byThread = new Map([...this.#threads].map(([thread, sums]) => [thread, sums.clone()]));
    return {
      timeUnit: this.timeUnit,
      recentSpan: this.recentSpan,
      threads: this.threads,
      sumsOf: (thread) => (thread === undefined ? all : byThread.get(thread)),
    };
  }

  /** Adds a batch to all sums, or takes it off those of the last seconds. */
  #apply(profile: Profile, batch: Batch, sign: 1 | -1): void {
    const { stacks, frames } = profile;
    for (let row = 0; row < batch.length; row++) {
      const weights: Weights = {
        cpu: batch.weights[row * 3],
        wall: batch.weights[row * 3 + 1],
        gil: batch.weights[row * 3 + 2],
      };
      const thread = batch.threads[row] as ThreadIndex;
      const own = this.#sumsOfThread(thread);
      this.#all.addRecent(weights, sign);
      own.addRecent(weights, sign);
      let stack = batch.stacks[row];
      this.#applyTo(own, stack === NONE ? NONE : frames.function[stacks.frame[stack]], weights, true, sign);
      if (stack === NONE) this.#applyTo(own, NONE, weights, false, sign);
      const number = this.#nextStackNumber();
      for (; stack !== NONE; stack = stacks.parent[stack]) {
        const functionRow = frames.function[stacks.frame[stack]];
        if (this.#metBy[functionRow] === number) continue;
        this.#metBy[functionRow] = number;
        this.#applyTo(own, functionRow, weights, false, sign);
      }
    }
  }

  #applyTo(own: FunctionSums, functionRow: number, weights: Weights, isSelf: boolean, sign: 1 | -1): void {
    for (const sums of [this.#all, own]) {
      const row = sums.intern(functionRow);
      if (sign > 0) sums.add(row, weights, isSelf);
      else sums.expire(row, weights, isSelf);
    }
  }

  #sumsOfThread(thread: ThreadIndex): FunctionSums {
    const known = this.#threads.get(thread);
    if (known !== undefined) return known;
    const sums = new FunctionSums();
    this.#threads.set(thread, sums);
    return sums;
  }

  #nextStackNumber(): number {
    if (this.#stackNumber === 0x7fff_ffff) {
      this.#stackNumber = 0;
      this.#metBy.fill(0);
    }
    return ++this.#stackNumber;
  }
}

function groupSamples(profile: Profile, end: number): Batch {
  const { samples } = profile;
  const [wall, cpu] = samples.weights;
  const rowOf = new Map<number, number>();
  const threads = new Int32Array(samples.length);
  const stacks = new Int32Array(samples.length);
  const weights = new Float64Array(samples.length * 3);
  for (let sample = 0; sample < samples.length; sample++) {
    const thread = samples.thread[sample];
    const stack = samples.stack[sample];
    const key = thread * 2 ** 32 + stack + 1;
    let row = rowOf.get(key);
    if (row === undefined) {
      row = rowOf.size;
      rowOf.set(key, row);
      threads[row] = thread;
      stacks[row] = stack;
    }
    weights[row * 3] += cpu.values[sample];
    weights[row * 3 + 1] += wall.values[sample];
    if ((samples.state[sample] & STATE_HOLDS_GIL) !== 0) weights[row * 3 + 2] += wall.values[sample];
  }
  const length = rowOf.size;
  return {
    end,
    length,
    threads: threads.slice(0, length),
    stacks: stacks.slice(0, length),
    weights: weights.slice(0, length * 3),
  };
}

/** A sum of the last seconds as a share of their time: 1 is one CPU, one thread, or the lock held all the time. */
export function shareOfTime(costs: Costs, sum: number): number {
  return costs.recentSpan > 0 ? (sum * costs.timeUnit) / costs.recentSpan : 0;
}

/** The share of time of all threads together. */
export function recentShare(costs: Costs, measure: TopMeasure): number {
  return shareOfTime(costs, costs.sumsOf(undefined)?.recent(measure) ?? 0);
}
