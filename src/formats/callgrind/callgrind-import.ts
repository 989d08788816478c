import { ProfilerError } from '../../base/errors.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { ProfileBuilder, type WeightSpec } from '../../profile/profile-builder.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { findCycles, groupByCaller } from './callgrind-graph.ts';
import { decodeCallgrindName, NO_STACK } from './callgrind-names.ts';
import { type CallgrindFile, readCallgrind } from './callgrind-reader.ts';
import { distributeCosts, type StackSink } from './callgrind-stacks.ts';

/** One sample for each stack that the call graph is taken apart into. */
export function importCallgrind(input: Input): ImportedProfile {
  const file = readCallgrind(input);
  const { graph, events } = file;
  if (graph.length === 0) {
    throw new ProfilerError('not-a-recording', 'The file holds no costs as callgrind writes them.');
  }
  const builder = new ProfileBuilder({ timeUnit: 1, weights: events.map(describeEvent) });
  builder.mergeFacts({ mode: 'imported', ...(file.creator === '' ? {} : { producer: file.creator }) });
  const process = builder.addProcess({ pid: file.pid, command: file.command, start: 0 });
  const thread = builder.addThread({ process, tid: 0, start: 0 });
  const outgoing = groupByCaller(graph, file.functions.length);
  const cycle = findCycles(graph, outgoing, file.functions.length);
  const stacks = new Stacks(builder, file);
  let withoutCaller = 0;
  let missing = 0;
  let sum = 0;
  for (let event = 0; event < events.length; event++) {
    const unplaced = distributeCosts(graph, outgoing, cycle, event, stacks);
    if (event > 0) continue;
    ({ withoutCaller, missing } = unplaced);
    for (let row = 0; row < graph.length; row++) if (graph.callee[row] < 0) sum += graph.costs[0][row];
  }
  for (let row = 0; row <= builder.stacks.length; row++) {
    const weights = stacks.costs.map((column) => column[row] ?? 0);
    if (weights.some((weight) => weight !== 0))
      builder.addSampleWeights(0, thread, (row - 1) as StackIndex | -1, 0, weights);
  }
  const notes = [...file.notes];
  const tell = (amount: number, text: string) => {
    if (amount > sum * 1e-6)
      notes.push(`${Number(((100 * amount) / sum).toPrecision(2))} % of the cost ${text}.`);
  };
  tell(withoutCaller, 'has no caller that accounts for it, and stands without one');
  tell(missing, 'is told of calls, but not of the functions called, and was left out');
  return { profile: builder.build(), notes };
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
class Stacks implements StackSink {
  readonly costs: Float64Array[];
  readonly #builder: ProfileBuilder;
  readonly #file: CallgrindFile;
  readonly #frames = new Map<number, FrameIndex>();

  constructor(builder: ProfileBuilder, file: CallgrindFile) {
    this.#builder = builder;
    this.#file = file;
    this.costs = file.events.map(() => new Float64Array(1024));
  }

  push(parent: number, functionNumber: number, line: number): number {
    const { functions } = this.#file;
    if (parent === NONE && functions[functionNumber].name === NO_STACK) return NONE;
    const key = functionNumber * 2 ** 31 + line;
    let frame = this.#frames.get(key);
    if (frame === undefined) {
      frame = this.#makeFrame(functionNumber, line);
      this.#frames.set(key, frame);
    }
    return this.#builder.internStack(parent as StackIndex | -1, frame);
  }

  add(stack: number, event: number, cost: number): void {
    const row = stack + 1;
    if (row >= this.costs[event].length) {
      this.costs[event] = resizeColumn(this.costs[event], Math.max(row + 1, grownCapacity(row)));
    }
    this.costs[event][row] += cost;
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
