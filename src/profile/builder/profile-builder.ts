// Grows a profile row by row: what recorders, importers and the reader of recordings fill, and build() makes a Profile of.

import { assert } from '../../base/assert.ts';
import {
  FRAME_TIERS,
  type FrameIndex,
  type FrameTier,
  FUNCTION_KINDS,
  type FunctionIndex,
  type FunctionKind,
  type MappingIndex,
  NONE,
  type ProcessIndex,
  type Profile,
  type RecordingFacts,
  type StackIndex,
  type StringIndex,
  type ThreadIndex,
} from '../tables.ts';
import { FrameTableBuilder } from './frame-table-builder.ts';
import { FunctionTableBuilder } from './function-table-builder.ts';
import { MappingTableBuilder } from './mapping-table-builder.ts';
import { ProcessTableBuilder, ThreadTableBuilder } from './process-table-builder.ts';
import { CounterTableBuilder, SampleTableBuilder, type WeightSpec } from './sample-table-builder.ts';
import { StackTableBuilder } from './stack-table-builder.ts';
import { StringTableBuilder } from './string-table-builder.ts';

export type { WeightSpec } from './sample-table-builder.ts';

/** A time unit that suits sampling up to 100 times a second: 100 µs, which lets recordings last five days. */
export const DEFAULT_TIME_UNIT = 100_000;

/** Weights of recordings: elapsed time and CPU time, both in time units. */
export function recordingWeights(timeUnit: number): readonly WeightSpec[] {
  return [
    { type: 'elapsed', unit: 'nanoseconds', scale: timeUnit, storage: 'uint32' },
    { type: 'cpu', unit: 'nanoseconds', scale: timeUnit, storage: 'uint32' },
  ];
}

export class ProfileBuilder {
  /** Length of one time unit, in nanoseconds. */
  readonly timeUnit: number;
  // The tables themselves, for the reader and the writer of recordings. Everybody else calls the methods.
  readonly strings = new StringTableBuilder();
  readonly functions = new FunctionTableBuilder();
  readonly mappings = new MappingTableBuilder();
  readonly frames = new FrameTableBuilder();
  readonly stacks = new StackTableBuilder();
  readonly processes = new ProcessTableBuilder();
  readonly threads = new ThreadTableBuilder();
  readonly samples: SampleTableBuilder;
  readonly counters = new CounterTableBuilder();
  readonly #sources = new Map<string, string>();
  #facts: RecordingFacts = {};

  constructor(options: { timeUnit?: number; weights?: readonly WeightSpec[] } = {}) {
    this.timeUnit = options.timeUnit ?? DEFAULT_TIME_UNIT;
    const weights = options.weights ?? recordingWeights(this.timeUnit);
    assert(weights.length > 0, 'a profile needs a weight column');
    this.samples = new SampleTableBuilder(weights);
  }

  internString(text: string): StringIndex {
    return this.strings.intern(text);
  }

  /** `qualifiedName` and `systemName` are left out where unknown or equal to `name`; `firstLine` counts from 1. */
  internFunction(f: {
    name: string;
    qualifiedName?: string;
    systemName?: string;
    file?: string;
    firstLine?: number;
    kind: FunctionKind;
  }): FunctionIndex {
    return this.functions.intern({
      name: this.strings.intern(f.name),
      qualifiedName: this.#internOptional(f.qualifiedName),
      systemName: this.#internOptional(f.systemName === f.name ? undefined : f.systemName),
      file: this.#internOptional(f.file),
      firstLine: f.firstLine ?? NONE,
      kind: FUNCTION_KINDS.indexOf(f.kind),
    });
  }

  internMapping(m: {
    file: string;
    buildId?: string;
    start: number;
    end: number;
    offset: number;
  }): MappingIndex {
    return this.mappings.intern({
      file: this.strings.intern(m.file),
      buildId: this.#internOptional(m.buildId),
      start: m.start,
      end: m.end,
      offset: m.offset,
    });
  }

  /** `line` and `column` count from 1. The tier is `interpreted` unless said otherwise. */
  internFrame(f: {
    function: FunctionIndex;
    line?: number;
    column?: number;
    address?: number;
    mapping?: MappingIndex;
    inlineDepth?: number;
    tier?: FrameTier;
  }): FrameIndex {
    assert(f.function >= 0 && f.function < this.functions.length, 'a frame of an unknown function');
    return this.frames.intern({
      function: f.function,
      line: f.line ?? NONE,
      column: f.column ?? NONE,
      address: f.address ?? NONE,
      mapping: f.mapping ?? NONE,
      inlineDepth: f.inlineDepth ?? 0,
      tier: f.tier === undefined ? 0 : FRAME_TIERS.indexOf(f.tier),
    });
  }

  /** The same as `internFrame({ function, line })`, without an object: for hot paths. NONE for no line. */
  internFrameLine(functionIndex: FunctionIndex, line: number): FrameIndex {
    assert(functionIndex >= 0 && functionIndex < this.functions.length, 'a frame of an unknown function');
    return this.frames.internLine(functionIndex, line);
  }

