import { formatCounted } from '../../base/quantities.ts';
import { StackTableBuilder } from '../../profile/builder/stack-table-builder.ts';
import { computeWeights } from '../../profile/measure.ts';
import { NONE, type Profile, SAMPLE_STATES, STATE_MASK } from '../../profile/tables.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { computeFunctionLabels } from '../function-labels.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { TextWriter } from '../text-writer.ts';
import { buildV8CallNodes, ROOT_CALL_FRAME, ScriptIds, type V8CallNodes } from './v8-call-nodes.ts';
import { IDLE } from './v8-functions.ts';

export const CPUPROFILE_CARRIED: Carried = { threads: false, times: true, lines: true };

/**
 * The format holds one thread, and samples that each last until the next one: threads stand one after the other, and
 * each sample lasts as long as it weighs.
 */
export function exportCpuProfile(profile: Profile, options: ExportOptions): ExportedProfile {
  const { unit, values } = computeWeights(profile, options.measure);
  const nodes = buildV8CallNodes(profile);
  const order = orderByThread(profile);
  const writer = new TextWriter();
  const ticks = countTicks(profile, nodes);
  writer.write('{"nodes":[\n');
  writeNodes(writer, profile, nodes, ticks);
  writer.write('\n],\n"startTime":0,"endTime":');
  // Counts and bytes are written as if they were microseconds.
  const scale = unit === 'nanoseconds' ? 1000 : 1;
  let sum = 0;
  let negative = 0;
  for (const weight of values) {
    if (weight < 0) negative++;
    else sum += weight / scale;
  }
  writer.write(`${sum},\n"samples":[`);
  order.forEach((row, i) => {
    const id = profile.samples.stack[row] === NONE ? 1 : nodes.ofStack[profile.samples.stack[row]] + 2;
    writer.write(i === 0 ? `${id}` : `,${id}`);
  });
  writer.write('],\n"timeDeltas":[');
  order.forEach((_, i) => {
    writer.write(i === 0 ? '0' : `,${Math.max(0, values[order[i - 1]]) / scale}`);
  });
  writer.write(']}\n');
  const notes = describeCpuProfileLosses(profile, options, { order, values });
  if (unit !== 'nanoseconds')
    notes.unshift(`The microseconds of the file are ${unit === 'bytes' ? unit : 'samples'}.`);
  if (negative > 0)
    notes.push(
      `${formatCounted(negative, 'sample with a negative weight became a sample', 'samples with a negative weight became samples')} of no length.`,
    );
  return { bytes: writer.toBytes(), notes };
}

function describeCpuProfileLosses(
  profile: Profile,
  { measure }: ExportOptions,
  { order, values }: { order: Uint32Array; values: Float64Array },
): string[] {
  const keepsStates = isIdleKnownByName(profile);
  const stateless = { ...profile, samples: { ...profile.samples, state: new Uint8Array(0) } };
  const carried = { ...CPUPROFILE_CARRIED, times: areTimesWeights(profile, order, values) };
  const notes = describeLosses(keepsStates ? stateless : profile, carried, measure);
  if (hasLinesOfCallers(profile)) notes.push('Lines are those of the innermost function only.');
  return notes;
}

/** Whether the format says of every sample what its state says: not running, that is, idle. */
function isIdleKnownByName(profile: Profile): boolean {
  const { samples, stacks, frames, functions, strings } = profile;
  const idle = Uint8Array.from(stacks.frame, (frame, row) =>
    stacks.parent[row] === NONE && strings[functions.name[frames.function[frame]]] === IDLE ? 1 : 0,
  );
  return samples.state.every((state, row) => {
    const isIdle = samples.stack[row] !== NONE && idle[samples.stack[row]] === 1;
    const name = SAMPLE_STATES[state & STATE_MASK];
    return state === 0 || (state <= STATE_MASK && name === (isIdle ? 'waiting' : 'running'));
  });
}

