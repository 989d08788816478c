import { formatCounted } from '../../base/quantities.ts';
import { computeWeights } from '../../profile/measure.ts';
import { FUNCTION_KINDS, NONE, type Profile } from '../../profile/tables.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { computeFunctionLabels } from '../function-labels.ts';
import { type Carried, describeLosses } from '../losses.ts';
import { TextWriter } from '../text-writer.ts';
import { assignIds, type UniqueIds } from '../unique-ids.ts';
import { buildV8CallNodes, type V8CallNodes } from '../v8/v8-call-nodes.ts';
import { NO_STACK_CATEGORY, NO_STACK_NAME, OWN_CATEGORY } from './trace-event-table.ts';

/** Times are kept as long as each sample lasts until the next one of its thread. */
export const TRACE_EVENTS_CARRIED: Carried = { threads: true, times: true, lines: false, memory: true };

/**
 * Functions begin and end, which every reader of traces knows: a sample lasts as long as it weighs, from when it was taken on,
 * or from the end of the one before if that is later.
 */
export function exportTraceEvents(profile: Profile, options: ExportOptions): ExportedProfile {
  const { unit, values } = computeWeights(profile, options.measure);
  const writer = new TextWriter();
  const ids = assignIds(profile, true);
  writer.write('{"traceEvents":[\n');
  writer.write([...encodeNames(profile, ids), ...encodeCounters(profile, ids)].join(',\n'));
  const nodes = buildV8CallNodes(profile);
  const events = new EventWriter(writer, nodes, encodeFunctions(profile));
  // Counts and bytes are written as if they were microseconds.
  const factor = unit === 'nanoseconds' ? 1 : 1000;
  let latest = 0;
  let negative = 0;
  let fractions = 0;
  groupByThread(profile).forEach((rows, thread) => {
    events.startThread(`"pid":${ids.pid[profile.threads.process[thread]]},"tid":${ids.tid[thread]}`);
    for (const row of rows) {
      const taken = profile.samples.time[row] * profile.timeUnit;
      if (values[row] < 0) negative++;
      else if (!Number.isInteger(values[row] * factor)) fractions++;
      const stack = profile.samples.stack[row];
      const late = events.addSample(
        stack === NONE ? NONE : nodes.ofStack[stack],
        taken,
        values[row] * factor,
      );
      latest = Math.max(latest, late);
    }
    events.endThread();
  });
  writer.write('\n],"displayTimeUnit":"ms"}\n');
  const carried = { ...TRACE_EVENTS_CARRIED, times: latest <= profile.timeUnit * 2 };
  const notes = describeLosses(profile, carried, options.measure);
  if (unit !== 'nanoseconds')
    notes.unshift(`The microseconds of the file are ${unit === 'bytes' ? unit : 'samples'}.`);
  notes.push(...ids.notes);
  if (fractions > 0) {
    notes.push(
      `${formatCounted(fractions, 'sample is', 'samples are')} no whole nanoseconds in the file, which readers round them to.`,
    );
  }
  if (negative > 0)
    notes.push(
      `${formatCounted(negative, 'sample with a negative weight was', 'samples with a negative weight were')} left out.`,
    );
  return { bytes: writer.toBytes(), notes };
}

function encodeNames({ processes, threads, strings }: Profile, ids: UniqueIds): string[] {
  const names: string[] = [];
  for (let row = 0; row < processes.length; row++) {
    const name = strings[processes.command[row]];
    if (name !== '')
      names.push(
        JSON.stringify({ ph: 'M', name: 'process_name', pid: ids.pid[row], tid: 0, args: { name } }),
      );
  }
  for (let row = 0; row < threads.length; row++) {
    if (threads.name[row] === NONE) continue;
    const [pid, tid] = [ids.pid[threads.process[row]], ids.tid[row]];
    names.push(
      JSON.stringify({ ph: 'M', name: 'thread_name', pid, tid, args: { name: strings[threads.name[row]] } }),
    );
  }
  // There is always a first event, so that all others have a comma before them.
  return names.length > 0
    ? names
    : [JSON.stringify({ ph: 'M', name: 'process_name', pid: 0, tid: 0, args: { name: '' } })];
}

