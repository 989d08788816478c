// `memray flamegraph`: a page with the whole tree in it, as JSON in a script.
//
//   const packed_data = { nodes: { function: [s …], filename: [s …], lineno: […], children: [[node …] …], thread_id: [s …],
//       value: [bytes …], n_allocations: […] }, strings: [text …], intervals?: [[from, until, node, allocations, bytes] …],
//       high_water_mark_by_snapshot?: [bytes …] };
//   const memory_records = [[milliseconds, resident, heap] …];
//
// Values of nodes hold those of their children. With `--temporal` there are intervals instead. With `--leaks`, too, each is memory
// that was taken before one of the records and given back before another, or never. Without it, each is what a node had its part
// in the highest mark so far: a node that grows has an interval for each step, with all that it then had, so that only those of
// one moment may be added up. Texts are escaped for HTML.

import { ProfilerError } from '../../base/errors.ts';
import { formatCounted } from '../../base/quantities.ts';
import { NONE, type StackIndex } from '../../profile/tables.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { JsonReader } from '../json/json-reader.ts';
import { MemrayProfile, TIME_UNIT } from './memray-profile.ts';

const TITLE = 'flame graph of memray';
export const DATA_MARK = 'const packed_data = ';
const RECORDS_MARK = 'const memory_records = ';

export function importMemrayHtml(input: Input): ImportedProfile {
  const data = readData(input);
  const records = readRecords(input);
  const memray = new MemrayProfile();
  const [start] = records;
  for (const { time, resident, heap } of records) {
    const at = toTime(time - start.time);
    memray.builder.addCounter(memray.process, 'resident', at, resident);
    memray.builder.addCounter(memray.process, 'heap', at, heap);
  }
  if (start !== undefined) memray.builder.mergeFacts({ startedAt: start.time });
  const stacks = internStacks(memray, data);
  if (data.intervals === undefined) addNodes(memray, data, stacks);
  else addIntervals(memray, data, stacks, records);
  if (memray.builder.sampleCount === 0) {
    throw new ProfilerError('not-a-recording', `The file is a ${TITLE} without any allocations.`);
  }
  return { profile: memray.builder.build(), notes: describeIntervals(data) };
}

function describeIntervals({ intervals, peak }: FlameData): string[] {
  if (intervals === undefined) return [];
  if (peak === undefined) return ['Left out, having no place: when memory was given back.'];
  return ['Shown is the memory in use at its peak, as of the time since when; other moments have no place.'];
}

interface FlameData {
  readonly parent: readonly number[];
  readonly name: readonly number[];
  readonly file: readonly number[];
  readonly line: readonly number[];
  readonly thread: readonly number[];
  readonly bytes: readonly number[];
  readonly allocations: readonly number[];
  readonly strings: readonly string[];
  /** As in the file, one behind the other; infinite where there is no end. */
  readonly intervals: readonly number[] | undefined;
  /** The record before which most memory was in use, where intervals are parts of that. */
  readonly peak: number | undefined;
}

function readData(input: Input): FlameData {
  const json = new JsonReader(blocksBehind(input.blocks(), DATA_MARK), TITLE);
  if (json.kind() === 'array') {
    throw new ProfilerError(
      'not-a-recording',
      'The file is a table of memray, which holds no stacks. Make a flame graph of the recording, or `memray transform csv`.',
    );
  }
  const columns = new Map<string, number[]>();
  const parent: number[] = [];
  const strings: string[] = [];
  let intervals: number[] | undefined;
  let peak: number | undefined;
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    if (key === 'nodes') readNodes(json, columns, parent);
    else if (key === 'strings')
      for (json.enterArray(); json.nextItem(); ) strings.push(unescapeHtml(json.string()));
    else if (json.skipNull()) continue;
    else if (key === 'intervals') intervals = readIntervals(json);
    else if (key === 'high_water_mark_by_snapshot') peak = findPeak(json);
    else json.skip();
  }
  const column = (name: string, isNeeded: boolean) => {
    const values = columns.get(name) ?? [];
    if (values.length === parent.length || (values.length === 0 && !isNeeded)) return values;
    throw new ProfilerError(
      'not-a-recording',
      `The file is no valid ${TITLE}: "nodes.${name}" has ${formatCounted(values.length, 'item')}, of ${formatCounted(parent.length, 'node')}.`,
    );
  };
  return {
    parent,
    name: column('function', true),
    file: column('filename', true),
    line: column('lineno', true),
    thread: column('thread_id', false),
    bytes: column('value', intervals === undefined),
    allocations: column('n_allocations', false),
    strings,
    intervals,
    peak,
  };
}

/** Fills `parent` with the parent of each node; parents have lower numbers. */
function readNodes(json: JsonReader, columns: Map<string, number[]>, parent: number[]): void {
  const children: number[] = [];
  const parents: number[] = [];
  json.enterObject();
  for (let key = json.nextKey(); key !== undefined; key = json.nextKey()) {
    json.enterArray();
    if (key === 'children') {
      for (let node = 0; json.nextItem(); node++) {
        parent.push(NONE);
        for (json.enterArray(); json.nextItem(); ) {
          children.push(json.number());
          parents.push(node);
        }
      }
    } else {
      const values: number[] = [];
      while (json.nextItem()) values.push(json.kind() === 'number' ? json.number() : skipToZero(json));
      columns.set(key, values);
    }
  }
  children.forEach((child, row) => {
    if (!Number.isInteger(child) || child <= parents[row] || child >= parent.length) {
      throw new ProfilerError(
        'not-a-recording',
        `The file is no valid ${TITLE}: node ${child} of ${parent.length} cannot be a child of node ${parents[row]}.`,
      );
    }
    parent[child] = parents[row];
  });
}

