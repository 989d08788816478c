// Samples of pprof files, one message each: places in code, values, and labels.

import type { MalformedError } from '../../base/malformed.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { NONE } from '../../profile/tables.ts';
import { type LocationFrames, UNKNOWN_NAME } from '../protobuf/code-tables.ts';
import { FieldReader, WIRE_LENGTH } from '../protobuf/field-reader.ts';
import { getLabelRole, type LabelRole } from '../protobuf/label-roles.ts';
import { LabelValues } from '../protobuf/label-values.ts';
import { StackPath } from '../protobuf/stack-path.ts';
import { ThreadInterner } from '../protobuf/thread-names.ts';
import { WallClock } from '../protobuf/wall-clock.ts';
import { LABEL, SAMPLE } from './pprof-fields.ts';
import type { PprofTables } from './pprof-tables.ts';

/** Reads samples into the builder, and counts what could not be read. */
export class SampleReader {
  /** Damaged messages, and what was wrong with the first one. */
  damaged = 0;
  firstDamage = '';
  /** Samples whose number of values is not that of the sample types. */
  uneven = 0;
  /** Samples with a location that the file does not hold. */
  unknownLocations = 0;
  readonly #builder: ProfileBuilder;
  readonly #tables: PprofTables;
  readonly #stack: StackPath;
  readonly #code: LocationFrames;
  readonly #unknownLocation: number;
  readonly #threads: ThreadInterner;
  readonly #values: number[];
  readonly #packed = new FieldReader();
  /** By row of the key: what a label tells. */
  readonly #roles = new Map<number, LabelRole | undefined>();
  readonly #otherLabels = new Set<string>();
  /** What the labels of the current sample tell. */
  readonly #labels = new LabelValues();
  readonly #clock: WallClock;

  constructor(builder: ProfileBuilder, tables: PprofTables, code: LocationFrames) {
    this.#builder = builder;
    this.#tables = tables;
    this.#unknownLocation = code.start.length - 1;
    this.#code = addLocation(code);
    this.#stack = new StackPath(builder, this.#code, { areDistinct: false });
    this.#clock = new WallClock(builder.timeUnit, tables.timeLow, tables.timeHigh);
    this.#threads = new ThreadInterner(builder);
    this.#values = tables.sampleTypes.map(() => 0);
    // The columns get their size at once. Samples without a byte for each value will be left out.
    builder.samples.reserve(
      Math.min(tables.sampleCount, Math.floor(tables.sampleBytes / (tables.sampleTypes.length + 1))),
    );
  }

  /** Reads one sample. Throws MalformedError when it is damaged; it is left out then. */
  read(message: FieldReader): void {
    const values = this.#values;
    const labels = this.#labels;
    labels.clear();
    this.#stack.begin(message.end - message.position);
    let count = 0;
    let hasUnknown = false;
    while (message.next()) {
      switch (message.field) {
        case SAMPLE.locationId: {
          const packed = message.wire === WIRE_LENGTH ? this.#packed.enter(message) : undefined;
          if (packed === undefined) hasUnknown = this.#pushLocation(message.low, message.high) || hasUnknown;
          else {
            while (packed.hasMore) {
              packed.readVarint();
              hasUnknown = this.#pushLocation(packed.low, packed.high) || hasUnknown;
            }
          }
          break;
        }
        case SAMPLE.value: {
          const packed = message.wire === WIRE_LENGTH ? this.#packed.enter(message) : undefined;
          if (packed === undefined) {
            if (count < values.length) values[count] = message.signed;
            count++;
          } else {
            for (; packed.hasMore; count++) {
              packed.readVarint();
              if (count < values.length) values[count] = packed.signed;
            }
          }
          break;
        }
        case SAMPLE.label:
          if (message.wire === WIRE_LENGTH) this.#readLabel(this.#packed.enter(message));
          break;
      }
    }
    if (count !== values.length) {
      this.uneven++;
      return;
    }
    if (hasUnknown) this.unknownLocations++;
    this.#builder.addSampleWeights(
      this.#clock.toTime(labels.timeLow, labels.timeHigh),
      this.#threads.intern(labels),
      this.#stack.finish(),
      labels.state,
      values,
    );
  }

  noteDamage(error: MalformedError): void {
    if (this.damaged++ === 0) this.firstDamage = error.message;
  }

  /** Keys of labels that have no place in a profile. */
  get otherLabels(): readonly string[] {
    return [...this.#otherLabels];
  }

  /** True when the file does not hold the location. */
  #pushLocation(low: number, high: number): boolean {
    const row = this.#tables.locations.ids.find(low, high);
    if (row !== -1) {
      this.#stack.push(row);
      return false;
    }
    const { start, frames } = this.#code;
    const unknown = start[this.#unknownLocation];
    if (frames[unknown] === NONE) {
      const builder = this.#builder;
      frames[unknown] = builder.internFrame({
        function: builder.internFunction({ name: UNKNOWN_NAME, kind: 'other' }),
      });
    }
    this.#stack.push(this.#unknownLocation);
    return true;
  }

  #readLabel(message: FieldReader): void {
    let key = 0;
    let str = 0;
    let low = 0;
    let high = 0;
    while (message.next()) {
      if (message.field === LABEL.key) key = message.row;
      else if (message.field === LABEL.str) str = message.row;
      else if (message.field === LABEL.num) {
        low = message.low;
        high = message.high;
      }
    }
    const role = this.#findRole(key);
    if (role === undefined) return;
    this.#labels.set(role, low, high, str > 0 ? (this.#tables.strings[str] ?? '') : '');
  }

  #findRole(key: number): LabelRole | undefined {
    if (this.#roles.has(key)) return this.#roles.get(key);
    const text = this.#tables.strings[key] ?? '';
    const role = getLabelRole(text);
    this.#roles.set(key, role);
    if (role === undefined && text !== '') this.#otherLabels.add(text.slice(0, 40));
    return role;
  }
}

/** One location more, for ids that the file does not hold. Its frame is made when it is needed. */
function addLocation(code: LocationFrames): LocationFrames {
  const last = code.start.length - 1;
  const start = new Int32Array(last + 2);
  start.set(code.start);
  start[last + 1] = start[last] + 1;
  const frames = new Int32Array(code.frames.length + 1).fill(NONE);
  frames.set(code.frames);
  return { start, frames };
}