function encodeCounters({ counters, strings, timeUnit }: Profile, ids: UniqueIds): string[] {
  return Array.from({ length: counters.length }, (_, row) => {
    const name = strings[counters.name[row]];
    const [pid, ts] = [ids.pid[counters.process[row]], (counters.time[row] * timeUnit) / 1000];
    return JSON.stringify({ ph: 'C', name, pid, tid: 0, ts, args: { value: counters.value[row] } });
  });
}

/** What begins and ends each function: all that does not change from event to event. */
interface EncodedFunction {
  readonly begin: string;
  readonly end: string;
}

function encodeFunctions(profile: Profile): EncodedFunction[] {
  return computeFunctionLabels(profile).map(({ name, file, firstLine }, row) => {
    const args = { file, line: firstLine, kind: FUNCTION_KINDS[profile.functions.kind[row]] };
    // Readers that know events by name and arguments, as speedscope does, look for both at the end, too.
    const what = `"cat":"${OWN_CATEGORY}","name":${JSON.stringify(name)},"args":${JSON.stringify(args)}`;
    return { begin: `,\n{"ph":"B",${what}`, end: `,\n{"ph":"E",${what}` };
  });
}

function groupByThread({ samples, threads }: Profile): number[][] {
  const groups: number[][] = Array.from({ length: threads.length }, () => []);
  for (let row = 0; row < samples.length; row++) groups[samples.thread[row]].push(row);
  return groups;
}

const NO_STACK_EVENT: EncodedFunction = {
  begin: `,\n{"ph":"B","cat":"${NO_STACK_CATEGORY}","name":"${NO_STACK_NAME}"`,
  end: `,\n{"ph":"E","cat":"${NO_STACK_CATEGORY}","name":"${NO_STACK_NAME}"`,
};
/** Instead of a node: nothing is open. */
const NOTHING = -2;

/** Writes what changes from sample to sample. */
class EventWriter {
  readonly #writer: TextWriter;
  readonly #nodes: V8CallNodes;
  readonly #functions: readonly EncodedFunction[];
  readonly #depth: Int32Array;
  #place = '';
  /** Row of the node that is open; NONE: the time without a stack; NOTHING. */
  #open = NOTHING;
  /** Nanoseconds: the end of the last sample. */
  #at = 0;

  constructor(writer: TextWriter, nodes: V8CallNodes, functions: readonly EncodedFunction[]) {
    this.#writer = writer;
    this.#nodes = nodes;
    this.#functions = functions;
    this.#depth = new Int32Array(nodes.length);
    for (let row = 0; row < nodes.length; row++) {
      this.#depth[row] = nodes.parent[row] === NONE ? 1 : this.#depth[nodes.parent[row]] + 1;
    }
  }

  startThread(place: string): void {
    this.#place = place;
    this.#at = 0;
  }

  /** Gives how much later than it was taken the sample begins, in nanoseconds. */
  addSample(node: number, taken: number, weight: number): number {
    if (!(weight > 0)) return 0;
    if (taken > this.#at) {
      this.#change(NOTHING);
      this.#at = taken;
    }
    const late = this.#at - taken;
    if (node !== this.#open) this.#change(node);
    this.#at += weight;
    return late;
  }

  endThread(): void {
    this.#change(NOTHING);
  }

  /** Ends what is not open any more, the innermost first, and begins what is. */
  #change(node: number): void {
    const { parent } = this.#nodes;
    const time = `,${this.#place},"ts":${this.#at / 1000}}`;
    if (this.#open === NONE) this.#writer.write(NO_STACK_EVENT.end + time);
    let old = Math.max(NONE, this.#open);
    let next = Math.max(NONE, node);
    const begun: number[] = [];
    while (old !== next) {
      if (old !== NONE && (next === NONE || this.#depth[old] >= this.#depth[next])) {
        this.#writer.write(this.#functions[this.#nodes.function[old]].end + time);
        old = parent[old];
      } else {
        begun.push(next);
        next = parent[next];
      }
    }
    for (let i = begun.length - 1; i >= 0; i--) {
      this.#writer.write(this.#functions[this.#nodes.function[begun[i]]].begin + time);
    }
    if (node === NONE) this.#writer.write(NO_STACK_EVENT.begin + time);
    this.#open = node;
  }
}
