// Gathers the events of a trace: what begins and ends, CPU profiles in pieces, samples of stack frames, counters, names.

import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { NONE, type ProcessIndex } from '../../profile/tables.ts';
import { readText } from '../firefox/firefox-meta.ts';
import type { JsonReader } from '../json/json-reader.ts';
import { V8Nodes } from '../v8/v8-profile.ts';
import { V8Samples } from '../v8/v8-samples.ts';
import { newEvent, readEvent, type TraceEvent } from './trace-event-reader.ts';
import {
  BEGIN,
  COMPLETE,
  END,
  EventFrames,
  NO_STACK,
  NO_STACK_CATEGORY,
  OWN_CATEGORY,
  TraceEvents,
  UNNAMED,
} from './trace-event-table.ts';

export const TRACE_TITLE = 'Chrome trace';

/** Samples of one thread. */
export interface SampledThread {
  readonly thread: number;
  readonly nodes: V8Nodes;
  readonly samples: V8Samples;
}

export interface TraceCounter {
  readonly pid: string;
  readonly name: string;
  /** Microseconds. */
  readonly time: number;
  readonly value: number;
}

export interface ReadTrace {
  readonly events: TraceEvents;
  readonly threads: readonly { readonly pid: string; readonly tid: string }[];
  readonly processNames: ReadonlyMap<string, string>;
  /** By pid and tid, a line break between them. */
  readonly threadNames: ReadonlyMap<string, string>;
  readonly cpuProfiles: readonly SampledThread[];
  readonly sampledThreads: readonly SampledThread[];
  readonly counters: readonly TraceCounter[];
  /** Events that say nothing that a profile has a place for. */
  readonly others: number;
  /** Rows of the processes that were added to the profile. */
  processRows: ReadonlyMap<string, ProcessIndex>;
}

/** A CPU profile of which pieces were met. */
interface OpenProfile {
  thread: number;
  startTime: number;
  endTime: number;
  readonly nodes: V8Nodes;
  readonly pieces: { readonly time: number; readonly samples: V8Samples }[];
}

