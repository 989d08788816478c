// Reading one trace event. Its members come in any order, `args` mostly before the type that says what is in them: so all
// that any type needs is read, and forgotten when the event turns out to be of another.

import { readText } from '../firefox/firefox-meta.ts';
import type { JsonReader } from '../json/json-reader.ts';
import { readNodes } from '../v8/v8-node.ts';
import type { V8Nodes } from '../v8/v8-profile.ts';
import type { V8Samples } from '../v8/v8-samples.ts';

/** What an event may hold; used again for each event. */
export interface TraceEvent {
  ph: string;
  name: string;
  category: string;
  /** Numbers or any texts. */
  pid: string;
  tid: string;
  id: string;
  /** Microseconds; NaN where there is none. */
  ts: number;
  dur: number;
  /** The same in CPU time: what some have instead. */
  tdur: number;
  /** Id of a stack frame, of samples. */
  sf: string;
  /** args.name, args.file, args.kind; args.line. */
  argName: string;
  argFile: string;
  argKind: string;
  argLine: number;
  /** Numbers among the arguments, by name. */
  readonly values: Map<string, number>;
  /** Parts of a CPU profile: `hasProfile` when there were any. */
  hasProfile: boolean;
  startTime: number;
  endTime: number;
}

export function newEvent(): TraceEvent {
  return { ...EMPTY_EVENT, values: new Map<string, number>() };
}

const EMPTY_EVENT: Omit<TraceEvent, 'values'> = {
  ph: '',
  name: '',
  category: '',
  pid: '',
  tid: '',
  id: '',
  ts: Number.NaN,
  dur: Number.NaN,
  tdur: Number.NaN,
  sf: '',
  argName: '',
  argFile: '',
  argKind: '',
  argLine: Number.NaN,
  hasProfile: false,
  startTime: Number.NaN,
  endTime: Number.NaN,
};

function clearEvent(event: TraceEvent): void {
  Object.assign(event, EMPTY_EVENT);
  // Each emptied map points to what it was filled with next: as long as garbage is not collected, nothing that follows is, either.
  if (event.values.size > 0) event.values.clear();
}

/** A piece of a CPU profile, in the tables of its profile. */
export interface ProfilePiece {
  readonly nodes: V8Nodes;
  readonly samples: V8Samples;
}

/** `piece` gives the tables that parts of a CPU profile are read into, should the event hold any. */
export function readEvent(json: JsonReader, event: TraceEvent, piece: () => ProfilePiece): void {
  clearEvent(event);
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'ph' || key === 'name' || key === 'pid' || key === 'tid' || key === 'id' || key === 'sf') {
      event[key] = readText(json);
    } else if (key === 'cat') event.category = readText(json);
    else if (key === 'ts' || key === 'dur' || key === 'tdur') event[key] = readNumber(json);
    else if (key === 'id2' && json.kind() === 'object') readScopedId(json, event);
    else if (key === 'args' && json.kind() === 'object') readArgs(json, event, piece);
    else json.skip();
  }
}

/** `{local: "0x1"}` or `{global: …}`. */
function readScopedId(json: JsonReader, event: TraceEvent): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) event.id = readText(json);
}

/** Counters with more series than this are noise. */
const MAX_VALUES = 64;

function readArgs(json: JsonReader, event: TraceEvent, piece: () => ProfilePiece): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'data' && json.kind() === 'object') readData(json, event, piece);
    else if (key === 'name') event.argName = readText(json);
    else if (key === 'file') event.argFile = readText(json);
    else if (key === 'kind') event.argKind = readText(json);
    else if (key === 'line') event.argLine = readNumber(json);
    else if (json.kind() === 'number' && event.values.size < MAX_VALUES) event.values.set(key, json.number());
    else json.skip();
  }
}

/** What `Profile`, `ProfileChunk` and `CpuProfile` hold. */
function readData(json: JsonReader, event: TraceEvent, piece: () => ProfilePiece): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'cpuProfile' && json.kind() === 'object') {
      event.hasProfile = true;
      readCpuProfile(json, event, piece());
    } else if (key === 'timeDeltas' && json.kind() === 'array') {
      event.hasProfile = true;
      piece().samples.delta.read(json, 0);
    } else if (key === 'lines' && json.kind() === 'array') {
      event.hasProfile = true;
      piece().samples.line.read(json, 0);
    } else if (key === 'startTime' || key === 'endTime') event[key] = readNumber(json);
    else json.skip();
  }
}

function readCpuProfile(json: JsonReader, event: TraceEvent, { nodes, samples }: ProfilePiece): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'nodes' && json.kind() === 'array') readNodes(json, nodes);
    else if (key === 'samples' && json.kind() === 'array') samples.node.read(json, Number.NaN);
    else if (key === 'timeDeltas' && json.kind() === 'array') samples.delta.read(json, 0);
    else if (key === 'lines' && json.kind() === 'array') samples.line.read(json, 0);
    else if (key === 'startTime' || key === 'endTime') event[key] = readNumber(json);
    else json.skip();
  }
}

/** A number, or a text that is one. */
function readNumber(json: JsonReader): number {
  const text = readText(json);
  return text === '' ? Number.NaN : Number(text);
}
