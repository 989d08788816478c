import { ProfilerError } from '../../base/errors.ts';
import type { WeightUnit } from '../../profile/tables.ts';
import type { JsonReader } from '../json/json-reader.ts';
import type { SpeedscopeFrame } from './speedscope-types.ts';

/** All that has to be known before samples and events can be read. */
export interface SpeedscopeHeads {
  readonly name: string;
  readonly exporter: string | undefined;
  readonly frames: readonly SpeedscopeFrame[];
  readonly profiles: readonly Head[];
}

/** Of one profile of the file. */
export interface Head {
  readonly type: 'sampled' | 'evented';
  readonly name: string;
  readonly unit: { readonly weight: WeightUnit; readonly factor: number };
  /** In the unit of the file. */
  readonly start: number;
  readonly end: number | undefined;
  /** In nanoseconds, bytes or counts. */
  readonly length: number;
}

const UNITS: Readonly<Record<string, Head['unit'] | undefined>> = {
  none: { weight: 'count', factor: 1 },
  bytes: { weight: 'bytes', factor: 1 },
  nanoseconds: { weight: 'nanoseconds', factor: 1 },
  microseconds: { weight: 'nanoseconds', factor: 1e3 },
  milliseconds: { weight: 'nanoseconds', factor: 1e6 },
  seconds: { weight: 'nanoseconds', factor: 1e9 },
};

/** The whole file but for its samples and events. Throws `not-a-recording` with the place of what is wrong. */
export function readHeads(json: JsonReader): SpeedscopeHeads {
  let name = '';
  let exporter: string | undefined;
  let frames: SpeedscopeFrame[] | undefined;
  let profiles: Head[] | undefined;
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'name') name = readText(json) ?? '';
    else if (key === 'exporter') exporter = readText(json);
    else if (key === 'shared') frames = readShared(json) ?? frames;
    else if (key === 'profiles') {
      if (profiles !== undefined) throw json.error('there only once');
      profiles = [];
      for (json.enterArray(); json.nextItem(); ) profiles.push(readHead(json));
    } else json.skip();
  }
  json.finish();
  if (profiles === undefined) throw isMissing('"profiles" is not a list');
  if (frames === undefined) throw isMissing('"shared.frames" is not a list');
  return { name, exporter, frames, profiles };
}

function readShared(json: JsonReader): SpeedscopeFrame[] | undefined {
  let frames: SpeedscopeFrame[] | undefined;
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key !== 'frames') json.skip();
    else {
      frames = [];
      for (json.enterArray(); json.nextItem(); ) frames.push(readFrame(json));
    }
  }
  return frames;
}

function readFrame(json: JsonReader): SpeedscopeFrame {
  let name: string | undefined;
  let file: string | undefined;
  let line = 0;
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'name') name = json.string();
    else if (key === 'file') file = readText(json);
    else if (key === 'line') line = readNumber(json) ?? 0;
    else json.skip();
  }
  if (name === undefined) throw json.error('a frame with a name');
  const isLine = Number.isInteger(line) && line > 0 && line < 2 ** 31;
  return { name, ...(file === undefined ? {} : { file }), ...(isLine ? { line } : {}) };
}

function readHead(json: JsonReader): Head {
  let type = '';
  let name = '';
  let unit: Head['unit'] | undefined = UNITS.none;
  let start = 0;
  let end: number | undefined;
  let sum = 0;
  const lists = new Set<string>();
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'type') {
      type = json.string();
      if (type !== 'sampled' && type !== 'evented') throw json.error('"sampled" or "evented"');
    } else if (key === 'unit') {
      const unitName = readText(json) ?? 'none';
      unit = Object.hasOwn(UNITS, unitName) ? UNITS[unitName] : undefined;
      if (unit === undefined) throw json.error('a known unit');
    } else if (key === 'name') name = readText(json) ?? '';
    else if (key === 'startValue') start = readNumber(json) ?? 0;
    else if (key === 'endValue') end = readNumber(json);
    else if (key === 'samples' || key === 'weights' || key === 'events') {
      if (lists.has(key)) throw json.error('there only once');
      lists.add(key);
      if (key === 'weights') for (json.enterArray(); json.nextItem(); ) sum += json.number();
      else json.skip();
    } else json.skip();
  }
  if (type !== 'sampled' && type !== 'evented') throw json.error('a profile with a "type"');
  for (const list of type === 'sampled' ? ['samples', 'weights'] : ['events'])
    if (!lists.has(list)) throw json.error(`a profile with "${list}"`);
  if (unit === undefined) throw json.error('a profile of a known unit');
  const spanned = ((end ?? start) - start) * unit.factor;
  const length = type === 'sampled' ? Math.max(spanned, sum * unit.factor) : spanned;
  if (!Number.isFinite(length)) throw json.error('of a length that can be told');
  return { type, name, unit, start, end, length };
}

function readText(json: JsonReader): string | undefined {
  return json.skipNull() ? undefined : json.string();
}

function readNumber(json: JsonReader): number | undefined {
  return json.skipNull() ? undefined : json.number();
}

function isMissing(what: string): ProfilerError {
  return new ProfilerError('not-a-recording', `The file is no valid speedscope JSON: ${what}.`);
}
