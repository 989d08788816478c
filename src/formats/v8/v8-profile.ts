// A CPU profile of V8: a tree of nodes and the node of each sample. It comes as a file of its own (cpuprofile.ts) and in pieces
// among trace events. https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile

import { ProfilerError } from '../../base/errors.ts';
import { formatCounted } from '../../base/quantities.ts';
import type { ProfileBuilder, WeightSpec } from '../../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  type FunctionIndex,
  NONE,
  SAMPLE_STATES,
  type StackIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';
import { doubles, integers, NumberList } from '../number-list.ts';
import {
  type CallFrame,
  GARBAGE_COLLECTOR,
  IDLE,
  isPlacedCollector,
  isPseudo,
  ROOT,
  tierOf,
  V8Functions,
} from './v8-functions.ts';
import type { V8Samples } from './v8-samples.ts';
import type { V8Timeline } from './v8-timeline.ts';

/** What a node is, besides a function of the program. */
const [FUNCTION, ROOT_NODE, IDLE_NODE, GC_NODE] = [0, 1, 2, 3];

/** Nodes, row by row. Parents may come after their children; `parentId` and the edges are two ways to say the same. */
export class V8Nodes {
  readonly id = doubles();
  readonly function = integers();
  readonly tier = integers();
  readonly type = integers();
  /** Samples that ended here. */
  readonly hits = doubles();
  /** Row of the parent, or NONE. */
  readonly parent = integers();
  /** Id of the parent, or NaN where the file does not say it here. */
  readonly parentId = doubles();
  /** Children by id: the row of the parent, and the id. */
  readonly edgeRow = integers();
  readonly edgeId = doubles();
  /** Samples by line: row of the node, line from 1, number of samples. */
  readonly tickRow = integers();
  readonly tickLine = integers();
  readonly tickCount = doubles();
  readonly #builder: ProfileBuilder;
  readonly #functions: V8Functions;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
    this.#functions = new V8Functions(builder);
  }

  get length(): number {
    return this.id.length;
  }

  /** Adds a node that nothing is known of yet; gives its row. */
  add(): number {
    this.id.push(Number.NaN);
    this.function.push(NONE);
    this.tier.push(0);
    this.type.push(FUNCTION);
    this.hits.push(0);
    this.parent.push(NONE);
    this.parentId.push(Number.NaN);
    return this.length - 1;
  }

  /** Adds the rows of another table, with their functions. */
  append(other: V8Nodes): void {
    const first = this.length;
    this.id.append(other.id);
    this.function.append(other.function);
    this.tier.append(other.tier);
    this.type.append(other.type);
    this.hits.append(other.hits);
    this.parentId.append(other.parentId);
    this.edgeId.append(other.edgeId);
    this.tickLine.append(other.tickLine);
    this.tickCount.append(other.tickCount);
    for (const row of other.parent.view()) this.parent.push(row === NONE ? NONE : row + first);
    for (const row of other.edgeRow.view()) this.edgeRow.push(row + first);
    for (const row of other.tickRow.view()) this.tickRow.push(row + first);
  }

  clear(): void {
    for (const list of Object.values(this)) if (list instanceof NumberList) list.length = 0;
  }

  /** For nodes of other tools: the function is that of a frame of ours. */
  setFrame(row: number, frame: FrameIndex, isRoot: boolean): void {
    this.function.values[row] = this.#builder.frames.function[frame];
    if (isRoot) this.type.values[row] = ROOT_NODE;
  }

  setFunction(row: number, frame: CallFrame): void {
    this.tier.values[row] = tierOf(frame) === 'gc' ? 2 : tierOf(frame) === 'native' ? 1 : 0;
    this.function.values[row] = this.#functions.intern(frame);
    if (isPseudo(frame, ROOT)) this.type.values[row] = ROOT_NODE;
    else if (isPseudo(frame, IDLE)) this.type.values[row] = IDLE_NODE;
    else if (isPseudo(frame, GARBAGE_COLLECTOR) && !isPlacedCollector(frame)) this.type.values[row] = GC_NODE;
  }
}

