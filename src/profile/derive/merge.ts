// Several recordings as one: of the programs of a cluster, or of one program again and again. Processes stay apart, code
// (strings, functions, frames, stacks) that is the same becomes the same rows.

import { ProfileBuilder, type WeightSpec } from '../builder/profile-builder.ts';
import { MAX_TIME } from '../builder/sample-table-builder.ts';
import { NONE, type Profile, type StackIndex, type ThreadIndex, type WeightColumn } from '../tables.ts';
import { mergeFacts } from './merge-facts.ts';

/**
 * The processes of several profiles as those of one, on one time axis.
 *
 * When all profiles know the wall clock of their beginning, time 0 is that of the earliest; else all begin at 0. Weights
 * that only some of the profiles have are 0 in the samples of the others.
 */
export function mergeProfiles(profiles: readonly Profile[]): Profile {
  if (profiles.length === 1) return profiles[0];
  const offsets = computeOffsets(profiles);
  const weights = mergeWeightSpecs(profiles);
  const builder = new ProfileBuilder({
    timeUnit: chooseTimeUnit(profiles, offsets),
    ...(weights.length === 0 ? {} : { weights }),
  });
  profiles.forEach((profile, i) => {
    addProfile(builder, profile, offsets[i]);
    for (const [file, text] of profile.sources ?? []) builder.addSource(file, text);
  });
  builder.mergeFacts(mergeFacts(profiles.map((profile) => profile.facts)));
  return builder.build();
}

/** Nanoseconds from time 0 of the merged profile to that of each profile. */
function computeOffsets(profiles: readonly Profile[]): number[] {
  const starts = profiles.map((profile) => profile.facts.startedAt);
  if (!starts.every((start) => start !== undefined)) return profiles.map(() => 0);
  const earliest = Math.min(...starts);
  return starts.map((start) => Math.round((start - earliest) * 1e6));
}

/** The finest one that is in use; a coarser one when the time column could not hold the last sample otherwise. */
function chooseTimeUnit(profiles: readonly Profile[], offsets: readonly number[]): number {
  let finest = Number.POSITIVE_INFINITY;
  let end = 0;
  profiles.forEach(({ timeUnit, samples }, i) => {
    finest = Math.min(finest, timeUnit);
    if (samples.length > 0) end = Math.max(end, samples.time[samples.length - 1] * timeUnit + offsets[i]);
  });
  if (!Number.isFinite(finest)) return 1;
  return Math.max(finest, Math.ceil(end / MAX_TIME));
}

/** Every weight that a profile has, in the order they are met. Integers stay integers where they can. */
function mergeWeightSpecs(profiles: readonly Profile[]): WeightSpec[] {
  const columns = new Map<string, WeightColumn[]>();
  for (const column of profiles.flatMap((profile) => profile.samples.weights)) {
    const key = weightKey(column);
    columns.set(key, [...(columns.get(key) ?? []), column]);
  }
  return [...columns.values()].map((same) => {
    const { type, unit } = same[0];
    const scale = Math.min(...same.map((column) => column.scale));
    const fits = same.every(
      ({ scale: own, values }) =>
        !(values instanceof Float64Array) &&
        Number.isInteger(own / scale) &&
        (own === scale || values.every((value) => value * (own / scale) <= 0xffff_ffff)),
    );
    return fits ? { type, unit, scale, storage: 'uint32' } : { type, unit, scale: 1, storage: 'float64' };
  });
}

function weightKey({ type, unit }: { type: string; unit: string }): string {
  return `${unit} ${type}`;
}

