// Writes OTLP profiles: a resource for each process, and in it a profile for each weight, all with the same samples. Samples of one
// thread in one stack stand in one message, with their times.

import {
  NONE,
  type Profile,
  SAMPLE_STATES,
  STATE_HOLDS_GIL,
  STATE_MASK,
  type WeightColumn,
} from '../../profile/tables.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { type Carried, describeLosses, describeTierLoss } from '../losses.ts';
import { GIL_HELD } from '../protobuf/label-roles.ts';
import { describeRounded } from '../protobuf/notes.ts';
import { computeSampleSums, listSingleSamples, type SampleSums } from '../protobuf/sample-sums.ts';
import { describeValue, isSampleCount, type ValueType } from '../protobuf/weight-names.ts';
import { WireWriter } from '../protobuf/wire-writer.ts';
import { assignIds, type UniqueIds } from '../unique-ids.ts';
import { DictionaryWriter, writeAnyValue } from './otlp-dictionary.ts';
import {
  DATA,
  KEY_VALUE,
  PROFILE,
  RESOURCE,
  RESOURCE_PROFILES,
  SAMPLE,
  SCOPE,
  SCOPE_PROFILES,
  VALUE_TYPE,
} from './otlp-fields.ts';

/** The largest int64 that is a double. */
const MAX_VALUE = 2 ** 63 - 1024;

/** For describeLosses, and the page of formats. */
export const OTLP_CARRIED: Carried = { threads: true, times: true, lines: true, weights: true, states: true };

/** All weights are written; viewers show the first profile first, which is that of the measure. */
export function exportOtlp(profile: Profile, options: ExportOptions): ExportedProfile {
  const writer = new OtlpWriter(profile, options);
  const losses = describeLosses(profile, OTLP_CARRIED, options.measure);
  const bytes = writer.write();
  const notes = [
    ...losses,
    ...describeTierLoss(profile),
    ...writer.ids.notes,
    ...describeRounded(writer.roundedValues),
  ];
  return { bytes, notes };
}

/** A weight column of its samples, or the number of them. */
type Column = WeightColumn | 'samples';

class OtlpWriter {
  roundedValues = 0;
  readonly #profile: Profile;
  readonly #options: ExportOptions;
  readonly ids: UniqueIds;
  readonly #dictionary: DictionaryWriter;
  readonly #sums: SampleSums;
  /** Samples in the order of their rows in `#sums`; those of row i begin at `#starts[i]`. Empty without times. */
  readonly #order: Uint32Array;
  readonly #starts: Float64Array;
  readonly #hasTimes: boolean;
  /** Time 0, in nanoseconds since 1970. */
  readonly #start: bigint;
  readonly #message = new WireWriter();
  readonly #packed = new WireWriter();

  constructor(profile: Profile, options: ExportOptions) {
    this.#profile = profile;
    this.#options = options;
    this.ids = assignIds(profile);
    this.#dictionary = new DictionaryWriter(profile);
    this.#hasTimes = profile.samples.time.some((time) => time !== 0);
    // With times, messages hold a value for each sample. Without, they hold sums, unless samples are what counts.
    const isSummed = this.#hasTimes || options.measure !== 'samples';
    this.#sums = isSummed ? computeSampleSums(profile) : listSingleSamples(profile);
    this.#starts = computeStarts(this.#sums);
    this.#order = this.#hasTimes ? sortByRow(this.#sums, this.#starts) : new Uint32Array(0);
    // Microseconds are what a double holds of the time since 1970.
    this.#start = BigInt(Math.round((profile.facts.startedAt ?? 0) * 1e3)) * 1000n;
  }

