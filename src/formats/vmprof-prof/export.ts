// Writes a profile as the original vmprof would have recorded it, in version 6, so that its tools read it. Names stand
// before the samples, as PyPy writes them. What the format has no place for is kept in meta data where there is a use
// for it: the weight of a sample, names of threads, the command.

import { formatBytes, formatCount, formatCounted, formatDuration } from '../../base/quantities.ts';
import { getMeasureColumn, getWeightType, type Measure } from '../../profile/measure.ts';
import { FRAME_TIERS, FUNCTION_KINDS, NONE, type Profile, type WeightUnit } from '../../profile/tables.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { WEIGHT_KEY } from './clock.ts';
import { formatCodeName } from './code-name.ts';
import { ENTRY } from './entries.ts';
import { HOST_KEY } from './origin.ts';
import { MARKER } from './record-length.ts';
import { RecordWriter } from './record-writer.ts';
import { ResidentMemory } from './resident-memory.ts';
import { countRecords } from './sample-counts.ts';
import { MODE } from './section.ts';
import { assignThreadIds, threadKey } from './thread-names.ts';

/** Entries of the deepest stack that the original's reader takes; the outermost frames of deeper ones are left out. */
export const MAX_WRITTEN_ENTRIES = 1 << 16;
/** Period of profiles that do not say at which rate they were recorded: the original's own, in microseconds. */
const USUAL_PERIOD = 990;

/** For describeLosses, and the page of formats. */
export const PROF_CARRIED: Carried = {
  threads: true,
  times: false,
  lines: true,
  memory: true,
  names: true,
  negatives: false,
};

/** Writes a `.prof` file of version 6. */
export function exportProf(profile: Profile, options: ExportOptions): ExportedProfile {
  const { unit } = getMeasureColumn(profile, options.measure);
  const { quantum, counts, isRounded } = countRecords(profile, options.measure);
  const style = chooseStyle(profile);
  const memory = new ResidentMemory(profile);
  const mode =
    (style.isTagged ? MODE.tagged : 0) |
    (style.hasLines ? MODE.lines : 0) |
    (style.hasNative ? MODE.native : 0) |
    (memory.isKnown ? MODE.memory : 0);
  const writer = new RecordWriter();
  const { facts } = profile;
  const period = facts.askedRate !== undefined && facts.askedRate > 0 ? 1e6 / facts.askedRate : USUAL_PERIOD;
  writer.writeHeader(
    Math.max(1, Math.round(Math.min(period, 0x7fff_ffff))),
    mode,
    style.isTagged ? 'pypy' : 'cpython',
  );
  const start = Math.max(0, Math.round((facts.startedAt ?? 0) * 1000));
  writer.writeTime(MARKER.start, start);
  const threadIds = writeMeta(writer, profile, `${nameWeight(profile, options.measure)} ${unit} ${quantum}`);
  const ids = writeNames(writer, profile);
  let cutStacks = 0;
  for (let i = 0; i < profile.samples.length; i++) {
    if (counts[i] === 0) continue;
    const begin = writer.length;
    if (writeStack(writer, profile, profile.samples.stack[i], ids, style)) cutStacks++;
    writer.writeWord(threadIds[profile.samples.thread[i]]);
    if (memory.isKnown) writer.writeWord(memory.atSample(i));
    writer.repeatFrom(begin, counts[i] - 1);
  }
  writer.writeTime(MARKER.end, start + Math.round(measureDuration(profile) / 1000));
  const notes = describeLoss(profile, options.measure, style, memory);
  if (isRounded)
    notes.push(
      `Weights are rounded to ${formatQuantum(unit, quantum)}: all samples of the format weigh the same.`,
    );
  if (cutStacks > 0)
    notes.push(
      `${formatCounted(cutStacks, 'stack')} ${cutStacks === 1 ? 'is' : 'are'} deeper than the format allows: the outermost frames are left out.`,
    );
  return { bytes: writer.view(), notes };
}

/** How stacks are written. */
interface StackStyle {
  /** Pairs of a tag and an id, as PyPy does: for machine code made at run time. */
  readonly isTagged: boolean;
  /** Pairs of a line and an id. */
  readonly hasLines: boolean;
  readonly hasNative: boolean;
}

function chooseStyle({ frames, functions, processes, strings }: Profile): StackStyle {
  const jit = FRAME_TIERS.indexOf('jit');
  const isPyPy = processes.runtime.some((row) => row !== NONE && strings[row].startsWith('PyPy'));
  const isTagged = isPyPy || frames.tier.includes(jit);
  return {
    isTagged,
    hasLines: !isTagged && frames.line.some((line) => line > 0),
    hasNative: functions.kind.some(isNativeKind),
  };
}

/** Native code and the kernel: their ids are odd, which the original's tools know them by. */
function isNativeKind(kind: number): boolean {
  const name = FUNCTION_KINDS[kind];
  return name === 'native' || name === 'kernel';
}

