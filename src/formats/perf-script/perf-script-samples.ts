import { formatCounted } from '../../base/quantities.ts';
import { stableOrder } from '../../base/stable-order.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { reorderSamples } from '../../profile/builder/sample-table-builder.ts';
import type { Profile, StackIndex, ThreadIndex, WeightColumn } from '../../profile/tables.ts';
import type { PerfHeader } from './perf-script-header.ts';

/** Each event is a column of weights; trace points can be hundreds, and those behind the most frequent ones share a column. */
export const MAX_EVENTS = 16;

/** Gathers samples as they come: their order, their clock and their events are known only at the end of the file. */
export class PerfSamples {
  /** Weights: the period, and the row of #events. */
  readonly builder = new ProfileBuilder({
    timeUnit: 1000,
    weights: [
      { type: 'period', unit: 'count', scale: 1, storage: 'float64' },
      { type: 'event', unit: 'count', scale: 1, storage: 'uint32' },
    ],
  });
  readonly #threads = new Map<string, { row: ThreadIndex; comm: string }>();
  readonly #processes = new Map<number, ReturnType<ProfileBuilder['addProcess']>>();
  readonly #events = new Map<string, { row: number; samples: number; hasPeriod: boolean }>();
  #times = new Float64Array(1024);
  #hasCpus = false;
  #hasTimes = true;
  #hasProcesses = true;
  #header: PerfHeader | undefined;

  start(header: PerfHeader): void {
    this.#header = header;
  }

  /** Adds the sample that was started last. */
  finish(stack: StackIndex | -1): void {
    const header = this.#header;
    if (header === undefined) return;
    const thread = this.#findThread(header);
    let event = this.#events.get(header.event);
    if (event === undefined) {
      event = { row: this.#events.size, samples: 0, hasPeriod: false };
      this.#events.set(header.event, event);
    }
    event.samples++;
    if (header.period !== undefined) event.hasPeriod = true;
    const row = this.builder.sampleCount;
    if (row === this.#times.length) this.#times = resizeColumn(this.#times, grownCapacity(row));
    this.#times[row] = header.time ?? 0;
    this.#hasTimes &&= header.time !== undefined;
    this.#hasCpus ||= header.hasCpu;
    this.#hasProcesses &&= header.pid !== undefined;
    this.builder.addSample(0, thread, stack, 0, header.period ?? 1, event.row);
  }

  get count(): number {
    return this.builder.sampleCount;
  }

  describeGaps(): string[] {
    const notes: string[] = [];
    if (this.#hasCpus) notes.push('Left out: the CPU that each sample was taken on.');
    if (!this.#hasTimes) notes.push('The file tells no times: samples keep their order only.');
    if (!this.#hasProcesses)
      notes.push('The file tells threads, but not their processes: they stand in one.');
    const silent = [...this.#events].filter(([, event]) => !event.hasPeriod).map(([name]) => name);
    if (silent.length > 0 && silent.length < this.#events.size)
      notes.push(`Events without a period count their samples: ${silent.slice(0, 5).join(', ')}.`);
    if (this.#events.size > MAX_EVENTS)
      notes.push(
        `${formatCounted(this.#events.size, 'event')} are more than ${MAX_EVENTS}: the rarest ones count as "other events".`,
      );
    return notes;
  }

  build(): Profile {
    const profile = this.builder.build();
    const times = this.#times.subarray(0, profile.samples.length);
    const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
    const last = times.reduce((most, time) => Math.max(most, time), 0);
    let timeUnit = 1000;
    while ((last - first) / timeUnit > 0xffff_fff0) timeUnit *= 10;
    const time = new Uint32Array(times.length);
    let isSorted = true;
    for (let row = 0; row < time.length; row++) {
      time[row] = Math.round((times[row] - first) / timeUnit);
      if (row > 0 && time[row] < time[row - 1]) isSorted = false;
    }
    const samples = { ...profile.samples, time };
    const sorted = isSorted ? samples : reorderSamples(samples, stableOrder(time));
    return {
      ...profile,
      timeUnit,
      samples: { ...sorted, weights: this.#splitByEvent(sorted.weights) },
      facts: { ...profile.facts, mode: 'imported', producer: 'perf', duration: last - first },
    };
  }

  #findThread(header: PerfHeader): ThreadIndex {
    const pid = header.pid ?? -1;
    const key = `${pid}/${header.tid}`;
    const known = this.#threads.get(key);
    if (known === undefined) {
      let process = this.#processes.get(pid);
      if (process === undefined) {
        process = this.builder.addProcess({ pid: Math.max(0, pid), command: header.comm, start: 0 });
        this.#processes.set(pid, process);
      }
      const row = this.builder.addThread({ process, tid: header.tid, name: header.comm, start: 0 });
      this.#threads.set(key, { row, comm: header.comm });
      return row;
    }
    if (known.comm !== header.comm) {
      // It has executed another program, or named itself.
      known.comm = header.comm;
      this.builder.updateThread(known.row, { name: header.comm });
      const process = this.#processes.get(pid);
      if (pid === header.tid && process !== undefined)
        this.builder.updateProcess(process, { command: header.comm });
    }
    return known.row;
  }

  /** The most frequent event first: views show the first weight. */
  #splitByEvent([periods, eventRows]: readonly WeightColumn[]): WeightColumn[] {
    const events = [...this.#events].sort(([, a], [, b]) => b.samples - a.samples || a.row - b.row);
    const columnOf = new Uint32Array(events.length);
    const columns = events.slice(0, MAX_EVENTS + 1).map(([name, event], column): WeightColumn => {
      const isRest = column === MAX_EVENTS && events.length > MAX_EVENTS;
      // Clocks count nanoseconds that a CPU was used.
      const isClock = /^(?:cpu|task)-clock(?::|$)/.test(name) && event.hasPeriod && !isRest;
      const counts = !event.hasPeriod && events.length === 1;
      const type = isRest ? 'other events' : counts ? 'samples' : name;
      const values = events.length === 1 ? periods.values : new Float64Array(periods.values.length);
      return { type, unit: isClock ? 'nanoseconds' : 'count', scale: 1, values };
    });
    if (events.length === 1) return columns;
    events.forEach(([, event], position) => {
      columnOf[event.row] = Math.min(position, MAX_EVENTS);
    });
    for (let row = 0; row < periods.values.length; row++) {
      columns[columnOf[eventRows.values[row]]].values[row] = periods.values[row];
    }
    return columns;
  }
}
