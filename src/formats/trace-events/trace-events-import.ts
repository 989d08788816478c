import { ProfilerError } from '../../base/errors.ts';
import { formatCounted } from '../../base/quantities.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { ProcessIndex, ThreadIndex } from '../../profile/tables.ts';
import { describeCounted } from '../counted-notes.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { JsonReader } from '../json/json-reader.ts';
import { JsonCutError } from '../json/json-source.ts';
import { chooseTimeUnit, withTimeUnit } from '../time-unit.ts';
import { addV8Samples, ELAPSED } from '../v8/v8-profile.ts';
import { V8Timeline } from '../v8/v8-timeline.ts';
import { type ReadTrace, type SampledThread, TRACE_TITLE, TraceReader } from './trace-event-collector.ts';
import { addIntervals, type IntervalRepairs, type TraceClock, toNanoseconds } from './trace-intervals.ts';

/**
 * What the file says best: CPU profiles where it has some, else samples with stack frames, else the functions that begin
 * and end. Counting more than one of them would count time twice.
 */
export function importTraceEvents(input: Input): ImportedProfile {
  const builder = new ProfileBuilder({ weights: [ELAPSED] });
  const { timeUnit, notes } = addTrace(builder, input);
  // What was read is let go before the profile is made.
  return { profile: withTimeUnit(builder.build(), timeUnit), notes };
}

function addTrace(builder: ProfileBuilder, input: Input): { timeUnit: number; notes: readonly string[] } {
  const reader = new TraceReader(builder);
  const notes = readFile(input, reader);
  const trace = reader.finish();
  const sampled = trace.cpuProfiles.length > 0 ? trace.cpuProfiles : trace.sampledThreads;
  if (sampled.length > 0 && trace.events.length > 0) {
    notes.push(
      `${formatCounted(trace.events.length, 'event that is no sample was', 'events that are no samples were')} left out.`,
    );
  }
  if (trace.others > 0)
    notes.push(
      `${formatCounted(trace.others, 'event of another kind (instant, flow, asynchronous one …) was', 'events of other kinds (instants, flows, asynchronous ones …) were')} left out.`,
    );
  const timeUnit =
    sampled.length > 0 ? addSampled(builder, trace, sampled, notes) : addEvents(builder, trace, notes);
  return { timeUnit, notes };
}

/** Reads as far as the file goes: lists of events are written while a program runs, and often never closed. */
function readFile(input: Input, reader: TraceReader): string[] {
  const json = new JsonReader(input.blocks(), TRACE_TITLE);
  try {
    reader.readFile(json);
  } catch (error) {
    if (!(error instanceof JsonCutError) || reader.isEmpty) throw error;
    return [`The file ends in the middle, at byte ${error.facts.offset}: what stands before was read.`];
  }
  if (reader.isEmpty) {
    throw new ProfilerError('not-a-recording', `The file is no valid ${TRACE_TITLE}: it holds no events.`);
  }
  return [];
}

function addSampled(
  builder: ProfileBuilder,
  trace: ReadTrace,
  sampled: readonly SampledThread[],
  notes: string[],
): number {
  const all = sampled.map((own) => ({ ...own, timeline: new V8Timeline(own.samples) }));
  let origin = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { samples, timeline } of all) {
    if (timeline.length === 0) continue;
    origin = Math.min(origin, samples.startTime + timeline.first, samples.startTime);
    end = Math.max(end, samples.startTime + timeline.end);
  }
  const clock = makeClock(origin, end);
  const threads = addThreads(builder, trace, new Set(sampled.map(({ thread }) => thread)));
  for (const { thread, nodes, samples, timeline } of all) {
    const place = { origin: samples.startTime - clock.origin, timeUnit: clock.timeUnit, title: TRACE_TITLE };
    const repairs = addV8Samples(builder, threads[thread], { nodes, samples, timeline, ...place });
    notes.push(...timeline.notes, ...repairs);
  }
  return finish(builder, trace, clock);
}

