import { ProfileBuilder, type WeightSpec } from '../profile/profile-builder.ts';
import {
  type FrameIndex,
  NONE,
  type ProcessIndex,
  type StackIndex,
  type ThreadIndex,
  type WeightUnit,
} from '../profile/tables.ts';
import type { ImportedProfile } from './format.ts';
import { type Input, readWhole } from './input.ts';
import { JsonNode, parseJson } from './json-reader.ts';

const TITLE = 'speedscope JSON';

/** Every profile of the file becomes a thread. */
export function importSpeedscope(input: Input): ImportedProfile {
  const file = new JsonNode(parseJson(readWhole(input), TITLE), TITLE);
  const profiles = file.field('profiles');
  const heads = profiles.items().map((_, index) => parseHead(profiles.item(index)));
  const longest = heads.reduce((length, head) => Math.max(length, head.length), 0);
  const units = [...new Set(heads.map((head) => head.unit.weight))];
  const weights = (units.length === 0 ? (['count'] as const) : units).map(describeWeight);
  const builder = new ProfileBuilder({ timeUnit: chooseTimeUnit(longest), weights });
  builder.mergeFacts({ mode: 'imported', ...describeOrigin(file) });
  const name = file.field('name');
  const process = builder.addProcess({ pid: 0, command: name.isMissing ? '' : name.string(), start: 0 });
  const reader = new ProfileReader(builder, internFrames(builder, file), process, units);
  for (const head of heads) reader.readProfile(head);
  return { profile: builder.build(), notes: reader.describeRepairs() };
}

interface Head {
  readonly node: JsonNode;
  readonly type: string;
  readonly name: string;
  readonly unit: { readonly weight: WeightUnit; readonly factor: number };
  /** In nanoseconds, bytes or counts. */
  readonly length: number;
}

function parseHead(node: JsonNode): Head {
  const type = node.field('type').string();
  if (type !== 'sampled' && type !== 'evented') throw node.field('type').error('"sampled" or "evented"');
  const unitName = node.field('unit').isMissing ? 'none' : node.field('unit').string();
  const unit = UNITS[unitName];
  if (unit === undefined) throw node.field('unit').error('a known unit');
  const name = node.field('name').isMissing ? '' : node.field('name').string();
  const start = node.field('startValue').isMissing ? 0 : node.field('startValue').number();
  const end = node.field('endValue').isMissing ? start : node.field('endValue').number();
  let length = (end - start) * unit.factor;
  if (type === 'sampled') {
    const weights = node.field('weights');
    const sum = weights
      .items()
      .reduce((total: number, weight, row) => total + weights.asNumber(weight, row), 0);
    length = Math.max(length, sum * unit.factor);
  }
  if (!Number.isFinite(length)) throw node.error('of a length that can be told');
  return { node, type, name, unit, length };
}

const UNITS: Readonly<Record<string, Head['unit'] | undefined>> = {
  none: { weight: 'count', factor: 1 },
  bytes: { weight: 'bytes', factor: 1 },
  nanoseconds: { weight: 'nanoseconds', factor: 1 },
  microseconds: { weight: 'nanoseconds', factor: 1e3 },
  milliseconds: { weight: 'nanoseconds', factor: 1e6 },
  seconds: { weight: 'nanoseconds', factor: 1e9 },
};

function describeWeight(unit: WeightUnit): WeightSpec {
  const types = { nanoseconds: 'elapsed', bytes: 'bytes', count: 'samples' };
  return { type: types[unit], unit, scale: 1, storage: 'float64' };
}

/** In nanoseconds; the times of samples have 32 bits. */
function chooseTimeUnit(longest: number): number {
  let unit = 1;
  while (longest / unit > 0xffff_fff0) unit *= 10;
  return unit;
}

function describeOrigin(file: JsonNode): { producer?: string } {
  const exporter = file.field('exporter');
  return exporter.isMissing ? {} : { producer: exporter.string() };
}

/** Exporters that write the executed line, and so a frame for each line of a function. */
const WRITES_EXECUTED_LINE = /^(py-spy|rbspy|phpspy|austin)/;

function internFrames(builder: ProfileBuilder, file: JsonNode): FrameIndex[] {
  const hasExecutedLines = WRITES_EXECUTED_LINE.test(describeOrigin(file).producer ?? '');
  const list = file.field('shared').field('frames');
  return list.items().map((_, index) => {
    const frame = list.item(index);
    const path = frame.field('file').isMissing ? undefined : frame.field('file').string();
    const givenLine = frame.field('line').isMissing ? 0 : frame.field('line').number();
    const line = Number.isInteger(givenLine) && givenLine > 0 && givenLine < 2 ** 31 ? givenLine : undefined;
    const func = builder.internFunction({
      name: frame.field('name').string(),
      ...(path === undefined ? {} : { file: path }),
      ...(line === undefined || hasExecutedLines ? {} : { firstLine: line }),
      kind: path !== undefined && /\.pyw?$|^<frozen /.test(path) ? 'python' : 'other',
    });
    return builder.internFrame({
      function: func,
      ...(line === undefined || !hasExecutedLines ? {} : { line }),
    });
  });
}

