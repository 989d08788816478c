import { computeWeights } from '../../profile/measure.ts';
import { FRAME_TIERS, FUNCTION_KINDS, NONE, type Profile } from '../../profile/tables.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { computeFunctionLabels } from '../function-labels.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { TextWriter } from '../text-writer.ts';
import { assignIds, type UniqueIds } from '../unique-ids.ts';

export const FIREFOX_CARRIED: Carried = { threads: true, times: true, lines: true, memory: true };

/** The newest version whose changes are published one by one; newer ones of the Firefox Profiler upgrade it. */
const PROCESSED_VERSION = 48;
const GECKO_VERSION = 30;

/** The tables are written once for each thread: this version has none that are shared. */
export function exportFirefox(profile: Profile, options: ExportOptions): ExportedProfile {
  const { unit, values } = computeWeights(profile, options.measure);
  const writer = new TextWriter();
  const strings = new Strings();
  const ids = assignIds(profile);
  writer.write(`{"meta":${encodeMeta(profile, options)},\n"libs":${encodeLibs(profile)},\n"pages":[],`);
  writer.write(
    `"counters":[${encodeCounters(profile, ids).join(',\n')}],"profilerOverhead":[],\n"threads":[\n`,
  );
  const writeTables = prepareTables(profile, strings);
  const weightType = unit === 'nanoseconds' ? 'tracing-ms' : unit === 'bytes' ? 'bytes' : 'samples';
  const cpu =
    options.measure === 'wall' ? profile.samples.weights.find(({ type }) => type === 'cpu') : undefined;
  const hasCpu = cpu !== undefined && cpu !== profile.samples.weights[0];
  groupByThread(profile).forEach((rows, thread) => {
    writer.write(`${thread === 0 ? '' : ',\n'}${encodeIdentity(profile, ids, thread)},\n"samples":{`);
    const { stack, time } = profile.samples;
    const millisecond = 1e6 / profile.timeUnit;
    writeColumn(writer, 'stack', rows, (row) => (stack[row] === NONE ? null : stack[row]));
    writeColumn(writer, ',"time"', rows, (row) => time[row] / millisecond);
    const factor = unit === 'nanoseconds' ? 1e-6 : 1;
    writeColumn(writer, ',"weight"', rows, (row) => (factor === 1 ? values[row] : values[row] / 1e6));
    if (hasCpu) writeColumn(writer, ',"threadCPUDelta"', rows, (row) => (cpu.values[row] * cpu.scale) / 1000);
    writer.write(`,"weightType":"${weightType}","length":${rows.length}},\n`);
    writeTables(writer);
    writer.write('}');
  });
  writer.write('\n]}\n');
  const kept = hasCpu ? profile.samples.weights.filter((column) => column !== cpu) : profile.samples.weights;
  const rest = { ...profile, samples: { ...profile.samples, weights: kept } };
  return {
    bytes: writer.toBytes(),
    notes: [...describeLosses(rest, FIREFOX_CARRIED, options.measure), ...ids.notes],
  };
}

/** One for each kind of function. One must be called Other and be grey: the profiler looks for it. */
const CATEGORIES: Readonly<Record<(typeof FUNCTION_KINDS)[number], readonly [string, string]>> = {
  python: ['Python', 'yellow'],
  native: ['Native', 'blue'],
  kernel: ['Kernel', 'orange'],
  jit: ['JIT', 'green'],
  javascript: ['JavaScript', 'lightred'],
  gc: ['GC', 'purple'],
  other: ['Other', 'grey'],
};

function encodeMeta(profile: Profile, { title }: ExportOptions): string {
  const { askedRate, realRate, startedAt } = profile.facts;
  const rate = realRate ?? askedRate ?? 0;
  return JSON.stringify({
    version: GECKO_VERSION,
    preprocessedProfileVersion: PROCESSED_VERSION,
    product: title,
    interval: rate > 0 ? 1000 / rate : 1,
    startTime: startedAt ?? 0,
    processType: 0,
    stackwalk: 0,
    debug: false,
    symbolicated: true,
    extensions: { id: [], name: [], baseURL: [], length: 0 },
    sampleUnits: { time: 'ms', eventDelay: 'ms', threadCPUDelta: 'µs' },
    categories: FUNCTION_KINDS.map((kind) => {
      const [name, color] = CATEGORIES[kind];
      return { name, color, subcategories: ['Other'] };
    }),
    markerSchema: [],
  });
}