/** Rows of nodes by their ids, which are mostly small and dense, but need not be. */
export class NodeRows {
  readonly #dense: Int32Array;
  readonly #others = new Map<number, number>();

  constructor(ids: Float64Array) {
    this.#dense = new Int32Array(ids.length * 4 + 1024).fill(NONE);
    ids.forEach((id, row) => {
      if (this.find(id) !== NONE) return;
      if (Number.isInteger(id) && id >= 0 && id < this.#dense.length) this.#dense[id] = row;
      else if (!Number.isNaN(id)) this.#others.set(id, row);
    });
  }

  /** NONE when there is no such node. Of several with one id, the first. */
  find(id: number): number {
    if (Number.isInteger(id) && id >= 0 && id < this.#dense.length) return this.#dense[id];
    return this.#others.size === 0 ? NONE : (this.#others.get(id) ?? NONE);
  }
}

/** The stack of every node. Throws `not-a-recording` when a node is its own ancestor. */
export class V8Stacks {
  readonly rows: NodeRows;
  readonly stack: Int32Array;
  readonly #builder: ProfileBuilder;
  readonly #nodes: V8Nodes;
  readonly #parent: Int32Array;

  constructor(builder: ProfileBuilder, nodes: V8Nodes, title: string) {
    this.#builder = builder;
    this.#nodes = nodes;
    this.rows = new NodeRows(nodes.id.view());
    this.#parent = findParents(nodes, this.rows);
    this.stack = this.#build(title);
  }

  /** The node's stack with the line that its innermost frame was in. */
  withLine(row: number, line: number): StackIndex | -1 {
    if (this.#nodes.type.values[row] === ROOT_NODE) return NONE;
    const parent = this.#parent[row];
    const caller = (parent === NONE ? NONE : this.stack[parent]) as StackIndex | -1;
    return this.#builder.internStack(caller, this.#frame(row, line));
  }

  /** The node's frame on top of another stack. */
  onTop(row: number, caller: number): StackIndex {
    return this.#builder.internStack(caller as StackIndex | -1, this.#frame(row, NONE));
  }

  /** It is one of the root's own: V8 puts garbage collection there, whatever was interrupted. */
  isOutermost(row: number): boolean {
    const parent = this.#parent[row];
    return parent === NONE || this.#nodes.type.values[parent] === ROOT_NODE;
  }

  #frame(row: number, line: number): FrameIndex {
    return this.#builder.internFrame({
      function: this.#nodes.function.values[row] as FunctionIndex,
      ...(line === NONE ? {} : { line }),
      tier: (['interpreted', 'native', 'gc'] as const)[this.#nodes.tier.values[row]],
    });
  }

  #build(title: string): Int32Array {
    const { length, type, id } = this.#nodes;
    const unknown = NONE - 1;
    const stacks = new Int32Array(length).fill(unknown);
    const path: number[] = [];
    for (let start = 0; start < length; start++) {
      for (let row = start; row !== NONE && stacks[row] === unknown; row = this.#parent[row]) {
        if (path.length > length) {
          throw new ProfilerError(
            'not-a-recording',
            `The file is no valid ${title}: the node ${id.values[start]} is among its own callers.`,
          );
        }
        path.push(row);
      }
      for (let row = path.pop(); row !== undefined; row = path.pop()) {
        const parent = this.#parent[row];
        const caller = parent === NONE ? NONE : stacks[parent];
        stacks[row] = type.values[row] === ROOT_NODE ? caller : this.onTop(row, caller);
      }
    }
    return stacks;
  }
}

function findParents(nodes: V8Nodes, rows: NodeRows): Int32Array {
  const parents = nodes.parent.view().slice();
  for (let row = 0; row < parents.length; row++) {
    const id = nodes.parentId.values[row];
    if (parents[row] === NONE && !Number.isNaN(id)) parents[row] = rows.find(id);
  }
  for (let edge = 0; edge < nodes.edgeRow.length; edge++) {
    const child = rows.find(nodes.edgeId.values[edge]);
    if (child !== NONE && parents[child] === NONE) parents[child] = nodes.edgeRow.values[edge];
  }
  return parents;
}

