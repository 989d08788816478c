// Reading threads of Firefox profiles: who they are, and their samples as columns.

import type { JsonReader } from '../json/json-reader.ts';
import { doubles, integers } from '../number-list.ts';
import { type FirefoxLib, readLibs, readText } from './firefox-meta.ts';
import { newTables, type RawTables, readTable, readTableMember } from './firefox-tables.ts';

/** What samples count for. */
export type RawWeight = 'samples' | 'tracing-ms' | 'bytes';

export interface RawThread {
  name: string;
  processName: string;
  processType: string;
  /** As the file has it: a number, or any text. */
  pid: string;
  tid: string;
  /** Milliseconds; NaN where unknown. */
  registerTime: number;
  unregisterTime: number;
  weightType: RawWeight;
  /** Mapped files, of each thread until version 40. */
  libs: readonly FirefoxLib[];
  readonly tables: RawTables;
  /** Missing stacks are -1. Times are milliseconds, or milliseconds since the sample before. */
  readonly samples: {
    readonly stack: ReturnType<typeof integers>;
    readonly time: ReturnType<typeof doubles>;
    readonly timeDeltas: ReturnType<typeof doubles>;
    readonly weight: ReturnType<typeof doubles>;
    readonly threadCPUDelta: ReturnType<typeof doubles>;
  };
  sampleCount: number;
  /** Rows that vmprof has no place for. */
  markers: number;
  allocations: number;
}

/** Reads a thread as a whole. */
export function readThread(json: JsonReader): RawThread {
  const thread = newThread();
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'samples') readSamples(json, thread);
    else if (key === 'markers') thread.markers += readTable(json, {});
    else if (key === 'libs') thread.libs = readLibs(json);
    else if (key === 'jsAllocations' || key === 'nativeAllocations') {
      thread.allocations += readTable(json, {});
    } else if (!readIdentity(json, key, thread) && !readTableMember(json, key, thread.tables)) json.skip();
  }
  return thread;
}

/** What the weights of a thread are, and whether it has CPU times. Passes over everything else. */
export function readThreadHead(json: JsonReader): {
  weightType: RawWeight;
  hasSamples: boolean;
  hasCpu: boolean;
} {
  const thread = newThread();
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'samples') readSamples(json, thread);
    else json.skip();
  }
  const { sampleCount, samples } = thread;
  return {
    weightType: thread.weightType,
    hasSamples: sampleCount > 0,
    hasCpu: samples.threadCPUDelta.view().some((delta) => delta > 0),
  };
}

function newThread(): RawThread {
  return {
    name: '',
    processName: '',
    processType: '',
    pid: '',
    tid: '',
    registerTime: Number.NaN,
    unregisterTime: Number.NaN,
    weightType: 'samples',
    libs: [],
    tables: newTables(),
    samples: {
      stack: integers(),
      time: doubles(),
      timeDeltas: doubles(),
      weight: doubles(),
      threadCPUDelta: doubles(),
    },
    sampleCount: 0,
    markers: 0,
    allocations: 0,
  };
}

function readSamples(json: JsonReader, thread: RawThread): void {
  readTable(json, thread.samples, (key) => {
    if (key !== 'weightType' || json.kind() !== 'string') return false;
    const type = json.string();
    if (type === 'tracing-ms' || type === 'bytes') thread.weightType = type;
    return true;
  });
  thread.sampleCount = thread.samples.stack.length;
}

function readIdentity(json: JsonReader, key: string, thread: RawThread): boolean {
  if (key === 'name' || key === 'processName' || key === 'processType') thread[key] = readText(json);
  else if (key === 'pid' || key === 'tid') thread[key] = readText(json);
  else if ((key === 'registerTime' || key === 'unregisterTime') && json.kind() === 'number') {
    thread[key] = json.number();
  } else return false;
  return true;
}
