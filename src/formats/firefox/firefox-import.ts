import { formatCounted } from '../../base/quantities.ts';
import { ProfileBuilder, type WeightSpec } from '../../profile/builder/profile-builder.ts';
import { NONE, type ProcessIndex, type StackIndex, type ThreadIndex } from '../../profile/tables.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { JsonReader } from '../json/json-reader.ts';
import {
  type FirefoxCounter,
  type FirefoxLib,
  type FirefoxMeta,
  newMeta,
  readCounters,
  readLibs,
  readMeta,
} from './firefox-meta.ts';
import { type RawThread, type RawWeight, readThread, readThreadHead } from './firefox-samples.ts';
import { FIREFOX_TITLE, internStacks, tableError } from './firefox-stacks.ts';
import { newTables, type RawTables, readTableMember } from './firefox-tables.ts';

/** 10 µs: twelve hours fit, and samples are hardly ever that close. */
const TIME_UNIT = 10_000;
/** Milliseconds since 1970 that JavaScript, and so any writer of these files, has no date for. */
const LAST_DATE = 8.64e15;

/** Everything but the threads: they may stand before it, so the file is read twice. */
interface Frame {
  readonly meta: FirefoxMeta;
  readonly libs: FirefoxLib[];
  readonly counters: FirefoxCounter[];
  /** Tables that the threads share, since version 60. */
  readonly shared: RawTables;
  /** Those of other processes, which Gecko keeps inside: with threads, and with others inside again. */
  readonly processes: Frame[];
}

/** What the threads of all processes have. */
interface Weights {
  readonly types: Set<RawWeight>;
  hasCpu: boolean;
}

export function importFirefox(input: Input): ImportedProfile {
  const weights: Weights = { types: new Set(), hasCpu: false };
  const json = new JsonReader(input.blocks(), FIREFOX_TITLE);
  const file = readFrame(json, weights, 0);
  json.finish();
  const types = weights.types.size === 0 ? (['samples'] as const) : [...weights.types];
  const specs = types.map((type) => SPECS[type]);
  const hasCpu = weights.hasCpu && file.meta.cpuUnit > 0;
  const builder = new ProfileBuilder({ timeUnit: TIME_UNIT, weights: hasCpu ? [...specs, CPU] : specs });
  describeOrigin(builder, file.meta);
  const reader = new ThreadReader(builder, types, hasCpu);
  reader.readProcess(new JsonReader(input.blocks(), FIREFOX_TITLE), file, file.meta.profilingStartTime);
  return { profile: builder.build(), notes: reader.describeLeftOut() };
}

const SPECS: Readonly<Record<RawWeight, WeightSpec>> = {
  samples: { type: 'samples', unit: 'count', scale: 1, storage: 'float64' },
  'tracing-ms': { type: 'elapsed', unit: 'nanoseconds', scale: 1, storage: 'float64' },
  bytes: { type: 'bytes', unit: 'bytes', scale: 1, storage: 'float64' },
};
const CPU: WeightSpec = { type: 'cpu', unit: 'nanoseconds', scale: 1, storage: 'float64' };

/** Processes inside of processes; Gecko has one level. */
const MAX_PROCESS_DEPTH = 4;

function readFrame(json: JsonReader, weights: Weights, depth: number): Frame {
  const frame: Frame = { meta: newMeta(), libs: [], counters: [], shared: newTables(), processes: [] };
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'meta') readMeta(json, frame.meta);
    else if (key === 'libs') frame.libs.push(...readLibs(json));
    else if (key === 'counters') frame.counters.push(...readCounters(json));
    else if (key === 'shared') readShared(json, frame.shared);
    else if (key === 'threads') {
      for (json.enterArray(); json.nextItem(); ) {
        const head = readThreadHead(json);
        if (head.hasSamples) weights.types.add(head.weightType);
        weights.hasCpu ||= head.hasCpu;
      }
    } else if (key === 'processes' && json.kind() === 'array') {
      if (depth >= MAX_PROCESS_DEPTH) throw json.error(`nested less than ${MAX_PROCESS_DEPTH} deep`);
      for (json.enterArray(); json.nextItem(); ) {
        if (json.kind() === 'object') frame.processes.push(readFrame(json, weights, depth + 1));
        else json.skip();
      }
    } else json.skip();
  }
  return frame;
}

function readShared(json: JsonReader, shared: RawTables): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (!readTableMember(json, key, shared)) json.skip();
  }
}

function describeOrigin(builder: ProfileBuilder, meta: FirefoxMeta): void {
  builder.mergeFacts({
    mode: 'imported',
    ...(meta.product === '' ? {} : { producer: meta.isOfSampling ? 'profiling.sampling' : meta.product }),
    ...(meta.startTime > 0 && meta.startTime < LAST_DATE && !meta.isOfSampling
      ? { startedAt: meta.startTime + meta.profilingStartTime }
      : {}),
    ...(meta.interval > 0 ? { askedRate: 1000 / meta.interval } : {}),
  });
}

/** Adds threads to the builder, and counts what it leaves out. */
class ThreadReader {
  readonly #builder: ProfileBuilder;
  readonly #types: readonly RawWeight[];
  readonly #hasCpu: boolean;
  readonly #processes = new Map<string, ProcessIndex>();
  #markers = 0;
  #allocations = 0;

  constructor(builder: ProfileBuilder, types: readonly RawWeight[], hasCpu: boolean) {
    this.#builder = builder;
    this.#types = types;
    this.#hasCpu = hasCpu;
  }