  write(): Uint8Array {
    const { processes } = this.#profile;
    const rows = this.#groupByProcess();
    const out = new WireWriter();
    const columns = this.#listColumns();
    for (let process = 0; process < processes.length; process++) {
      if (rows[process].length === 0) continue;
      const scope = new WireWriter();
      const name = new WireWriter();
      name.writeText(SCOPE.name, 'vmprof');
      scope.writeMessage(SCOPE_PROFILES.scope, name);
      for (const column of columns) {
        scope.writeMessage(SCOPE_PROFILES.profiles, this.#encodeProfile(column, rows[process]));
      }
      const resource = new WireWriter();
      resource.writeMessage(RESOURCE_PROFILES.resource, this.#encodeResource(process));
      resource.writeMessage(RESOURCE_PROFILES.scopeProfiles, scope);
      out.writeMessage(DATA.resourceProfiles, resource);
    }
    out.writeMessage(DATA.dictionary, this.#dictionary.write());
    return out.toBytes();
  }

  /** The one of the measure in front. Without times, messages are sums, and say of how many samples. */
  #listColumns(): Column[] {
    const { weights } = this.#profile.samples;
    const { measure } = this.#options;
    const first = weights.find(({ type }) => measure === 'cpu' && type === 'cpu') ?? weights[0];
    const columns: Column[] = [first, ...weights.filter((column) => column !== first)];
    const isCounted = weights.some(isSampleCount);
    if (!this.#hasTimes && !isCounted) columns.push('samples');
    return columns;
  }

  /** Rows of the sums, for each process. */
  #groupByProcess(): number[][] {
    const { threads, samples, processes } = this.#profile;
    const groups = Array.from({ length: processes.length }, (): number[] => []);
    for (let row = 0; row < this.#sums.length; row++) {
      groups[threads.process[samples.thread[this.#sums.sample[row]]]].push(row);
    }
    return groups;
  }

  #encodeResource(process: number): WireWriter {
    const { processes, strings, facts } = this.#profile;
    const out = new WireWriter();
    const command = strings[processes.command[process]];
    const add = (key: string, value: string | number) => {
      const any = new WireWriter();
      writeAnyValue(any, value);
      const attribute = new WireWriter();
      attribute.writeText(KEY_VALUE.key, key);
      attribute.writeMessage(KEY_VALUE.value, any);
      out.writeMessage(RESOURCE.attributes, attribute);
    };
    if (command === '') add('service.name', this.#options.title);
    else add('process.command_line', command);
    if (this.ids.pid[process] !== 0) add('process.pid', this.ids.pid[process]);
    const runtime = processes.runtime[process] === NONE ? '' : strings[processes.runtime[process]];
    const gap = runtime.lastIndexOf(' ');
    if (runtime !== '') add('process.runtime.name', gap === -1 ? runtime : runtime.slice(0, gap));
    if (gap !== -1) add('process.runtime.version', runtime.slice(gap + 1));
    if (facts.host !== undefined) add('host.name', facts.host);
    return out;
  }

  #encodeProfile(column: Column, rows: readonly number[]): WireWriter {
    const { facts, samples, timeUnit } = this.#profile;
    const out = new WireWriter();
    const value = column === 'samples' ? { type: 'samples', unit: 'count' } : describeValue(column);
    this.#writeValueType(out, PROFILE.sampleType, value);
    for (const row of rows) {
      this.#encodeSample(column, row);
      out.writeMessage(PROFILE.samples, this.#message);
    }
    if (this.#start > 0n) out.writeFixed64(PROFILE.timeUnixNano, this.#start);
    const last = samples.length === 0 ? 0 : samples.time[samples.length - 1] * timeUnit;
    out.writeNumber(PROFILE.durationNano, Math.max(0, facts.duration ?? last));
    const rate = facts.askedRate ?? 0;
    const isTimed = rate > 0 && Number.isFinite(rate);
    this.#writeValueType(out, PROFILE.periodType, isTimed ? { type: 'cpu', unit: 'nanoseconds' } : value);
    if (isTimed) out.writeNumber(PROFILE.period, 1e9 / rate);
    return out;
  }

  /** Leaves it in `#message`. */
  #encodeSample(column: Column, row: number): void {
    const { samples, timeUnit } = this.#profile;
    const { sample, count, sums } = this.#sums;
    const message = this.#message;
    const packed = this.#packed;
    message.clear();
    message.writeNumber(SAMPLE.stack, this.#dictionary.stack(samples.stack[sample[row]]));
    message.writePacked(SAMPLE.attributes, this.#listAttributes(sample[row]), packed);
    packed.clear();
    if (!this.#hasTimes) {
      const sum =
        column === 'samples' ? count[row] : sums[samples.weights.indexOf(column)][row] * column.scale;
      packed.writeVarint(this.#toValue(sum));
      message.writeMessage(SAMPLE.values, packed);
      return;
    }
    const start = this.#starts[row];
    const end = start + count[row];
    // What rounding takes from a sample, the next one gets: equal fractions must not add up.
    let rest = 0;
    for (let i = start; i < end; i++) {
      const value = (column === 'samples' ? 1 : column.values[this.#order[i]] * column.scale) + rest;
      const whole = this.#toValue(value);
      rest = Math.abs(value - whole) < 1 ? value - whole : 0;
      packed.writeVarint(whole);
    }
    message.writeMessage(SAMPLE.values, packed);
    packed.clear();
    for (let i = start; i < end; i++) {
      packed.writeFixed64Item(this.#start + BigInt(Math.round(samples.time[this.#order[i]] * timeUnit)));
    }
    message.writeMessage(SAMPLE.timestamps, packed);
  }

  #listAttributes(sample: number): number[] {
    const { threads, samples, strings } = this.#profile;
    const thread = samples.thread[sample];
    const state = samples.state[sample];
    const rows: number[] = [];
    const name = threads.name[thread] === NONE ? '' : strings[threads.name[thread]];
    const tid = this.ids.tid[thread];
    if (tid !== 0) rows.push(this.#dictionary.attribute('thread.id', tid));
    if (name !== '') rows.push(this.#dictionary.attribute('thread.name', name));
    const known = state & STATE_MASK;
    if (known !== 0 && known < SAMPLE_STATES.length) {
      rows.push(this.#dictionary.attribute('thread.state', SAMPLE_STATES[known]));
    }
    if ((state & STATE_HOLDS_GIL) !== 0) rows.push(this.#dictionary.attribute('gil', GIL_HELD));
    return rows;
  }

  #toValue(value: number): number {
    const whole = Math.round(Math.max(-MAX_VALUE, Math.min(MAX_VALUE, value)));
    if (whole !== value) this.roundedValues++;
    return Number.isNaN(whole) ? 0 : whole;
  }

  #writeValueType(out: WireWriter, field: number, { type, unit }: ValueType): void {
    const message = this.#message;
    message.clear();
    message.writeNumber(VALUE_TYPE.type, this.#dictionary.text(type));
    message.writeNumber(VALUE_TYPE.unit, this.#dictionary.text(unit));
    out.writeMessage(field, message);
  }
}

function computeStarts(sums: SampleSums): Float64Array {
  const starts = new Float64Array(sums.length);
  for (let row = 1; row < sums.length; row++) starts[row] = starts[row - 1] + sums.count[row - 1];
  return starts;
}

/** The samples of each row in order of time. */
function sortByRow(sums: SampleSums, starts: Float64Array): Uint32Array {
  const next = starts.slice();
  const order = new Uint32Array(sums.rowOf.length);
  for (let sample = 0; sample < order.length; sample++) order[next[sums.rowOf[sample]]++] = sample;
  return order;
}