/** The weight of V8's samples: how long each lasted. */
export const ELAPSED: WeightSpec = { type: 'elapsed', unit: 'nanoseconds', scale: 1, storage: 'float64' };

const [RUNNING, WAITING] = [SAMPLE_STATES.indexOf('running'), SAMPLE_STATES.indexOf('waiting')];

/**
 * Adds the samples of one profile to a thread, with their length in nanoseconds as their one weight. `origin` is the
 * startTime's distance from time 0, in microseconds; `timeUnit` is that of the profile to be, in nanoseconds. Gives notes on what had to be repaired.
 */
export function addV8Samples(
  builder: ProfileBuilder,
  thread: ThreadIndex,
  profile: {
    nodes: V8Nodes;
    samples: V8Samples;
    /** Not walked yet. */
    timeline: V8Timeline;
    origin: number;
    timeUnit: number;
    title: string;
  },
): string[] {
  const { nodes, samples, timeline, origin, timeUnit, title } = profile;
  const stacks = new V8Stacks(builder, nodes, title);
  const lines = new LineShares(nodes);
  builder.samples.reserve(builder.sampleCount + timeline.length);
  let unknown = 0;
  let before: StackIndex | -1 = NONE;
  while (timeline.next()) {
    const row = stacks.rows.find(samples.node.values[timeline.row]);
    const type = row === NONE ? ROOT_NODE : nodes.type.values[row];
    let stack: StackIndex | -1 = NONE;
    if (row === NONE) unknown++;
    else if (type === GC_NODE && stacks.isOutermost(row)) stack = stacks.onTop(row, before);
    else {
      const given = timeline.row < samples.line.length ? samples.line.values[timeline.row] : 0;
      const line = given > 0 ? given : lines.take(row);
      stack = line === NONE ? (stacks.stack[row] as StackIndex | -1) : stacks.withLine(row, line);
    }
    // One collection may have several samples, and interrupts what ran, not idleness.
    if (type === FUNCTION) before = stack;
    else if (type !== GC_NODE) before = NONE;
    const time = Math.max(0, Math.round(((origin + timeline.start) * 1000) / timeUnit));
    const state = type === IDLE_NODE ? WAITING : RUNNING;
    builder.addSample(time, thread, stack, state, timeline.duration * 1000, 0);
  }
  if (unknown === 0) return [];
  return [
    `${formatCounted(unknown, 'sample is of a node that the file lacks: it is', 'samples are of nodes that the file lacks: they are')} kept without a stack.`,
  ];
}

/**
 * Which line each sample of a node was in. Files say only how many were in which line: the first ones get the first
 * line, and so on, which keeps the number of samples of every line.
 */
class LineShares {
  readonly #nodes: V8Nodes;
  /** For each node, the row of its next line; NONE when it has none. Ticks of one node follow each other. */
  readonly #next: Int32Array;
  readonly #used: Float64Array;

  constructor(nodes: V8Nodes) {
    this.#nodes = nodes;
    this.#next = new Int32Array(nodes.length).fill(NONE);
    this.#used = new Float64Array(nodes.length);
    for (let tick = nodes.tickRow.length - 1; tick >= 0; tick--)
      this.#next[nodes.tickRow.values[tick]] = tick;
  }

  /** The line of the next sample of the node; NONE where the file does not tell. */
  take(row: number): number {
    const { tickRow, tickLine, tickCount } = this.#nodes;
    let tick = this.#next[row];
    if (tick === NONE) return NONE;
    while (this.#used[row] >= tickCount.values[tick]) {
      tick++;
      this.#used[row] = 0;
      if (tick === tickRow.length || tickRow.values[tick] !== row) {
        this.#next[row] = NONE;
        return NONE;
      }
      this.#next[row] = tick;
    }
    this.#used[row]++;
    return tickLine.values[tick];
  }
}