function skipToZero(json: JsonReader): number {
  json.skip();
  return 0;
}

function readIntervals(json: JsonReader): number[] {
  const values: number[] = [];
  for (json.enterArray(); json.nextItem(); ) {
    const interval: number[] = [];
    for (json.enterArray(); json.nextItem(); )
      interval.push(json.skipNull() ? Number.POSITIVE_INFINITY : json.number());
    if (interval.length !== 5) throw json.error('an interval of five numbers');
    values.push(...interval);
  }
  return values;
}

/** The place of the highest mark, the first of several. */
function findPeak(json: JsonReader): number {
  let peak = 0;
  let highest = Number.NEGATIVE_INFINITY;
  let record = 0;
  for (json.enterArray(); json.nextItem(); record++) {
    const mark = json.number();
    if (mark > highest) {
      highest = mark;
      peak = record;
    }
  }
  return peak;
}

/** For each node its stack; NONE for the root. */
function internStacks(memray: MemrayProfile, data: FlameData): (StackIndex | -1)[] {
  const stacks: (StackIndex | -1)[] = [];
  for (let node = 0; node < data.parent.length; node++) {
    const parent = data.parent[node];
    if (parent === NONE) {
      stacks.push(NONE);
      continue;
    }
    const name = data.strings[data.name[node]] ?? '';
    const frame = memray.internFrame(name, data.strings[data.file[node]] ?? '', data.line[node]);
    stacks.push(memray.builder.internStack(stacks[parent], frame));
  }
  return stacks;
}

function addNodes(memray: MemrayProfile, data: FlameData, stacks: readonly (StackIndex | -1)[]): void {
  const bytes = subtractChildren(data.parent, data.bytes);
  const allocations = subtractChildren(data.parent, data.allocations);
  for (let node = 0; node < stacks.length; node++) {
    if (bytes[node] <= 0 && !(allocations[node] > 0)) continue;
    const thread = memray.internThread(data.strings[data.thread[node]] ?? '');
    memray.builder.addSampleWeights(0, thread, stacks[node], 0, [
      Math.max(0, bytes[node]),
      Math.max(0, allocations[node] ?? 0),
    ]);
  }
}

/** What nodes have of their own. */
function subtractChildren(parent: readonly number[], values: readonly number[]): Float64Array {
  const own = Float64Array.from(values);
  for (let node = 0; node < values.length; node++)
    if (parent[node] !== NONE) own[parent[node]] -= values[node];
  return own;
}

function addIntervals(
  memray: MemrayProfile,
  data: FlameData,
  stacks: readonly (StackIndex | -1)[],
  records: readonly MemoryRecord[],
): void {
  const intervals = data.intervals ?? [];
  const { peak } = data;
  for (let at = 0; at < intervals.length; at += 5) {
    const [from, until, node, allocations, bytes] = intervals.slice(at, at + 5);
    const stack = stacks[node];
    if (stack === undefined) {
      throw new ProfilerError('not-a-recording', `The file is no valid ${TITLE}: there is no node ${node}.`);
    }
    if (peak !== undefined && (from > peak || until <= peak)) continue;
    // Taken before this record, and behind the one before.
    const record = records[Math.min(from, records.length) - 1];
    const time = record === undefined ? 0 : toTime(record.time - records[0].time);
    const thread = memray.internThread(data.strings[data.thread[node]] ?? '');
    memray.builder.addSampleWeights(time, thread, stack, 0, [Math.max(0, bytes), Math.max(0, allocations)]);
  }
}

interface MemoryRecord {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Bytes. */
  readonly resident: number;
  readonly heap: number;
}

function readRecords(input: Input): MemoryRecord[] {
  const json = new JsonReader(blocksBehind(input.blocks(), RECORDS_MARK), TITLE);
  const records: MemoryRecord[] = [];
  for (json.enterArray(); json.nextItem(); ) {
    const numbers: number[] = [];
    for (json.enterArray(); json.nextItem(); ) numbers.push(json.number());
    const [time = 0, resident = 0, heap = 0] = numbers;
    records.push({ time, resident, heap });
  }
  return records;
}

function toTime(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds / TIME_UNIT));
}

/** The bytes behind the first place where the mark stands. Throws `not-a-recording` where it stands nowhere. */
function* blocksBehind(blocks: Iterable<Uint8Array>, mark: string): Iterable<Uint8Array> {
  const wanted = new TextEncoder().encode(mark);
  let matched = 0;
  for (const block of blocks) {
    let at = 0;
    while (matched < wanted.length && at < block.length) {
      // Both marks begin with "const " and so cannot begin within themselves.
      if (block[at] === wanted[matched]) matched++;
      else matched = block[at] === wanted[0] ? 1 : 0;
      at++;
    }
    if (matched === wanted.length && at < block.length) yield block.subarray(at);
  }
  if (matched < wanted.length) {
    throw new ProfilerError('not-a-recording', `The file is no valid ${TITLE}: it has no "${mark.trim()}".`);
  }
}

function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(lt|gt|amp|quot|#x27|#39|#34);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#34': '"',
  '#x27': "'",
  '#39': "'",
};