/** Whether samples follow each other so closely that their weights say when they were taken. */
function areTimesWeights(profile: Profile, order: Uint32Array, values: Float64Array): boolean {
  const { samples, timeUnit } = profile;
  if (order.some((row) => samples.thread[row] !== samples.thread[order[0]])) return false;
  let at = 0;
  return order.every((row, i) => {
    if (i > 0) at += values[order[i - 1]];
    return Math.abs(at - (samples.time[row] - samples.time[order[0]]) * timeUnit) <= timeUnit;
  });
}

function hasLinesOfCallers({ stacks, frames }: Profile): boolean {
  return stacks.parent.some((parent) => parent !== NONE && frames.line[stacks.frame[parent]] !== NONE);
}

/** Rows of the samples, thread by thread. */
function orderByThread({ samples, threads }: Profile): Uint32Array {
  const next = new Uint32Array(threads.length + 1);
  for (const thread of samples.thread) next[thread + 1]++;
  for (let thread = 1; thread < next.length; thread++) next[thread] += next[thread - 1];
  const order = new Uint32Array(samples.length);
  for (let row = 0; row < samples.length; row++) order[next[samples.thread[row]]++] = row;
  return order;
}

interface Ticks {
  readonly hits: Uint32Array;
  /** For each node, its first row in the columns below; NONE when it has none. */
  readonly first: Int32Array;
  readonly line: Int32Array;
  readonly count: Float64Array;
  /** The node's next row; NONE behind the last one. */
  readonly next: Int32Array;
}

/** How many samples ended in each node, and in which of its lines. */
function countTicks({ samples, stacks, frames }: Profile, nodes: V8CallNodes): Ticks {
  const hits = new Uint32Array(nodes.length);
  const places = new StackTableBuilder();
  const counts = new Map<number, number>();
  for (const stack of samples.stack) {
    if (stack === NONE) continue;
    const node = nodes.ofStack[stack];
    hits[node]++;
    const line = frames.line[stacks.frame[stack]];
    if (line === NONE) continue;
    const place = places.intern(node, line);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const { length, parent, frame } = places.build();
  const first = new Int32Array(nodes.length).fill(NONE);
  const next = new Int32Array(length).fill(NONE);
  for (let place = length - 1; place >= 0; place--) {
    next[place] = first[parent[place]];
    first[parent[place]] = place;
  }
  return {
    hits,
    first,
    line: frame,
    count: Float64Array.from({ length }, (_, i) => counts.get(i) ?? 0),
    next,
  };
}

/** The id of the root is 1, and that of a row is the row + 2. */
function writeNodes(writer: TextWriter, profile: Profile, nodes: V8CallNodes, ticks: Ticks): void {
  const labels = computeFunctionLabels(profile);
  const scripts = new ScriptIds();
  const rootHits = profile.samples.stack.reduce((hits, stack) => (stack === NONE ? hits + 1 : hits), 0);
  writer.write(`{"id":1,"callFrame":${ROOT_CALL_FRAME},"hitCount":${rootHits}`);
  writeChildren(writer, nodes, NONE);
  writer.write('}');
  for (let row = 0; row < nodes.length; row++) {
    const func = nodes.function[row];
    const kind = profile.functions.kind[func];
    const frame = scripts.encodeCallFrame(labels[func], kind, nodes.parent[row] === NONE);
    writer.write(`,\n{"id":${row + 2},"callFrame":${frame},"hitCount":${ticks.hits[row]}`);
    writeChildren(writer, nodes, row);
    writeTicks(writer, ticks, row);
    writer.write('}');
  }
}

function writeChildren(writer: TextWriter, nodes: V8CallNodes, row: number): void {
  const start = nodes.firstChild[row + 1];
  const end = nodes.firstChild[row + 2];
  if (start === end) return;
  for (let i = start; i < end; i++) {
    writer.write(`${i === start ? ',"children":[' : ','}${nodes.child[i] + 2}`);
  }
  writer.write(']');
}

function writeTicks(writer: TextWriter, ticks: Ticks, row: number): void {
  if (ticks.first[row] === NONE) return;
  let separator = ',"positionTicks":[';
  for (let tick = ticks.first[row]; tick !== NONE; tick = ticks.next[tick]) {
    writer.write(`${separator}{"line":${ticks.line[tick]},"ticks":${ticks.count[tick]}}`);
    separator = ',';
  }
  writer.write(']');
}