export class TraceReader {
  readonly #builder: ProfileBuilder;
  readonly #frames: EventFrames;
  readonly #events = new TraceEvents();
  readonly #threads: { pid: string; tid: string }[] = [];
  readonly #threadRows = new Map<string, number>();
  readonly #processNames = new Map<string, string>();
  readonly #threadNames = new Map<string, string>();
  readonly #profiles = new Map<string, OpenProfile>();
  readonly #counters: TraceCounter[] = [];
  /** Samples of stack frames by thread, with times instead of deltas. */
  readonly #samples = new Map<number, V8Samples>();
  readonly #stackFrames: V8Nodes;
  readonly #stackFrameIds = new Map<string, number>();
  /** What the pieces of a CPU profile in an event are read into, before it is known of which one they are. */
  readonly #pieceNodes: V8Nodes;
  #pieceSamples = new V8Samples();
  readonly #event = newEvent();
  #count = 0;
  #others = 0;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
    this.#frames = new EventFrames(builder);
    this.#stackFrames = new V8Nodes(builder);
    this.#pieceNodes = new V8Nodes(builder);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  readFile(json: JsonReader): void {
    if (json.kind() === 'array') this.#readEvents(json);
    else {
      json.enterObject();
      for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
        if (key === 'traceEvents' || (key === 'samples' && json.kind() === 'array')) this.#readEvents(json);
        else if (key === 'stackFrames' && json.kind() === 'object') this.#readStackFrames(json);
        else json.skip();
      }
    }
    json.finish();
  }

  finish(): ReadTrace {
    return {
      events: this.#events,
      threads: this.#threads,
      processNames: this.#processNames,
      threadNames: this.#threadNames,
      cpuProfiles: [...this.#profiles.values()]
        .map(joinPieces)
        .filter(({ samples }) => samples.node.length > 0),
      sampledThreads: [...this.#samples].map(([thread, samples]) => ({
        thread,
        nodes: this.#stackFrames,
        samples: countFromFirst(samples),
      })),
      counters: this.#counters,
      others: this.#others,
      processRows: new Map(),
    };
  }

  #readEvents(json: JsonReader): void {
    const piece = () => ({ nodes: this.#pieceNodes, samples: this.#pieceSamples });
    for (json.enterArray(); json.nextItem(); ) {
      // Some writers end their lists with an empty object or null, so that all others can have a comma behind.
      if (json.skipNull()) continue;
      readEvent(json, this.#event, piece);
      this.#count++;
      this.#take(this.#event);
      if (this.#event.hasProfile) {
        this.#pieceNodes.clear();
        this.#pieceSamples = new V8Samples();
      }
    }
  }

  #take(event: TraceEvent): void {
    if (event.hasProfile || event.name === 'Profile') this.#takeProfile(event);
    else if (event.sf !== '' && (event.ph === 'P' || event.ph === '')) this.#takeSample(event);
    else if (event.ph === 'B' || event.ph === 'E' || event.ph === 'X') this.#takeInterval(event);
    else if (event.ph === 'M') this.#takeName(event);
    else if (event.ph === 'C') this.#takeCounter(event);
    else if (event.ph !== '') this.#others++;
  }

  #takeInterval(event: TraceEvent): void {
    const { ph, name, category, ts, dur, tdur } = event;
    if (!Number.isFinite(ts)) {
      this.#others++;
      return;
    }
    const thread = this.#internThread(event.pid, event.tid);
    const key =
      category === NO_STACK_CATEGORY
        ? NO_STACK
        : name === '' && ph === 'E'
          ? UNNAMED
          : this.#frames.keyOf(name);
    if (ph === 'E') {
      this.#events.push(END, thread, ts, { duration: 0, frame: NONE, name: key });
      return;
    }
    const frame =
      category === OWN_CATEGORY
        ? this.#frames.internOwn(name, { file: event.argFile, line: event.argLine, kind: event.argKind })
        : key === NO_STACK
          ? NONE
          : this.#frames.intern(name);
    const length = Number.isFinite(dur) ? dur : tdur;
    const duration = ph === 'X' && length > 0 && Number.isFinite(length) ? length : 0;
    this.#events.push(ph === 'X' ? COMPLETE : BEGIN, thread, ts, { duration, frame, name: key });
  }

  #takeName({ name, pid, tid, argName }: TraceEvent): void {
    if (name === 'process_name') this.#processNames.set(pid, argName);
    else if (name === 'thread_name') this.#threadNames.set(`${pid}\n${tid}`, argName);
  }

  #takeCounter({ pid, name, ts, values }: TraceEvent): void {
    if (!Number.isFinite(ts)) return;
    for (const [series, value] of values) {
      const title = values.size === 1 && (series === 'value' || series === name) ? name : `${name} ${series}`;
      this.#counters.push({ pid, name: title, time: ts, value });
    }
  }

  #takeSample({ pid, tid, ts, sf }: TraceEvent): void {
    if (!Number.isFinite(ts)) {
      this.#others++;
      return;
    }
    const thread = this.#internThread(pid, tid);
    let samples = this.#samples.get(thread);
    if (samples === undefined) {
      samples = new V8Samples();
      this.#samples.set(thread, samples);
    }
    samples.node.push(this.#stackFrameId(sf));
    samples.delta.push(ts);
  }

  /** `Profile` begins a CPU profile, and is of its thread; the chunks are of the thread that wrote them. */
  #takeProfile(event: TraceEvent): void {
    const key = `${event.pid}\n${event.name === 'CpuProfile' ? `${event.tid} ${event.ts}` : event.id}`;
    let profile = this.#profiles.get(key);
    if (profile === undefined) {
      const nodes = new V8Nodes(this.#builder);
      const thread = this.#internThread(event.pid, event.tid);
      profile = { thread, startTime: Number.NaN, endTime: 0, nodes, pieces: [] };
      this.#profiles.set(key, profile);
    }
    if (event.name === 'Profile') profile.thread = this.#internThread(event.pid, event.tid);
    if (Number.isFinite(event.startTime)) profile.startTime = event.startTime;
    else if (Number.isNaN(profile.startTime) && Number.isFinite(event.ts)) profile.startTime = event.ts;
    if (Number.isFinite(event.endTime)) profile.endTime = event.endTime;
    if (!event.hasProfile) return;
    profile.nodes.append(this.#pieceNodes);
    profile.pieces.push({ time: Number.isFinite(event.ts) ? event.ts : 0, samples: this.#pieceSamples });
  }

  #readStackFrames(json: JsonReader): void {
    const nodes = this.#stackFrames;
    json.enterObject();
    for (let id = json.nextKey(); id !== undefined; id = json.nextKey()) {
      const row = nodes.add();
      nodes.id.values[row] = this.#stackFrameId(id);
      let name = '';
      let category = '';
      json.enterObject();
      for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
        if (key === 'name') name = readText(json);
        else if (key === 'category') category = readText(json);
        else if (key === 'parent') nodes.parentId.values[row] = this.#stackFrameId(readText(json));
        else json.skip();
      }
      nodes.setFrame(row, this.#frames.intern(name), category === 'root');
    }
  }

  #stackFrameId(text: string): number {
    const known = this.#stackFrameIds.get(text);
    if (known !== undefined) return known;
    const id = this.#stackFrameIds.size;
    this.#stackFrameIds.set(text, id);
    return id;
  }

  #internThread(pid: string, tid: string): number {
    const key = `${pid}\n${tid}`;
    const known = this.#threadRows.get(key);
    if (known !== undefined) return known;
    this.#threadRows.set(key, this.#threads.length);
    return this.#threads.push({ pid, tid }) - 1;
  }
}

/** Pieces in order of time: processes write into one file, and not always in order. */
function joinPieces({ thread, startTime, endTime, nodes, pieces }: OpenProfile): SampledThread {
  const samples = new V8Samples();
  samples.startTime = Number.isNaN(startTime) ? 0 : startTime;
  samples.endTime = endTime;
  for (const piece of pieces.sort((a, b) => a.time - b.time)) samples.append(piece.samples);
  return { thread, nodes, samples };
}

/** From times to the deltas that CPU profiles have. */
function countFromFirst(timed: V8Samples): V8Samples {
  const times = timed.delta.view();
  const samples = new V8Samples();
  samples.startTime = times[0];
  samples.node.append(timed.node);
  for (let row = 0; row < times.length; row++)
    samples.delta.push(row === 0 ? 0 : times[row] - times[row - 1]);
  return samples;
}