  /** The stack that has `frame` as its innermost frame and `parent` as the stack of the caller (-1: none). */
  internStack(parent: StackIndex | -1, frame: FrameIndex): StackIndex {
    assert(
      parent < this.stacks.length && frame >= 0 && frame < this.frames.length,
      'a stack of unknown rows',
    );
    return this.stacks.intern(parent, frame);
  }

  addProcess(p: {
    pid: number;
    parent?: ProcessIndex;
    command: string;
    runtime?: string;
    start: number;
  }): ProcessIndex {
    assert(p.parent === undefined || p.parent < this.processes.length, 'a process with an unknown parent');
    return this.processes.append({
      pid: p.pid,
      parent: p.parent ?? NONE,
      command: this.strings.intern(p.command),
      runtime: this.#internOptional(p.runtime),
      start: p.start,
    });
  }

  addThread(t: { process: ProcessIndex; tid: number; name?: string; start: number }): ThreadIndex {
    assert(t.process >= 0 && t.process < this.processes.length, 'a thread of an unknown process');
    return this.threads.append({
      process: t.process,
      tid: t.tid,
      name: this.#internOptional(t.name),
      start: t.start,
    });
  }

  /** What is not named keeps its value. */
  updateProcess(row: ProcessIndex, change: { command?: string; runtime?: string; end?: number }): void {
    assert(row >= 0 && row < this.processes.length, 'an update of an unknown process');
    if (change.command !== undefined) this.processes.command[row] = this.strings.intern(change.command);
    if (change.runtime !== undefined) this.processes.runtime[row] = this.strings.intern(change.runtime);
    if (change.end !== undefined) this.processes.end[row] = change.end;
  }

  /** What is not named keeps its value. */
  updateThread(row: ThreadIndex, change: { name?: string; end?: number }): void {
    assert(row >= 0 && row < this.threads.length, 'an update of an unknown thread');
    if (change.name !== undefined) this.threads.name[row] = this.strings.intern(change.name);
    if (change.end !== undefined) this.threads.end[row] = change.end;
  }

  /**
   * Adds a sample with up to two weights, as the columns hold them: time in time units, `state` with its flags,
   * weights divided by their scale. A builder with one weight column ignores `weight1`.
   */
  addSample(
    time: number,
    thread: ThreadIndex,
    stack: StackIndex | -1,
    state: number,
    weight0: number,
    weight1: number,
  ): void {
    this.#checkSample(thread, stack);
    const row = this.samples.append(time, thread, stack, state);
    const { weights } = this.samples;
    weights[0][row] = weight0;
    if (weights.length > 1) weights[1][row] = weight1;
  }

  /** Adds a sample with a weight for every weight column. */
  addSampleWeights(
    time: number,
    thread: ThreadIndex,
    stack: StackIndex | -1,
    state: number,
    values: readonly number[],
  ): void {
    this.#checkSample(thread, stack);
    assert(values.length === this.samples.specs.length, 'a sample has one weight for each column');
    const row = this.samples.append(time, thread, stack, state);
    for (let column = 0; column < values.length; column++) this.samples.weights[column][row] = values[column];
  }

  /** Adds a value of a counter, for example of `resident` in bytes. */
  addCounter(process: ProcessIndex, name: string, time: number, value: number): void {
    assert(process >= 0 && process < this.processes.length, 'a counter of an unknown process');
    this.counters.append(process, this.strings.intern(name), time, value);
  }

  /** Later values replace earlier ones, key by key. */
  mergeFacts(facts: RecordingFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  /** The text of a source file; the first one of a file stays. */
  addSource(file: string, text: string): void {
    if (!this.#sources.has(file)) this.#sources.set(file, text);
  }

  get facts(): RecordingFacts {
    return this.#facts;
  }

  /** Samples added and not dropped. */
  get sampleCount(): number {
    return this.samples.length;
  }

  /** Forgets samples and counters, keeps every other table: after they were written, or shown. */
  dropSamples(): void {
    this.samples.clear();
    this.counters.clear();
  }

  /** The profile so far. The builder may go on; the profile does not change. */
  build(): Profile {
    return {
      ...this.view(),
      strings: this.strings.build(),
      samples: this.samples.build(),
      counters: this.counters.build(),
    };
  }

  /** As `build`, but samples and counters in the order they were added in, without a copy: for the writer. */
  view(): Profile {
    return {
      timeUnit: this.timeUnit,
      strings: this.strings.rows,
      functions: this.functions.build(),
      mappings: this.mappings.build(),
      frames: this.frames.build(),
      stacks: this.stacks.build(),
      processes: this.processes.build(),
      threads: this.threads.build(),
      samples: this.samples.view(),
      counters: this.counters.view(),
      facts: this.#facts,
      ...(this.#sources.size === 0 ? {} : { sources: new Map(this.#sources) }),
    };
  }

  #internOptional(text: string | undefined): number {
    return text === undefined ? NONE : this.strings.intern(text);
  }

  #checkSample(thread: number, stack: number): void {
    assert(thread >= 0 && thread < this.threads.length, 'a sample of an unknown thread');
    assert(stack >= NONE && stack < this.stacks.length, 'a sample of an unknown stack');
  }
}