function addProfile(builder: ProfileBuilder, profile: Profile, offset: number): void {
  const stackRows = addStacks(builder, profile);
  const toTime = (time: number) => (time * profile.timeUnit + offset) / builder.timeUnit;
  const { processRows, threadRows } = addThreads(builder, profile, toTime);

  const { samples, counters, strings } = profile;
  const specs = builder.samples.specs;
  const columns = specs.map((spec) =>
    samples.weights.find((column) => weightKey(column) === weightKey(spec)),
  );
  const values = specs.map(() => 0);
  for (let row = 0; row < samples.length; row++) {
    for (let i = 0; i < specs.length; i++) {
      const column = columns[i];
      if (column !== undefined) values[i] = column.values[row] * (column.scale / specs[i].scale);
    }
    const stack = samples.stack[row] === NONE ? NONE : stackRows[samples.stack[row]];
    builder.addSampleWeights(
      Math.round(toTime(samples.time[row])),
      threadRows[samples.thread[row]] as ThreadIndex,
      stack as StackIndex | -1,
      samples.state[row],
      values,
    );
  }
  for (let row = 0; row < counters.length; row++) {
    const name = builder.internString(strings[counters.name[row]]);
    const process = processRows[counters.process[row]];
    builder.counters.append(process, name, toTime(counters.time[row]), counters.value[row]);
  }
}

/** Adds the code of a profile and gives the new row of each of its stacks. */
function addStacks(builder: ProfileBuilder, profile: Profile): Int32Array {
  const { functions, mappings, frames, stacks } = profile;
  const stringRows = Int32Array.from(profile.strings, (text) => builder.internString(text));
  const functionRows = mapRows(functions.length, (row) =>
    builder.functions.intern({
      name: stringRows[functions.name[row]],
      qualifiedName: optional(stringRows, functions.qualifiedName[row]),
      systemName: optional(stringRows, functions.systemName[row]),
      file: optional(stringRows, functions.file[row]),
      firstLine: functions.firstLine[row],
      kind: functions.kind[row],
    }),
  );
  const mappingRows = mapRows(mappings.length, (row) =>
    builder.mappings.intern({
      file: stringRows[mappings.file[row]],
      buildId: optional(stringRows, mappings.buildId[row]),
      start: mappings.start[row],
      end: mappings.end[row],
      offset: mappings.offset[row],
    }),
  );
  const frameRows = mapRows(frames.length, (row) =>
    builder.frames.intern({
      function: functionRows[frames.function[row]],
      line: frames.line[row],
      column: frames.column[row],
      address: frames.address[row],
      mapping: optional(mappingRows, frames.mapping[row]),
      inlineDepth: frames.inlineDepth[row],
      tier: frames.tier[row],
    }),
  );
  const stackRows = new Int32Array(stacks.length);
  for (let row = 0; row < stacks.length; row++) {
    stackRows[row] = builder.stacks.intern(
      optional(stackRows, stacks.parent[row]),
      frameRows[stacks.frame[row]],
    );
  }
  return stackRows;
}

/** Adds processes and threads, never merging them, and gives their new rows. */
function addThreads(
  builder: ProfileBuilder,
  profile: Profile,
  toTime: (time: number) => number,
): { processRows: Int32Array; threadRows: Int32Array } {
  const { processes, threads } = profile;
  const texts = (row: number) => (row === NONE ? NONE : builder.internString(profile.strings[row]));
  const toEnd = (end: number) => (end === NONE ? NONE : toTime(end));
  const processRows = new Int32Array(processes.length);
  for (let row = 0; row < processes.length; row++) {
    processRows[row] = builder.processes.append({
      pid: processes.pid[row],
      parent: optional(processRows, processes.parent[row]),
      command: texts(processes.command[row]),
      runtime: texts(processes.runtime[row]),
      start: toTime(processes.start[row]),
    });
    builder.processes.end[processRows[row]] = toEnd(processes.end[row]);
  }
  const threadRows = mapRows(threads.length, (row) => {
    const merged = builder.threads.append({
      process: processRows[threads.process[row]],
      tid: threads.tid[row],
      name: texts(threads.name[row]),
      start: toTime(threads.start[row]),
    });
    builder.threads.end[merged] = toEnd(threads.end[row]);
    return merged;
  });
  return { processRows, threadRows };
}

function mapRows(length: number, addRow: (row: number) => number): Int32Array {
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) rows[row] = addRow(row);
  return rows;
}

function optional(rows: Int32Array, row: number): number {
  return row === NONE ? NONE : rows[row];
}
