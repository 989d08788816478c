// Writes pprof files as profilers do: samples of one thread in one stack are added up, code is written as far as samples use
// it, threads and their states are labels. https://github.com/google/pprof/blob/main/proto/README.md

import {
  NONE,
  type Profile,
  SAMPLE_STATES,
  STATE_HOLDS_GIL,
  STATE_MASK,
  type WeightColumn,
} from '../../profile/tables.ts';
import type { ExportedProfile, ExportOptions } from '../format.ts';
import { computeFunctionLabels, type FunctionLabel } from '../function-labels.ts';
import { type Carried, describeLosses, describeTierLoss } from '../losses.ts';
import { GIL_HELD, LABEL_KEYS } from '../protobuf/label-roles.ts';
import { LocationRows } from '../protobuf/location-rows.ts';
import { describeRounded } from '../protobuf/notes.ts';
import { computeSampleSums, listSingleSamples, type SampleSums } from '../protobuf/sample-sums.ts';
import { TextTable } from '../protobuf/text-table.ts';
import { describeValue, isSampleCount, type ValueType } from '../protobuf/weight-names.ts';
import { WireWriter } from '../protobuf/wire-writer.ts';
import { assignIds, type UniqueIds } from '../unique-ids.ts';
import { FUNCTION, LABEL, LINE, LOCATION, MAPPING, PROFILE, SAMPLE, VALUE_TYPE } from './pprof-fields.ts';

/** The largest int64 that is a double. */
const MAX_VALUE = 2 ** 63 - 1024;

/** For describeLosses, and the page of formats. */
export const PPROF_CARRIED: Carried = {
  threads: true,
  times: false,
  lines: true,
  weights: true,
  states: true,
};

/**
 * All weights are written; the one of the measure is what viewers show first. Where samples are what counts, each is written on its
 * own: elsewhere those of one thread, stack and state are added up.
 */
export function exportPprof(profile: Profile, options: ExportOptions): ExportedProfile {
  const writer = new PprofWriter(profile);
  const losses = describeLosses(profile, PPROF_CARRIED, options.measure);
  const bytes = writer.write(options);
  const notes = [
    ...losses,
    ...describeTierLoss(profile),
    ...writer.ids.notes,
    ...describeRounded(writer.roundedValues),
  ];
  return { bytes, notes };
}