function addEvents(builder: ProfileBuilder, trace: ReadTrace, notes: string[]): number {
  const { events } = trace;
  let origin = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < events.length; row++) {
    origin = Math.min(origin, events.time.values[row]);
    end = Math.max(end, events.time.values[row] + events.duration.values[row]);
  }
  const clock = makeClock(origin, end);
  const rowsOf = groupByThread(trace);
  const used = new Set(rowsOf.flatMap((rows, thread) => (rows.length > 0 ? [thread] : [])));
  const threads = addThreads(builder, trace, used);
  // Each event ends one sample at the most, and complete ones end another: what is not filled takes no memory.
  builder.samples.reserve(events.length * 2);
  const repairs: IntervalRepairs = { unclosed: 0, unopened: 0, misplaced: 0, empty: 0 };
  rowsOf.forEach((rows, thread) => {
    if (rows.length > 0) addIntervals(builder, threads[thread], { events, rows, clock }, repairs);
  });
  notes.push(...describeRepairs(repairs));
  return finish(builder, trace, clock);
}

/** What does not depend on how the file tells its samples. Gives the unit of times. */
function finish(builder: ProfileBuilder, trace: ReadTrace, clock: TraceClock): number {
  addCounters(builder, trace, clock);
  builder.mergeFacts({ mode: 'imported', ...(clock.end > 0 ? { duration: clock.end } : {}) });
  return clock.timeUnit;
}

function makeClock(origin: number, end: number): TraceClock {
  if (origin > end) return { origin: 0, timeUnit: 1, end: 0 };
  const length = toNanoseconds({ origin, timeUnit: 1, end: 0 }, end);
  if (!Number.isFinite(length)) {
    throw new ProfilerError(
      'not-a-recording',
      `The file is no valid ${TRACE_TITLE}: its length cannot be told.`,
    );
  }
  return { origin, timeUnit: chooseTimeUnit(length), end: length };
}

function describeRepairs(repairs: IntervalRepairs): string[] {
  return describeCounted([
    [
      repairs.unclosed,
      'function never ends: it was',
      'functions never end: they were',
      'taken to last until the end',
    ],
    [
      repairs.unopened,
      'end of a function that had not begun was',
      'ends of functions that had not begun were',
      'left out',
    ],
    [
      repairs.misplaced,
      'function ends before one that it called: it',
      'functions end before one that they called: each',
      'was ended where the file says so',
    ],
    [repairs.empty, 'event without a length was', 'events without a length were', 'left out'],
  ]);
}

/** Rows of the events of each thread, in the order of the file. */
function groupByThread({ events, threads }: ReadTrace): Uint32Array[] {
  const counts = new Uint32Array(threads.length);
  for (let row = 0; row < events.length; row++) counts[events.thread(row)]++;
  const groups = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let row = 0; row < events.length; row++) {
    const thread = events.thread(row);
    groups[thread][counts[thread]++] = row;
  }
  return groups;
}

/** Adds the threads with samples, and their processes; gives their rows by their place in the trace. */
function addThreads(builder: ProfileBuilder, trace: ReadTrace, used: ReadonlySet<number>): ThreadIndex[] {
  const processes = new Map<string, ProcessIndex>();
  const rows: ThreadIndex[] = [];
  trace.threads.forEach(({ pid, tid }, thread) => {
    if (!used.has(thread)) return;
    let process = processes.get(pid);
    if (process === undefined) {
      process = builder.addProcess({ pid: toId(pid), command: trace.processNames.get(pid) ?? '', start: 0 });
      processes.set(pid, process);
    }
    const name = trace.threadNames.get(`${pid}\n${tid}`);
    rows[thread] = builder.addThread({
      process,
      tid: toId(tid),
      start: 0,
      ...(name === undefined ? {} : { name }),
    });
  });
  trace.processRows = processes;
  return rows;
}

function addCounters(builder: ProfileBuilder, { counters, processRows }: ReadTrace, clock: TraceClock): void {
  for (const { pid, name, time, value } of counters) {
    const process = processRows.get(pid) ?? processRows.values().next().value;
    if (process === undefined) return;
    const at = Math.max(0, Math.round(toNanoseconds(clock, time) / clock.timeUnit));
    if (Number.isFinite(at)) builder.addCounter(process, name, at, value);
  }
}

function toId(text: string): number {
  const id = Number(text);
  return Number.isInteger(id) && id >= 0 && id < 2 ** 31 ? id : 0;
}
