import { ProfilerError } from '../../base/errors.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { ProfileBuilder, type WeightSpec } from '../../profile/profile-builder.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';
import {
  type CallGraph,
  type CallPaths,
  type CallShape,
  computeCallPaths,
  PathColumns,
  shapeCallGraph,
  TANGLED,
} from '../call-graph/call-graph.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { decodeCallgrindName, NO_STACK } from './callgrind-names.ts';
import { type CallgrindFile, readCallgrind } from './callgrind-reader.ts';
import { type CallPlaces, graphOfEvent, listPlaces } from './cost-lines.ts';

/** One sample for each stack that the call graph is taken apart into. */
export function importCallgrind(input: Input): ImportedProfile {
  const file = readCallgrind(input);
  const { lines, events } = file;
  if (lines.length === 0) {
    throw new ProfilerError('not-a-recording', 'The file holds no costs as callgrind writes them.');
  }
  const builder = new ProfileBuilder({ timeUnit: 1, weights: events.map(describeEvent) });
  builder.mergeFacts({ mode: 'imported', ...(file.creator === '' ? {} : { producer: file.creator }) });
  const process = builder.addProcess({ pid: file.pid, command: file.command, start: 0 });
  const thread = builder.addThread({ process, tid: 0, start: 0 });
  const { costs, notes } = addStacks(builder, file);
  const rows = builder.stacks.length + 1;
  // What is not filled takes no memory.
  builder.samples.reserve(rows);
  const weights = events.map(() => 0);
  for (let row = 0; row < rows; row++) {
    for (let event = 0; event < costs.length; event++) weights[event] = costs[event][row] ?? 0;
    if (weights.some((weight) => weight !== 0))
      builder.addSampleWeights(0, thread, (row - 1) as StackIndex | -1, 0, weights);
  }
  return { profile: builder.build(), notes: [...file.notes, ...notes] };
}

/** Adds the stacks of all events; gives what each costs, as Stacks has it. The graphs are let go at its end. */
function addStacks(builder: ProfileBuilder, file: CallgrindFile) {
  const { lines, events } = file;
  const places = listPlaces(lines, file.functions.length);
  const stacks = new Stacks(builder, file, places);
  const notes: string[] = [];
  const columns = new PathColumns();
  let shape: CallShape | undefined;
  for (let event = 0; event < events.length; event++) {
    const graph = graphOfEvent(lines, places, event);
    shape ??= shapeCallGraph(graph);
    const paths = computeCallPaths(graph, shape, columns);
    stacks.add(paths, event);
    if (event === 0) notes.push(...describeDoubts(graph, paths));
  }
  return { costs: stacks.costs, notes };
}

function describeDoubts({ placeSelf }: CallGraph, { isWhole, missing }: CallPaths): string[] {
  const notes: string[] = [];
  const sum = placeSelf.reduce((total, cost) => total + Math.max(0, cost), 0);
  if (missing > sum * 1e-6) {
    const share = Number(((100 * missing) / sum).toPrecision(2));
    notes.push(`${share} % of the cost is told of calls, but not of the functions called, and was left out.`);
  }
  if (!isWhole) notes.push(TANGLED);
  return notes;
}

/** `Time_(10ns)` and `Memory_(bytes)` are Xdebug's; our own export writes the three words. */
function describeEvent(name: string): WeightSpec {
  const known: Readonly<Record<string, Omit<WeightSpec, 'storage'> | undefined>> = {
    Nanoseconds: { type: 'elapsed', unit: 'nanoseconds', scale: 1 },
    Bytes: { type: 'bytes', unit: 'bytes', scale: 1 },
    Samples: { type: 'samples', unit: 'count', scale: 1 },
    'Time_(10ns)': { type: 'elapsed', unit: 'nanoseconds', scale: 10 },
    'Memory_(bytes)': { type: 'memory', unit: 'bytes', scale: 1 },
  };
  const spec = Object.hasOwn(known, name) ? known[name] : undefined;
  return { ...(spec ?? { type: name, unit: 'count', scale: 1 }), storage: 'float64' };
}

/** Makes rows of the stack table, and adds up what each costs: column by event, row 0 for the sample without a stack. */
class Stacks {
  readonly costs: Float64Array[];
  readonly #builder: ProfileBuilder;
  readonly #file: CallgrindFile;
  readonly #places: CallPlaces;
  /** For each place; NONE before it is met. */
  readonly #frames: Int32Array;

  constructor(builder: ProfileBuilder, file: CallgrindFile, places: CallPlaces) {
    this.#builder = builder;
    this.#file = file;
    this.#places = places;
    this.#frames = new Int32Array(places.function.length).fill(NONE);
    this.costs = file.events.map(() => new Float64Array(0));
  }

  add(paths: CallPaths, event: number): void {
    const { functions } = this.#file;
    const stacks = new Int32Array(paths.length);
    // Most often there are as many stacks as paths: their columns are not made again and again then.
    this.#builder.stacks.reserve(paths.length);
    let costs = new Float64Array(paths.length + 1);
    for (let row = 0; row < paths.length; row++) {
      const place = paths.place[row];
      const func = this.#places.function[place];
      const parent = paths.parent[row] === NONE ? NONE : stacks[paths.parent[row]];
      const isUnknown = parent === NONE && functions[func].name === NO_STACK;
      if (isUnknown) stacks[row] = NONE;
      else {
        if (this.#frames[place] === NONE)
          this.#frames[place] = this.#makeFrame(func, this.#places.line[place]);
        const frame = this.#frames[place] as FrameIndex;
        stacks[row] = this.#builder.internStack(parent as StackIndex | -1, frame);
      }
      const at = stacks[row] + 1;
      if (at >= costs.length) costs = resizeColumn(costs, Math.max(at + 1, grownCapacity(at)));
      costs[at] += paths.self[row];
    }
    this.costs[event] = costs;
  }

  #makeFrame(functionNumber: number, line: number): FrameIndex {
    const { name, file, object } = this.#file.functions[functionNumber];
    const isPython = /\.pyw?$|^<frozen /.test(file);
    const source = file === '' ? object : decodeCallgrindName(file);
    const func = this.#builder.internFunction({
      name: decodeCallgrindName(name.replace(/'\d+$/, '')),
      ...(source === '' ? {} : { file: source }),
      kind: isPython ? 'python' : object !== '' ? 'native' : 'other',
    });
    return this.#builder.internFrame({
      function: func,
      ...(line > 0 ? { line } : {}),
      ...(object === ''
        ? {}
        : { mapping: this.#builder.internMapping({ file: object, start: 0, end: 0, offset: 0 }) }),
    });
  }
}