function writeMeta(writer: RecordWriter, profile: Profile, weight: string): readonly number[] {
  const { facts, threads, strings, processes } = profile;
  const system = SYSTEMS.find(([pattern]) => pattern.test(facts.host ?? ''));
  if (system !== undefined) writer.writeMeta('os', system[1]);
  writer.writeMeta('bits', '64');
  if (facts.host !== undefined) writer.writeMeta(HOST_KEY, facts.host);
  const command = facts.command ?? (processes.length > 0 ? strings[processes.command[0]] : '');
  if (command !== '') writer.writeMeta('argv', command);
  if (facts.producer !== undefined) writer.writeMeta('producer', facts.producer);
  writer.writeMeta(WEIGHT_KEY, weight);
  const ids = assignThreadIds(profile);
  ids.forEach((id, row) => {
    const name = threads.name[row] === NONE ? undefined : strings[threads.name[row]];
    const key = threadKey(`0x${id.toString(16)}`);
    if (name !== undefined && name !== key) writer.writeMeta(key, name);
  });
  return ids;
}

/** What the original calls systems. */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/linux/i, 'linux'],
  [/darwin|mac/i, 'mac os x'],
  [/\bwin/i, 'win64'],
  [/freebsd/i, 'freebsd'],
];

/** Writes the names of all functions; the id of each, by its row. */
function writeNames(writer: RecordWriter, { functions, strings }: Profile): Float64Array {
  const ids = new Float64Array(functions.length);
  for (let row = 0; row < functions.length; row++) {
    // Multiples of eight, as code objects have; not one of the small numbers that mean something in stacks.
    ids[row] = (row + 2) * 8 + (isNativeKind(functions.kind[row]) ? 1 : 0);
    const name = functions.qualifiedName[row] === NONE ? functions.name[row] : functions.qualifiedName[row];
    const text = formatCodeName({
      name: strings[name],
      kind: FUNCTION_KINDS[functions.kind[row]] ?? 'other',
      ...(functions.firstLine[row] > 0 ? { firstLine: functions.firstLine[row] } : {}),
      ...(functions.file[row] === NONE ? {} : { file: strings[functions.file[row]] }),
    });
    writer.writeName(ids[row], text);
  }
  return ids;
}

/** Writes a stack, the innermost frame first; true when it had to be cut. */
function writeStack(
  writer: RecordWriter,
  profile: Profile,
  stack: number,
  ids: Float64Array,
  style: StackStyle,
): boolean {
  const { stacks, frames } = profile;
  const jit = FRAME_TIERS.indexOf('jit');
  const words: number[] = [];
  let assembler = -1;
  let row = stack;
  for (; row !== NONE && words.length < MAX_WRITTEN_ENTRIES - 4; row = stacks.parent[row]) {
    const frame = stacks.frame[row];
    const id = ids[frames.function[frame]];
    if (style.isTagged) {
      const isJit = frames.tier[frame] === jit;
      const address = isJit ? frames.address[frame] : NONE;
      if (address > 0 && address !== assembler) words.push(ENTRY.assembler, address);
      assembler = address;
      words.push(isJit ? ENTRY.jitted : id % 2 === 1 ? ENTRY.native : ENTRY.code, id);
    } else if (style.hasLines) words.push(Math.max(0, frames.line[frame]), id);
    else words.push(id);
  }
  writer.beginStack(words.length);
  for (const word of words) writer.writeWord(word);
  return row !== NONE;
}

function measureDuration({ facts, samples, timeUnit }: Profile): number {
  const last = samples.length === 0 ? 0 : samples.time[samples.length - 1] * timeUnit;
  return Math.min(Math.max(0, facts.duration ?? last), Number.MAX_SAFE_INTEGER / 2);
}

/** What is counted, in a word: the types of weights may have spaces. */
function nameWeight(profile: Profile, measure: Measure): string {
  const type = getWeightType(profile, measure) ?? 'samples';
  return type.replaceAll(/\s/g, '-').slice(0, 50) || 'weight';
}

function describeLoss(
  profile: Profile,
  measure: Measure,
  style: StackStyle,
  memory: ResidentMemory,
): string[] {
  const notes = describeLosses(
    profile,
    { ...PROF_CARRIED, lines: style.hasLines, memory: memory.isKnown },
    measure,
  );
  if (profile.processes.length > 1) {
    notes.push(
      `The ${formatCounted(profile.processes.length, 'process', 'processes')} become threads of one: the format knows one process.`,
    );
  }
  return notes;
}

function formatQuantum(unit: WeightUnit, quantum: number): string {
  if (unit === 'nanoseconds') return formatDuration(quantum);
  return unit === 'bytes' ? formatBytes(quantum) : formatCount(quantum);
}
