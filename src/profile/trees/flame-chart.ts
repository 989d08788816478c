// Flame charts: the stacks of one thread along time, equal functions of neighbouring samples in one box.
//
// A screen has some thousand columns, a thread may have millions of samples. Where more than one sample falls into a column,
// one of them stands for all: the first of its step, steps being powers of two at fixed places, so that the picture keeps
// still while it is moved. `steps` and `samples` tell how many were seen; looking closer shows each of them.

import { findFirstAtOrAfter } from '../costs/selection.ts';
import type { TransformedStacks } from '../derive/transforms.ts';
import { NONE, type Profile, type ThreadIndex } from '../tables.ts';

/** Boxes, those of one level in order of time. */
export interface FlameChart {
  readonly length: number;
  /** FunctionIndex. */
  readonly function: Int32Array;
  /** 0 for outermost frames. */
  readonly depth: Int32Array;
  /** In time units. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Samples in the range, and how many of them were looked at. */
  readonly samples: number;
  readonly seen: number;
  /** Deepest level there is in what was looked at, whether it was asked for or not. */
  readonly levels: number;
}

export interface FlameChartOptions {
  /** In time units. */
  readonly start: number;
  readonly end: number;
  /** Columns of the screen. */
  readonly columns: number;
  /** Levels to draw. */
  readonly maxDepth: number;
}

/** The samples of one thread: rows of the sample table, and their times. */
export interface ThreadSamples {
  readonly rows: Uint32Array;
  readonly time: Uint32Array;
}

/** The samples of a thread, in order of time. */
export function listThreadSamples(profile: Profile, thread: ThreadIndex): ThreadSamples {
  const { samples } = profile;
  let count = 0;
  for (let row = 0; row < samples.length; row++) count += samples.thread[row] === thread ? 1 : 0;
  const rows = new Uint32Array(count);
  const time = new Uint32Array(count);
  let next = 0;
  for (let row = 0; row < samples.length; row++) {
    if (samples.thread[row] !== thread) continue;
    rows[next] = row;
    time[next++] = samples.time[row];
  }
  return { rows, time };
}

/**
 * The boxes of a range of time. The cost is that of the columns and levels, not that of the samples. `transformed`: the
 * tables that transforms leave, and the row in them of each stack; samples that they drop leave gaps.
 */
export function computeFlameChart(
  profile: Profile,
  { rows, time }: ThreadSamples,
  options: FlameChartOptions,
  transformed?: Pick<TransformedStacks, 'tables' | 'newRow'>,
): FlameChart {
  const { start, end, columns, maxDepth } = options;
  const tables = transformed?.tables ?? profile;
  const first = findFirstAtOrAfter(time, start);
  // The first sample behind the end still covers the end.
  const last = Math.min(time.length, findFirstAtOrAfter(time, end) + 1);
  // As long as there is room for all, all are shown, however unevenly they lie.
  const step = last - first <= columns ? 0 : chooseStep((end - start) / columns);
  const boxes = new BoxBuilder(maxDepth);
  const path: number[] = [];
  let seen = 0;
  let levels = 0;
  let at = first;
  while (at < last) {
    const sample = rows[at];
    const next = step === 0 ? at + 1 : findFirstAtOrAfter(time, (Math.floor(time[at] / step) + 1) * step);
    // Each sample covers the time since the one before; a step, that of all its samples.
    const from = at === 0 ? startOf(profile, sample) : time[at - 1];
    const to = time[Math.min(Math.max(next, at + 1), time.length) - 1];
    const stack = profile.samples.stack[sample];
    listPath(tables, transformed === undefined || stack === NONE ? stack : transformed.newRow[stack], path);
    levels = Math.max(levels, path.length);
    boxes.add(path, from, to);
    seen++;
    at = Math.max(next, at + 1);
  }
  return { ...boxes.build(), samples: Math.max(0, last - first), seen, levels };
}

/** 0: every sample by itself. */
function chooseStep(columnLength: number): number {
  return columnLength <= 1 ? 0 : 2 ** Math.floor(Math.log2(columnLength));
}

/** A thread's first sample covers what its weight says, where that is a time. */
function startOf(profile: Profile, sample: number): number {
  const { samples, timeUnit } = profile;
  const elapsed = samples.weights.find(({ type }) => type === 'elapsed');
  const length = elapsed === undefined ? 0 : (elapsed.values[sample] * elapsed.scale) / timeUnit;
  return Math.max(0, samples.time[sample] - length);
}

/** Functions from the outermost frame on, into an array that is used again. */
function listPath({ stacks, frames }: Profile, stack: number, path: number[]): void {
  path.length = 0;
  for (let row = stack; row >= 0; row = stacks.parent[row]) path.push(frames.function[stacks.frame[row]]);
  path.reverse();
}

/** Keeps the boxes of the last stack open, and lets them grow while the same functions stand there. */
class BoxBuilder {
  readonly #maxDepth: number;
  readonly #function: number[] = [];
  readonly #depth: number[] = [];
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  #open: number[] = [];

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  add(path: readonly number[], from: number, to: number): void {
    const depth = Math.min(path.length, this.#maxDepth);
    let common = 0;
    while (
      common < depth &&
      common < this.#open.length &&
      this.#function[this.#open[common]] === path[common]
    ) {
      common++;
    }
    this.#open.length = common;
    for (let level = 0; level < common; level++) this.#end[this.#open[level]] = to;
    for (let level = common; level < depth; level++) {
      this.#open.push(this.#function.length);
      this.#function.push(path[level]);
      this.#depth.push(level);
      this.#start.push(from);
      this.#end.push(to);
    }
  }

  build(): Pick<FlameChart, 'length' | 'function' | 'depth' | 'start' | 'end'> {
    return {
      length: this.#function.length,
      function: Int32Array.from(this.#function),
      depth: Int32Array.from(this.#depth),
      start: Float64Array.from(this.#start),
      end: Float64Array.from(this.#end),
    };
  }
}
