// What stands beside the threads of a Firefox profile: its clock, its categories, the files that were mapped, counters.

import type { JsonReader } from '../json/json-reader.ts';
import { doubles } from '../number-list.ts';
import { readTable } from './firefox-tables.ts';

export interface FirefoxMeta {
  isProcessed: boolean;
  product: string;
  /**
   * Python's profiling.sampling wrote it: `startTime` is of another clock then, and the first lines of functions are those that
   * were seen first.
   */
  isOfSampling: boolean;
  /** Milliseconds between samples; 0 where unknown. */
  interval: number;
  /** Milliseconds since 1970 of time 0. */
  startTime: number;
  /** When sampling began, in milliseconds since `startTime`. */
  profilingStartTime: number;
  /** Names by number. */
  categories: string[];
  /** Nanoseconds in one unit of threadCPUDelta; 0: it is no time. */
  cpuUnit: number;
}

export function newMeta(): FirefoxMeta {
  return {
    isProcessed: false,
    product: '',
    isOfSampling: false,
    interval: 0,
    startTime: 0,
    profilingStartTime: 0,
    categories: [],
    cpuUnit: 1000,
  };
}

export function readMeta(json: JsonReader, meta: FirefoxMeta): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'preprocessedProfileVersion') {
      meta.isProcessed = true;
      json.skip();
    } else if (key === 'product') meta.product = readText(json);
    else if (key === 'importedFrom') meta.isOfSampling = readText(json) === 'Tachyon Sampling Profiler';
    else if (
      (key === 'interval' || key === 'startTime' || key === 'profilingStartTime') &&
      json.kind() === 'number'
    ) {
      meta[key] = json.number();
    } else if (key === 'categories' && json.kind() === 'array') meta.categories = readNames(json);
    else if (key === 'sampleUnits' && json.kind() === 'object') meta.cpuUnit = readCpuUnit(json);
    else json.skip();
  }
}

function readNames(json: JsonReader): string[] {
  const names: string[] = [];
  for (json.enterArray(); json.nextItem(); ) {
    let name = '';
    json.enterObject();
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'name') name = readText(json);
      else json.skip();
    }
    names.push(name);
  }
  return names;
}

function readCpuUnit(json: JsonReader): number {
  let unit = '';
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'threadCPUDelta') unit = readText(json);
    else json.skip();
  }
  return { ns: 1, µs: 1000, μs: 1000, ms: 1e6 }[unit] ?? 0;
}

/** A mapped file. */
export interface FirefoxLib {
  readonly path: string;
  readonly buildId: string;
  /** Addresses in the process; NaN in versions whose addresses are relative to the file. */
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

export function readLibs(json: JsonReader): FirefoxLib[] {
  const libs: FirefoxLib[] = [];
  if (json.kind() !== 'array') {
    json.skip();
    return libs;
  }
  for (json.enterArray(); json.nextItem(); ) {
    const texts: Record<string, string> = { name: '', path: '', codeId: '' };
    const numbers: Record<string, number> = { start: Number.NaN, end: Number.NaN, offset: 0 };
    json.enterObject();
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (Object.hasOwn(texts, key)) texts[key] = readText(json);
      else if (Object.hasOwn(numbers, key) && json.kind() === 'number') numbers[key] = json.number();
      else json.skip();
    }
    const buildId = /^[0-9a-fA-F]{8,}$/.test(texts.codeId) ? texts.codeId.toLowerCase() : '';
    const { start, end, offset } = numbers;
    libs.push({ path: texts.path === '' ? texts.name : texts.path, buildId, start, end, offset });
  }
  return libs;
}

export interface FirefoxCounter {
  name: string;
  category: string;
  pid: string;
  readonly time: ReturnType<typeof doubles>;
  readonly timeDeltas: ReturnType<typeof doubles>;
  /** Change since the row before. */
  readonly count: ReturnType<typeof doubles>;
}

/** Counters, with their samples in the object itself or in groups (until version 47). */
export function readCounters(json: JsonReader): FirefoxCounter[] {
  const counters: FirefoxCounter[] = [];
  if (json.kind() !== 'array') {
    json.skip();
    return counters;
  }
  for (json.enterArray(); json.nextItem(); ) {
    const counter = {
      name: '',
      category: '',
      pid: '',
      time: doubles(),
      timeDeltas: doubles(),
      count: doubles(),
    };
    json.enterObject();
    for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
      if (key === 'name' || key === 'category' || key === 'pid') counter[key] = readText(json);
      else if (key === 'samples') readTable(json, columnsOf(counter));
      else if (key === 'sampleGroups' || key === 'sample_groups') readGroups(json, counter);
      else json.skip();
    }
    counters.push(counter);
  }
  return counters;
}

function columnsOf({ time, timeDeltas, count }: FirefoxCounter) {
  return { time, timeDeltas, count };
}

/** One group, or a list of them. */
function readGroups(json: JsonReader, counter: FirefoxCounter): void {
  if (json.kind() === 'array') {
    for (json.enterArray(); json.nextItem(); ) readGroup(json, counter);
  } else readGroup(json, counter);
}

function readGroup(json: JsonReader, counter: FirefoxCounter): void {
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'samples') readTable(json, columnsOf(counter));
    else json.skip();
  }
}

/** A text, or a number as one; nothing else is one. */
export function readText(json: JsonReader): string {
  const kind = json.kind();
  if (kind === 'string') return json.string();
  if (kind === 'number') return String(json.number());
  json.skip();
  return '';
}
