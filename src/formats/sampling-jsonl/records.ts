// The records of a file of profiling.sampling --jsonl, one on each line. Every one says of which run it is.
//
//   { type: "meta", v: 0, run_id, sample_interval_usec, mode }
//   { type: "string_table", …, strings: [{ str_id, value } …] }
//   { type: "frame_table", …, frames: [{ frame_id, path_str_id, func_str_id, line, end_line, col, end_col } …] }
//   { type: "agg", …, kind: "frame", scope: "final", samples_total, entries: [{ frame_id, self, cumulative } …] }
//   { type: "end", …, samples_total }
//
// A list has at most 256 entries, and goes on in the next record. Unknown types and keys are to be passed over.

import type { JsonReader } from '../json/json-reader.ts';

const TYPES = ['meta', 'string_table', 'frame_table', 'agg', 'end'] as const;
export type RecordType = (typeof TYPES)[number];

export function isKnownType(type: string): type is RecordType {
  return (TYPES as readonly string[]).includes(type);
}

/** What a record says besides its list; undefined where it does not. */
export interface RecordHead {
  type?: string;
  version?: number;
  run?: string;
  /** Microseconds between two samples, as asked for. */
  interval?: number;
  mode?: string;
  kind?: string;
  scope?: string;
  /** Samples of the whole run. */
  samples?: number;
}

export interface FrameRecord {
  readonly id: number;
  /** Number of a string. */
  readonly file: number;
  /** Number of a string. */
  readonly name: number;
  /** From 1; 0 where there is none. */
  readonly line: number;
  /** From 0, in bytes; -1 where there is none. */
  readonly column: number;
}

/** The keys of the lists. Everything that says how to read one stands before it in files as Python writes them. */
const LISTS = ['strings', 'frames', 'entries'];

/** Reads into `head`, which keeps what was read if an error is thrown, up to the list if all is known by then. */
export function readRecordHead(json: JsonReader, head: RecordHead): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'type') head.type = json.string();
    else if (key === 'v') head.version = json.number();
    else if (key === 'run_id') head.run = json.string();
    else if (key === 'sample_interval_usec') head.interval = json.number();
    else if (key === 'mode') head.mode = json.string();
    else if (key === 'kind') head.kind = json.string();
    else if (key === 'scope') head.scope = json.string();
    else if (key === 'samples_total') head.samples = readCount(json);
    else if (LISTS.includes(key) && isComplete(head)) return;
    else json.skip();
  }
}

/** Calls `visit` with the number and text of each string. */
export function readStrings(json: JsonReader, visit: (id: number, text: string) => void): void {
  forEachEntry(json, 'strings', () => {
    let id = -1;
    let text: string | undefined;
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'str_id') id = readCount(json);
      else if (key === 'value') text = json.string();
      else json.skip();
    }
    if (id < 0 || text === undefined) throw json.error('a string with "str_id" and "value"');
    visit(id, text);
  });
}

export function readFrames(json: JsonReader, visit: (frame: FrameRecord) => void): void {
  forEachEntry(json, 'frames', () => {
    let [id, file, name, line, column] = [-1, -1, -1, 0, -1];
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'frame_id') id = readCount(json);
      else if (key === 'path_str_id') file = readCount(json);
      else if (key === 'func_str_id') name = readCount(json);
      else if (key === 'line') line = readInteger(json);
      else if (key === 'col') column = readInteger(json);
      else json.skip();
    }
    if (id < 0 || file < 0 || name < 0)
      throw json.error('a frame with "frame_id", "path_str_id" and "func_str_id"');
    visit({ id, file, name, line, column });
  });
}

/** Calls `visit` with the number of each frame and how many samples found it innermost. */
export function readCosts(json: JsonReader, visit: (frame: number, self: number) => void): void {
  forEachEntry(json, 'entries', () => {
    let [frame, self] = [-1, -1];
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'frame_id') frame = readCount(json);
      else if (key === 'self') self = readCount(json);
      else json.skip();
    }
    if (frame < 0 || self < 0) throw json.error('an entry with "frame_id" and "self"');
    visit(frame, self);
  });
}

/** Calls `visit` within the object of each entry of a record's list; the record must be whole. */
function forEachEntry(json: JsonReader, list: string, visit: () => void): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key !== list) {
      json.skip();
      continue;
    }
    for (json.enterArray(); json.nextItem(); ) {
      json.enterObject();
      visit();
    }
  }
  json.finish();
}

function isComplete({ type, version, run, kind, scope, samples }: RecordHead): boolean {
  if (type === undefined || version === undefined || run === undefined) return false;
  return type !== 'agg' || (kind !== undefined && scope !== undefined && samples !== undefined);
}

function readInteger(json: JsonReader): number {
  const value = json.number();
  if (!Number.isSafeInteger(value)) throw json.error('a whole number');
  return value;
}

function readCount(json: JsonReader): number {
  const value = readInteger(json);
  if (value < 0) throw json.error('a whole number from 0 on');
  return value;
}