  /** The threads of one process, or of a whole processed profile. `origin`: milliseconds of its clock at our time 0. */
  readProcess(json: JsonReader, frame: Frame, origin: number): void {
    const isShared = frame.shared.stacks.frame.length > 0;
    const { meta, libs, shared } = frame;
    const sharedStacks = isShared ? internStacks(this.#builder, shared, meta, libs) : undefined;
    let inner = 0;
    json.enterObject();
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'threads') {
        for (json.enterArray(); json.nextItem(); ) {
          this.#addThread(readThread(json), frame, origin, sharedStacks);
        }
      } else if (key === 'processes' && json.kind() === 'array') {
        for (json.enterArray(); json.nextItem(); ) {
          if (json.kind() !== 'object') {
            json.skip();
            continue;
          }
          const other = frame.processes[inner++];
          // Each process has a clock of its own, that begins when the process does.
          this.readProcess(json, other, origin + meta.startTime - other.meta.startTime);
        }
      } else json.skip();
    }
    for (const counter of frame.counters) this.#addCounter(counter, origin);
  }

  describeLeftOut(): string[] {
    const parts: string[] = [];
    if (this.#markers > 0) parts.push(formatCounted(this.#markers, 'marker'));
    if (this.#allocations > 0) parts.push(formatCounted(this.#allocations, 'allocation'));
    return parts.length === 0 ? [] : [`Left out: ${parts.join(', ')}.`];
  }

  #addThread(raw: RawThread, frame: Frame, origin: number, sharedStacks: Int32Array | undefined): void {
    this.#markers += raw.markers;
    this.#allocations += raw.allocations;
    // Threads without strings of their own use those of all; libs are of each thread until version 40.
    if (raw.tables.strings.length === 0) raw.tables.strings = frame.shared.strings;
    const libs = raw.libs.length > 0 ? raw.libs : frame.libs;
    const hasOwn = raw.tables.stacks.frame.length > 0;
    const stacks =
      hasOwn || sharedStacks === undefined
        ? internStacks(this.#builder, raw.tables, frame.meta, libs)
        : sharedStacks;
    const start = this.#toTime(Number.isNaN(raw.registerTime) ? origin : raw.registerTime, origin);
    const thread = this.#builder.addThread({
      process: this.#internProcess(raw),
      tid: toId(raw.tid),
      ...(raw.name === '' ? {} : { name: raw.name }),
      start,
    });
    if (raw.unregisterTime > 0) {
      this.#builder.updateThread(thread, { end: Math.max(start, this.#toTime(raw.unregisterTime, origin)) });
    }
    this.#addSamples(raw, thread, stacks, { origin, cpuUnit: frame.meta.cpuUnit });
  }

  #addSamples(
    raw: RawThread,
    thread: ThreadIndex,
    stacks: Int32Array,
    { origin, cpuUnit }: { origin: number; cpuUnit: number },
  ): void {
    const { stack, time, timeDeltas, weight, threadCPUDelta } = raw.samples;
    const column = this.#types.indexOf(raw.weightType);
    const factor = raw.weightType === 'tracing-ms' ? 1e6 : 1;
    const weights = new Array<number>(this.#types.length + (this.#hasCpu ? 1 : 0)).fill(0);
    this.#builder.samples.reserve(this.#builder.sampleCount + stack.length);
    let at = 0;
    for (let row = 0; row < stack.length; row++) {
      if (row < timeDeltas.length) at += timeDeltas.values[row];
      else if (row < time.length) at = time.values[row];
      const own = stack.values[row];
      if (own < NONE || own >= stacks.length)
        throw tableError(`samples.stack[${row}]`, 'the number of a stack');
      weights[column] = (row < weight.length ? weight.values[row] : 1) * factor;
      if (this.#hasCpu) {
        weights[weights.length - 1] =
          row < threadCPUDelta.length ? Math.max(0, threadCPUDelta.values[row]) * cpuUnit : 0;
      }
      const ours = (own === NONE ? NONE : stacks[own]) as StackIndex | -1;
      this.#builder.addSampleWeights(this.#toTime(at, origin), thread, ours, 0, weights);
    }
  }

  #internProcess(raw: RawThread): ProcessIndex {
    const known = this.#processes.get(raw.pid);
    if (known !== undefined) return known;
    const command =
      raw.processName !== '' ? raw.processName : raw.processType === 'default' ? '' : raw.processType;
    const process = this.#builder.addProcess({ pid: toId(raw.pid), command, start: 0 });
    this.#processes.set(raw.pid, process);
    return process;
  }

  #addCounter(counter: FirefoxCounter, origin: number): void {
    const process = this.#processes.get(counter.pid) ?? this.#processes.values().next().value;
    if (process === undefined) return;
    const { time, timeDeltas, count } = counter;
    let at = 0;
    let value = 0;
    for (let row = 0; row < count.length; row++) {
      if (row < timeDeltas.length) at += timeDeltas.values[row];
      else if (row < time.length) at = time.values[row];
      value += count.values[row];
      if (Number.isFinite(value))
        this.#builder.addCounter(process, counter.name, this.#toTime(at, origin), value);
    }
  }

  #toTime(milliseconds: number, origin: number): number {
    const time = Math.round(((milliseconds - origin) * 1e6) / TIME_UNIT);
    return time > 0 ? Math.min(time, Number.MAX_SAFE_INTEGER) : 0;
  }
}

/** Ids are mostly numbers; others are told apart by name. */
function toId(text: string): number {
  const id = Number(text);
  return Number.isInteger(id) && id >= 0 && id < 2 ** 31 ? id : 0;
}