function encodeLibs({ mappings, strings }: Profile): string {
  const libs = Array.from({ length: mappings.length }, (_, row) => {
    const path = strings[mappings.file[row]];
    const name = path.slice(path.lastIndexOf('/') + 1);
    const codeId = mappings.buildId[row] === NONE ? null : strings[mappings.buildId[row]];
    return { name, path, debugName: name, debugPath: path, breakpadId: '', codeId, arch: null };
  });
  return JSON.stringify(libs);
}

function encodeCounters(profile: Profile, ids: UniqueIds): string[] {
  const { counters, strings, timeUnit } = profile;
  const groups = new Map<string, number[]>();
  for (let row = 0; row < counters.length; row++) {
    const key = `${counters.process[row]} ${counters.name[row]}`;
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [row]);
    else rows.push(row);
  }
  return [...groups.values()].map((rows) => {
    const [first] = rows;
    const process = counters.process[first];
    return JSON.stringify({
      name: strings[counters.name[first]],
      category: 'Memory',
      description: '',
      pid: String(ids.pid[process]),
      mainThreadIndex: Math.max(0, profile.threads.process.indexOf(process)),
      samples: {
        time: rows.map((row) => (counters.time[row] * timeUnit) / 1e6),
        // Changes, the first one from nothing.
        count: rows.map((row, i) => counters.value[row] - (i === 0 ? 0 : counters.value[rows[i - 1]])),
        length: rows.length,
      },
    });
  });
}

function encodeIdentity(profile: Profile, ids: UniqueIds, thread: number): string {
  const { threads, processes, strings, timeUnit } = profile;
  const process = threads.process[thread];
  const toMs = (time: number) => (time * timeUnit) / 1e6;
  const end = threads.end[thread];
  const processEnd = processes.end[process];
  const identity = {
    name: threads.name[thread] === NONE ? 'thread' : strings[threads.name[thread]],
    processType: 'default',
    processName: strings[processes.command[process]],
    isMainThread: threads.process.indexOf(process) === thread,
    pid: String(ids.pid[process]),
    tid: ids.tid[thread],
    processStartupTime: toMs(processes.start[process]),
    processShutdownTime: processEnd === NONE ? null : toMs(processEnd),
    registerTime: toMs(threads.start[thread]),
    unregisterTime: end === NONE ? null : toMs(end),
    pausedRanges: [],
    markers: { data: [], name: [], startTime: [], endTime: [], phase: [], category: [], length: 0 },
  };
  return JSON.stringify(identity).slice(0, -1);
}

