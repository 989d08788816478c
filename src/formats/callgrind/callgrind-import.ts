import { ProfileBuilder, type WeightSpec } from '../../profile/builder/profile-builder.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';
import {
  type CallGraph,
  type CallPaths,
  computeCallPaths,
  shapeCallGraph,
  TANGLED,
} from '../call-graph/call-graph.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { decodeCallgrindName, NO_STACK } from './callgrind-names.ts';
import { type CallgrindFile, readCallgrind } from './callgrind-reader.ts';

/** One sample for each stack that the call graph is taken apart into. */
export function importCallgrind(input: Input): ImportedProfile {
  const { builder, thread, costs, notes } = readStacks(input);
  const rows = builder.stacks.length + 1;
  // What is not filled takes no memory.
  builder.samples.reserve(rows);
  const weights = costs.map(() => 0);
  for (let row = 0; row < rows; row++) {
    for (let event = 0; event < costs.length; event++) weights[event] = costs[event][row] ?? 0;
    if (weights.some((weight) => weight !== 0))
      builder.addSampleWeights(0, thread, (row - 1) as StackIndex | -1, 0, weights);
  }
  return { profile: builder.build(), notes };
}

/** The stacks of all events, and what each costs: column by event, row 0 for the sample without a stack. Graphs are let go at its end. */
function readStacks(input: Input) {
  const file = readCallgrind(input);
  const builder = new ProfileBuilder({ timeUnit: 1, weights: file.events.map(describeEvent) });
  builder.mergeFacts({ mode: 'imported', ...(file.creator === '' ? {} : { producer: file.creator }) });
  const process = builder.addProcess({ pid: file.pid, command: file.command, start: 0 });
  const thread = builder.addThread({ process, tid: 0, start: 0 });
  const { graphs } = file;
  const shape = shapeCallGraph(graphs[0]);
  const frames = new Frames(builder, file);
  const { placeFunction } = graphs[0];
  const isNoStack = (place: number) => file.functions[placeFunction[place]].name === NO_STACK;
  const internPath = (parent: number, place: number) =>
    parent === NONE && isNoStack(place)
      ? NONE
      : builder.internStack(parent as StackIndex | -1, frames.at(place));
  const paths = graphs.map((graph) => computeCallPaths(graph, internPath, shape));
  const notes = [...file.notes, ...describeDoubts(graphs[0], paths[0])];
  return { builder, thread, costs: paths.map(({ self }) => self), notes };
}

function describeDoubts({ placeSelf }: CallGraph, { isWhole, missing }: CallPaths): string[] {
  const notes: string[] = [];
  const sum = placeSelf.reduce((total, cost) => total + Math.max(0, cost), 0);
  if (missing > 0 && sum === 0)
    notes.push('Costs are told of calls only, and of no function: they were left out.');
  else if (missing > sum * 1e-6) {
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

/** The frames of places, made when they are met. */
class Frames {
  readonly #builder: ProfileBuilder;
  readonly #file: CallgrindFile;
  /** For each place; NONE before it is met. */
  readonly #frames: Int32Array;

  constructor(builder: ProfileBuilder, file: CallgrindFile) {
    this.#builder = builder;
    this.#file = file;
    this.#frames = new Int32Array(file.placeLine.length).fill(NONE);
    builder.frames.reserve(file.placeLine.length);
  }

  at(place: number): FrameIndex {
    if (this.#frames[place] === NONE) {
      const { graphs, placeLine } = this.#file;
      this.#frames[place] = this.#makeFrame(graphs[0].placeFunction[place], placeLine[place]);
    }
    return this.#frames[place] as FrameIndex;
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