class PprofWriter {
  roundedValues = 0;
  readonly #profile: Profile;
  readonly #texts = new TextTable();
  readonly #out = new WireWriter();
  // Messages are written here before their length is known.
  readonly #message = new WireWriter();
  readonly #inner = new WireWriter();
  readonly #packed = new WireWriter();
  readonly #labels: readonly FunctionLabel[];
  readonly ids: UniqueIds;
  readonly #locations: LocationRows;
  /** By row: id in the file, 0 until it is used. Ids are given in the order of first use. */
  readonly #locationIds: Int32Array;
  readonly #usedLocations: number[] = [];
  readonly #functionIds: Int32Array;
  readonly #usedFunctions: number[] = [];

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#labels = computeFunctionLabels(profile);
    this.ids = assignIds(profile);
    this.#locations = new LocationRows(profile);
    this.#locationIds = new Int32Array(this.#locations.length);
    this.#functionIds = new Int32Array(profile.functions.length);
  }

  write(options: ExportOptions): Uint8Array {
    const { weights } = this.#profile.samples;
    const shown = weights.find(({ type }) => type === 'cpu' && options.measure === 'cpu') ?? weights[0];
    const isCounted = weights.some(isSampleCount);
    if (!isCounted) this.#writeValueType(PROFILE.sampleType, { type: 'samples', unit: 'count' });
    for (const column of weights) this.#writeValueType(PROFILE.sampleType, describeValue(column));
    const isSummed = options.measure !== 'samples';
    this.#writeSamples(
      isSummed ? computeSampleSums(this.#profile) : listSingleSamples(this.#profile),
      !isCounted,
    );
    this.#writeMappings();
    // Locations name functions, and both name texts: each list is complete when the one before is written.
    for (let i = 0; i < this.#usedLocations.length; i++) this.#writeLocation(this.#usedLocations[i], i + 1);
    for (let i = 0; i < this.#usedFunctions.length; i++) this.#writeFunction(this.#usedFunctions[i], i + 1);
    this.#writeFacts(options.measure === 'samples' ? 'samples' : describeValue(shown).type);
    for (const text of this.#texts.texts) this.#out.writeText(PROFILE.stringTable, text);
    return this.#out.toBytes();
  }

  #writeSamples(sums: SampleSums, withCount: boolean): void {
    const { samples } = this.#profile;
    const values = samples.weights.map(() => 0);
    const message = this.#message;
    const packed = this.#packed;
    for (let row = 0; row < sums.length; row++) {
      const sample = sums.sample[row];
      message.clear();
      packed.clear();
      this.#locations.visit(samples.stack[sample], (location) => {
        packed.writeVarint(this.#useLocation(location));
      });
      if (packed.length > 0) message.writeMessage(SAMPLE.locationId, packed);
      packed.clear();
      if (withCount) packed.writeVarint(sums.count[row]);
      for (let column = 0; column < values.length; column++) {
        packed.writeVarint(this.#toValue(samples.weights[column], sums.sums[column][row]));
      }
      message.writeMessage(SAMPLE.value, packed);
      this.#writeLabels(samples.thread[sample], samples.state[sample]);
      this.#out.writeMessage(PROFILE.sample, message);
    }
  }

  #toValue(column: WeightColumn, sum: number): number {
    const value = sum * column.scale;
    const whole = Math.round(Math.max(-MAX_VALUE, Math.min(MAX_VALUE, value)));
    if (whole !== value) this.roundedValues++;
    return Number.isNaN(whole) ? 0 : whole;
  }

  #writeLabels(thread: number, state: number): void {
    const { threads, processes, strings } = this.#profile;
    const { pid, tid } = this.ids;
    const process = threads.process[thread];
    const command = strings[processes.command[process]];
    const name = threads.name[thread] === NONE ? '' : strings[threads.name[thread]];
    if (pid[process] !== 0) this.#writeLabel(LABEL_KEYS.pid, pid[process]);
    if (command !== '') this.#writeLabel(LABEL_KEYS.command, command);
    if (tid[thread] !== 0) this.#writeLabel(LABEL_KEYS.tid, tid[thread]);
    if (name !== '') this.#writeLabel(LABEL_KEYS.thread, name);
    const known = state & STATE_MASK;
    if (known !== 0 && known < SAMPLE_STATES.length) this.#writeLabel(LABEL_KEYS.state, SAMPLE_STATES[known]);
    if ((state & STATE_HOLDS_GIL) !== 0) this.#writeLabel(LABEL_KEYS.gil, GIL_HELD);
  }

  #writeLabel(key: string, value: string | number): void {
    const inner = this.#inner;
    inner.clear();
    inner.writeNumber(LABEL.key, this.#texts.row(key));
    if (typeof value === 'number') inner.writeNumber(LABEL.num, value);
    else inner.writeNumber(LABEL.str, this.#texts.row(value));
    this.#message.writeMessage(SAMPLE.label, inner);
  }

  #useLocation(row: number): number {
    if (this.#locationIds[row] === 0) this.#locationIds[row] = this.#usedLocations.push(row);
    return this.#locationIds[row];
  }

  #useFunction(row: number): number {
    if (this.#functionIds[row] === 0) this.#functionIds[row] = this.#usedFunctions.push(row);
    return this.#functionIds[row];
  }

  #writeMappings(): void {
    const { mappings, strings } = this.#profile;
    const message = this.#message;
    for (let row = 0; row < mappings.length; row++) {
      message.clear();
      message.writeNumber(MAPPING.id, row + 1);
      message.writeNumber(MAPPING.memoryStart, toAddress(mappings.start[row]));
      message.writeNumber(MAPPING.memoryLimit, toAddress(mappings.end[row]));
      message.writeNumber(MAPPING.fileOffset, toAddress(mappings.offset[row]));
      message.writeNumber(MAPPING.filename, this.#texts.row(strings[mappings.file[row]]));
      const buildId = mappings.buildId[row];
      if (buildId !== NONE) message.writeNumber(MAPPING.buildId, this.#texts.row(strings[buildId]));
      // Names are resolved as far as they can be: pprof should not look for the files and try again.
      message.writeNumber(MAPPING.hasFunctions, 1);
      message.writeNumber(MAPPING.hasFilenames, 1);
      message.writeNumber(MAPPING.hasLineNumbers, 1);
      message.writeNumber(MAPPING.hasInlineFrames, 1);
      this.#out.writeMessage(PROFILE.mapping, message);
    }
  }

  #writeLocation(row: number, id: number): void {
    const { frames } = this.#profile;
    const { parent, frame } = this.#locations;
    const message = this.#message;
    const inner = this.#inner;
    message.clear();
    message.writeNumber(LOCATION.id, id);
    message.writeNumber(LOCATION.mappingId, frames.mapping[frame[row]] + 1);
    message.writeNumber(LOCATION.address, toAddress(frames.address[frame[row]]));
    for (let part = row; part !== NONE; part = parent[part]) {
      const { function: functions, line, column } = frames;
      inner.clear();
      inner.writeNumber(LINE.functionId, this.#useFunction(functions[frame[part]]));
      if (line[frame[part]] !== NONE) inner.writeNumber(LINE.line, line[frame[part]]);
      if (column[frame[part]] !== NONE) inner.writeNumber(LINE.column, column[frame[part]]);
      message.writeMessage(LOCATION.line, inner);
    }
    this.#out.writeMessage(PROFILE.location, message);
  }

  #writeFunction(row: number, id: number): void {
    const { functions, strings } = this.#profile;
    const { name, file, firstLine } = this.#labels[row];
    const systemName = functions.systemName[row] === NONE ? name : strings[functions.systemName[row]];
    const message = this.#message;
    message.clear();
    message.writeNumber(FUNCTION.id, id);
    message.writeNumber(FUNCTION.name, this.#texts.row(name));
    message.writeNumber(FUNCTION.systemName, this.#texts.row(systemName));
    message.writeNumber(FUNCTION.filename, this.#texts.row(file));
    message.writeNumber(FUNCTION.startLine, firstLine ?? 0);
    this.#out.writeMessage(PROFILE.function, message);
  }

  #writeFacts(shownType: string): void {
    const { facts, timeUnit, samples } = this.#profile;
    const out = this.#out;
    // Microseconds are what a double holds of the time since 1970.
    if (facts.startedAt !== undefined) {
      out.writeBigNumber(PROFILE.timeNanos, BigInt(Math.round(facts.startedAt * 1e3)) * 1000n);
    }
    const last = samples.length === 0 ? 0 : samples.time[samples.length - 1] * timeUnit;
    out.writeNumber(PROFILE.durationNanos, Math.max(0, facts.duration ?? last));
    const rate = facts.askedRate ?? 0;
    const isTimed = rate > 0 && Number.isFinite(rate);
    this.#writeValueType(
      PROFILE.periodType,
      isTimed ? { type: 'cpu', unit: 'nanoseconds' } : describeValue(samples.weights[0]),
    );
    if (isTimed) out.writeNumber(PROFILE.period, 1e9 / rate);
    const comments = [facts.producer, facts.host, facts.command, facts.notes?.comment];
    const rows = comments
      .filter((text) => text !== undefined && text !== '')
      .map((text) => this.#texts.row(text));
    out.writePacked(PROFILE.comment, rows, this.#packed);
    out.writeNumber(PROFILE.defaultSampleType, this.#texts.row(shownType));
  }

  #writeValueType(field: number, { type, unit }: ValueType): void {
    const message = this.#message;
    message.clear();
    message.writeNumber(VALUE_TYPE.type, this.#texts.row(type));
    message.writeNumber(VALUE_TYPE.unit, this.#texts.row(unit));
    this.#out.writeMessage(field, message);
  }
}

/** NONE and what is no address become 0, which pprof takes for unknown. */
function toAddress(value: number): number {
  return value > 0 && Number.isFinite(value) ? value : 0;
}