/** Reads profiles into the builder, and counts what had to be repaired. */
class ProfileReader {
  readonly #builder: ProfileBuilder;
  readonly #frames: readonly FrameIndex[];
  readonly #process: ProcessIndex;
  readonly #units: readonly WeightUnit[];
  #unclosed = 0;
  #misplaced = 0;
  #backwards = 0;

  constructor(
    builder: ProfileBuilder,
    frames: readonly FrameIndex[],
    process: ProcessIndex,
    units: readonly WeightUnit[],
  ) {
    this.#builder = builder;
    this.#frames = frames;
    this.#process = process;
    this.#units = units;
  }

  readProfile(head: Head): void {
    const tid = this.#builder.threads.length + 1;
    const thread = this.#builder.addThread({ process: this.#process, tid, name: head.name, start: 0 });
    if (head.type === 'sampled') this.#readSampled(head, thread);
    else this.#readEvented(head, thread);
  }

  describeRepairs(): string[] {
    const repairs: [number, string][] = [
      [this.#unclosed, 'frames are never closed: they were taken to last until the end'],
      [this.#misplaced, 'frames are closed in the wrong order: each was closed where the file says so'],
      [this.#backwards, 'events go back in time: they were taken to happen at once'],
    ];
    return repairs.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}.`);
  }

  #readSampled(head: Head, thread: ThreadIndex): void {
    const samples = head.node.field('samples');
    const weights = head.node.field('weights');
    const weightList = weights.items();
    if (weightList.length !== samples.items().length) throw weights.error('as long as "samples"');
    let at = 0;
    // One sample is mostly like the one before: only where they part, stacks are looked up.
    let before: readonly unknown[] = [];
    const stacks: StackIndex[] = [];
    samples.items().forEach((frames, row) => {
      if (!Array.isArray(frames)) throw samples.item(row).error('a list');
      let depth = 0;
      while (depth < frames.length && depth < before.length && frames[depth] === before[depth]) depth++;
      for (; depth < frames.length; depth++) {
        const frame = typeof frames[depth] === 'number' ? this.#frames[frames[depth]] : undefined;
        if (frame === undefined) throw samples.item(row).item(depth).error('the number of a frame');
        stacks[depth] = this.#builder.internStack(depth === 0 ? NONE : stacks[depth - 1], frame);
      }
      before = frames;
      const stack = frames.length === 0 ? NONE : stacks[frames.length - 1];
      const weight = weights.asNumber(weightList[row], row) * head.unit.factor;
      at += Math.max(0, weight);
      this.#addSample(at, thread, stack, weight, head.unit.weight);
    });
  }

  /** Between two events the open frames are the stack: one sample for each such interval. */
  #readEvented(head: Head, thread: ThreadIndex): void {
    const events = head.node.field('events');
    const start = head.node.field('startValue').isMissing ? 0 : head.node.field('startValue').number();
    const open = new OpenFrames(this.#builder, this.#frames);
    let at = start;
    const advance = (to: number) => {
      if (to < at) this.#backwards++;
      if (to <= at) return;
      const weight = (to - at) * head.unit.factor;
      at = to;
      if (open.length === 0) return;
      this.#addSample((at - start) * head.unit.factor, thread, open.stack, weight, head.unit.weight);
    };
    events.items().forEach((_, position) => {
      const event = events.item(position);
      const type = event.field('type').string();
      const frame = event.field('frame').index(this.#frames.length);
      advance(event.field('at').number());
      if (type === 'O') open.open(frame);
      else if (type !== 'C') throw event.field('type').error('"O" or "C"');
      else if (!open.close(frame)) this.#misplaced++;
    });
    const end = head.node.field('endValue');
    if (!end.isMissing) advance(Math.max(at, end.number()));
    this.#unclosed += open.length;
  }

  #addSample(
    nanoseconds: number,
    thread: ThreadIndex,
    stack: StackIndex | -1,
    weight: number,
    unit: WeightUnit,
  ): void {
    const weights = this.#units.map((column) => (column === unit ? weight : 0));
    this.#builder.addSampleWeights(
      Math.round(nanoseconds / this.#builder.timeUnit),
      thread,
      stack,
      0,
      weights,
    );
  }
}

/** The frames that are open at a moment, and the stack that they make. */
class OpenFrames {
  readonly #builder: ProfileBuilder;
  readonly #frames: readonly FrameIndex[];
  readonly #open: number[] = [];
  /** One for each number of open frames, from none. */
  readonly #stacks: (StackIndex | -1)[] = [NONE];

  constructor(builder: ProfileBuilder, frames: readonly FrameIndex[]) {
    this.#builder = builder;
    this.#frames = frames;
  }

  get length(): number {
    return this.#open.length;
  }

  get stack(): StackIndex | -1 {
    return this.#stacks[this.#open.length];
  }

  open(frame: number): void {
    this.#stacks.push(this.#builder.internStack(this.stack, this.#frames[frame]));
    this.#open.push(frame);
  }

  /** False when it was not the innermost. Those inside of it stay open: the file may name a sibling too late. */
  close(frame: number): boolean {
    const position = this.#open.lastIndexOf(frame);
    if (position < 0) return false;
    const above = this.#open.splice(position).slice(1);
    this.#stacks.length = position + 1;
    for (const other of above) this.open(other);
    return above.length === 0;
  }
}