/** Gives what writes stackTable and all that it refers to. */
function prepareTables(profile: Profile, strings: Strings): (writer: TextWriter) => void {
  const { functions, frames, stacks, mappings } = profile;
  const labels = computeFunctionLabels(profile);
  const names = labels.map(({ name }) => strings.intern(name));
  const files = labels.map(({ file }) => (file === undefined ? null : strings.intern(file)));
  // Texts of tiers; those that Firefox knows are its own compilers.
  const jit = strings.intern('jit');
  const resourceNames = Array.from({ length: mappings.length }, (_, row) =>
    strings.intern(profile.strings[mappings.file[row]]),
  );
  const isJit = (row: number) => FRAME_TIERS[frames.tier[row]] === 'jit';
  const isScript = (row: number) => FUNCTION_KINDS[functions.kind[row]] === 'javascript';
  const libOf = new Int32Array(functions.length).fill(NONE);
  for (let row = 0; row < frames.length; row++) {
    if (frames.mapping[row] !== NONE) libOf[frames.function[row]] = frames.mapping[row];
  }
  const frameRows = Uint32Array.from({ length: frames.length }, (_, row) => row);
  const functionRows = Uint32Array.from({ length: functions.length }, (_, row) => row);
  const stackRows = Uint32Array.from({ length: stacks.length }, (_, row) => row);
  const resourceRows = Uint32Array.from({ length: resourceNames.length }, (_, row) => row);
  const orNull = (value: number) => (value === NONE ? null : value);
  // Relative to the library, as if the file lay in one piece, which the linkers' files do.
  const addressOf = (row: number) => {
    const [address, mapping] = [frames.address[row], frames.mapping[row]];
    if (address === NONE || mapping === NONE) return address;
    const relative = address - (mappings.start[mapping] - mappings.offset[mapping]);
    return relative >= 0 ? relative : address;
  };
  const kindOf = (frame: number) => functions.kind[frames.function[frame]];
  return (writer) => {
    writer.write('"stackTable":{');
    writeColumn(writer, 'prefix', stackRows, (row) => orNull(stacks.parent[row]));
    writeColumn(writer, ',"frame"', stackRows, (row) => stacks.frame[row]);
    writeColumn(writer, ',"category"', stackRows, (row) => kindOf(stacks.frame[row]));
    writeColumn(writer, ',"subcategory"', stackRows, () => 0);
    writer.write(`,"length":${stacks.length}},\n"frameTable":{`);
    writeColumn(writer, 'func', frameRows, (row) => frames.function[row]);
    writeColumn(writer, ',"address"', frameRows, addressOf);
    writeColumn(writer, ',"inlineDepth"', frameRows, (row) => frames.inlineDepth[row]);
    writeColumn(writer, ',"category"', frameRows, kindOf);
    writeColumn(writer, ',"subcategory"', frameRows, () => 0);
    writeColumn(writer, ',"nativeSymbol"', frameRows, () => null);
    writeColumn(writer, ',"innerWindowID"', frameRows, () => 0);
    writeColumn(writer, ',"implementation"', frameRows, (row) => (isJit(row) ? jit : null));
    writeColumn(writer, ',"line"', frameRows, (row) => orNull(frames.line[row]));
    writeColumn(writer, ',"column"', frameRows, (row) => orNull(frames.column[row]));
    writer.write(`,"length":${frames.length}},\n"funcTable":{`);
    writeColumn(writer, 'name', functionRows, (row) => names[row]);
    writeColumn(writer, ',"isJS"', functionRows, isScript);
    writeColumn(writer, ',"relevantForJS"', functionRows, () => false);
    writeColumn(writer, ',"resource"', functionRows, (row) => libOf[row]);
    writeColumn(writer, ',"fileName"', functionRows, (row) => files[row]);
    writeColumn(writer, ',"lineNumber"', functionRows, (row) => orNull(functions.firstLine[row]));
    writeColumn(writer, ',"columnNumber"', functionRows, () => null);
    writer.write(`,"length":${functions.length}},\n"resourceTable":{`);
    writeColumn(writer, 'lib', resourceRows, (row) => row);
    writeColumn(writer, ',"name"', resourceRows, (row) => resourceNames[row]);
    writeColumn(writer, ',"host"', resourceRows, () => null);
    writeColumn(writer, ',"type"', resourceRows, () => 1);
    writer.write(`,"length":${resourceNames.length}},\n`);
    writer.write('"nativeSymbols":{"libIndex":[],"address":[],"name":[],"functionSize":[],"length":0},\n');
    writer.write(`"stringArray":[${strings.texts.map((text) => JSON.stringify(text)).join(',')}]`);
  };
}

/** A key (with what has to stand before it) and its list of values. */
function writeColumn(
  writer: TextWriter,
  key: string,
  rows: ArrayLike<number>,
  encode: (row: number) => number | boolean | null,
): void {
  writer.write(key.startsWith(',') ? `${key}:[` : `"${key}":[`);
  for (let i = 0; i < rows.length; i++) writer.write(i === 0 ? `${encode(rows[i])}` : `,${encode(rows[i])}`);
  writer.write(']');
}

function groupByThread({ samples, threads }: Profile): number[][] {
  const groups: number[][] = Array.from({ length: threads.length }, () => []);
  for (let row = 0; row < samples.length; row++) groups[samples.thread[row]].push(row);
  return groups;
}

class Strings {
  readonly texts: string[] = [];
  readonly #rows = new Map<string, number>();

  intern(text: string): number {
    const known = this.#rows.get(text);
    if (known !== undefined) return known;
    this.#rows.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}
