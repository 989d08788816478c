// Reads OTLP profiles in three walks: names and code (otlp-tables.ts), stacks, samples. A message of any size passes through a
// window; what is held are the tables of the profile, the strings, and a row number for each stack.

import { ProfilerError } from '../../base/errors.ts';
import { MalformedError } from '../../base/malformed.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { type FunctionKind, NONE, type Profile, type RecordingFacts } from '../../profile/tables.ts';
import { describeCounted } from '../counted-notes.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import {
  type BuiltFrames,
  buildLocationFrames,
  type LocationFrames,
  noteMissing,
} from '../protobuf/code-tables.ts';
import { FieldReader, WIRE_LENGTH } from '../protobuf/field-reader.ts';
import { formatKeys } from '../protobuf/label-roles.ts';
import { assertRoom } from '../protobuf/limits.ts';
import type { MessageStream } from '../protobuf/message-stream.ts';
import { noteReplacedTexts } from '../protobuf/notes.ts';
import { StackPath } from '../protobuf/stack-path.ts';
import { chooseTimeUnit, subtractTimes } from '../protobuf/wall-clock.ts';
import {
  computeRate,
  describeWeights,
  isSampleCount,
  orderWeights,
  type ValueType,
} from '../protobuf/weight-names.ts';
import { DICTIONARY, PROFILE, STACK } from './otlp-fields.ts';
import { OtlpSampleReader } from './otlp-samples.ts';
import { type OtlpTables, type ProfileHead, readOtlpTables } from './otlp-tables.ts';
import { walkFields, walkOtlp } from './otlp-walk.ts';

/** Kinds of values in one file: each is a column of all samples. */
export const MAX_VALUE_TYPES = 32;

/**
 * Each kind of value becomes a weight; profiles of one group that hold the same samples, each with another kind of value, become
 * one. Throws `not-a-recording` for other versions of the format, and when there is nothing but damage.
 */
export function importOtlp(input: Input): ImportedProfile {
  const tables = readOtlpTables(input);
  const { strings, profiles } = tables;
  if (profiles.length === 0 || strings.length === 0) {
    const reason = tables.cut === undefined ? '' : `: ${tables.cut}`;
    throw new ProfilerError(
      'not-a-recording',
      profiles.length === 0
        ? `The file holds no OTLP profile${reason}.`
        : `The file holds OTLP profiles without the dictionary of their names${reason}.`,
    );
  }
  const { types, columnOf } = listValueTypes(tables);
  const start = findStart(profiles);
  const builder = new ProfileBuilder({
    timeUnit: chooseTimeUnit(findLength(profiles, start)),
    weights: describeWeights(types),
  });
  builder.mergeFacts(describeFacts(tables, start));
  const code = buildCode(builder, tables);
  const { stacks, unknownLocations } = readStacks(input, builder, tables, code);
  const samples = new OtlpSampleReader(builder, tables, { stacks, columnOf, start });
  readSamples(input, tables, samples);
  samples.finish();
  return {
    profile: finishProfile(builder, samples.areSummed),
    notes: describeDamage(tables, samples, unknownLocations, code),
  };
}

/** The distinct kinds of values, in the order of the file, and for each profile the column of its own. */
function listValueTypes({ profiles, strings }: OtlpTables): { types: ValueType[]; columnOf: Int32Array } {
  const types: ValueType[] = [];
  const columns = new Map<string, number>();
  const columnOf = Int32Array.from(profiles, (head) => {
    const key = `${head.type} ${head.unit}`;
    const known = columns.get(key);
    if (known !== undefined) return known;
    assertRoom(types.length, MAX_VALUE_TYPES, 'kinds of values');
    columns.set(key, types.length);
    return types.push({ type: strings[head.type] ?? '', unit: strings[head.unit] ?? '' }) - 1;
  });
  return { types, columnOf };
}

/** The earliest beginning of a profile: lower and upper 32 bits of nanoseconds since 1970; 0 where none is known. */
export interface Start {
  readonly low: number;
  readonly high: number;
}

function findStart(profiles: readonly ProfileHead[]): Start {
  let low = 0;
  let high = 0;
  for (const { timeLow, timeHigh } of profiles) {
    if (timeLow === 0 && timeHigh === 0) continue;
    if ((low === 0 && high === 0) || subtractTimes(timeLow, timeHigh, low, high) < 0) {
      low = timeLow;
      high = timeHigh;
    }
  }
  return { low, high };
}

/** Nanoseconds from the start to the end of the last profile; 0 where unknown. */
function findLength(profiles: readonly ProfileHead[], start: Start): number {
  let length = 0;
  for (const { timeLow, timeHigh, duration } of profiles) {
    const begins =
      timeLow === 0 && timeHigh === 0 ? 0 : subtractTimes(timeLow, timeHigh, start.low, start.high);
    length = Math.max(length, begins + duration);
  }
  return length;
}

function describeFacts(tables: OtlpTables, start: Start): RecordingFacts {
  const { profiles, strings, resources, resourceAttributes } = tables;
  const startedAt = Math.round((start.high * 2 ** 32 + (start.low >>> 0)) / 1e6);
  const duration = findLength(profiles, start);
  const [{ period, periodUnit }] = profiles;
  const rate = computeRate(period, strings[periodUnit] ?? '');
  const first = resources.length === 0 ? [] : [...resources.get(0)];
  const hostRow = first.find((row) => resourceAttributes.key(row, strings) === 'host.name');
  const host = hostRow === undefined ? '' : resourceAttributes.text(hostRow, strings);
  return {
    mode: 'imported',
    ...(startedAt > 0 ? { startedAt } : {}),
    ...(duration > 0 ? { duration } : {}),
    ...(rate > 0 ? { askedRate: rate } : {}),
    ...(host === '' ? {} : { host }),
  };
}

function buildCode(builder: ProfileBuilder, tables: OtlpTables): BuiltFrames {
  const { strings, mappings, functions, attributes } = tables;
  const text = (row: number) => strings[row] || undefined;
  const mappingRows = Array.from({ length: mappings.length }, (_, row) => {
    const buildId = findAttribute(
      tables,
      tables.mappingAttributes.get(row),
      /^process\.executable\.build_id\./,
    );
    return mappings.intern(builder, row, text(mappings.file[row]), buildId);
  });
  const kinds = new Map<number, FunctionKind | undefined>();
  const kindOf = (row: number) => {
    if (!kinds.has(row)) {
      const isKind = row < attributes.length && attributes.key(row, strings) === 'profile.frame.type';
      kinds.set(row, isKind ? FRAME_KINDS[attributes.text(row, strings)] : undefined);
    }
    return kinds.get(row);
  };
  return buildLocationFrames(builder, functions, tables.locations, {
    hasNullLocation: true,
    textCount: strings.length,
    text,
    // Row 0 stands for no function, and for no mapping.
    functionRow: (low, high) => (high === 0 && low > 0 && low < functions.length ? low : -1),
    mapping: (low, high) => (high === 0 && low > 0 ? mappingRows[low] : undefined),
    kind: (location) => {
      for (const row of tables.locationAttributes.get(location)) {
        const kind = kindOf(row);
        if (kind !== undefined) return kind;
      }
      return undefined;
    },
  });
}

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/profile/ */
const FRAME_KINDS: Readonly<Record<string, FunctionKind | undefined>> = {
  cpython: 'python',
  native: 'native',
  go: 'native',
  rust: 'native',
  kernel: 'kernel',
  v8js: 'javascript',
};

function findAttribute(
  { attributes, strings }: OtlpTables,
  rows: Int32Array,
  key: RegExp,
): string | undefined {
  for (const row of rows) {
    if (row > 0 && row < attributes.length && key.test(attributes.key(row, strings))) {
      return attributes.text(row, strings) || undefined;
    }
  }
  return undefined;
}

/** The stack of each row of the dictionary's table. A damaged one counts as none. */
function readStacks(
  input: Input,
  builder: ProfileBuilder,
  tables: OtlpTables,
  code: LocationFrames,
): { stacks: Int32Array; unknownLocations: number } {
  const stacks = new Int32Array(tables.stackCount).fill(NONE);
  const path = new StackPath(builder, code, { areDistinct: true });
  const locationCount = tables.locations.length;
  const packed = new FieldReader();
  let count = 0;
  let unknownLocations = 0;
  const push = (row: number) => {
    if (row >= 0 && row < locationCount) path.push(row);
    else unknownLocations++;
  };
  const readStack = (message: FieldReader) => {
    path.begin(message.end - message.position);
    while (message.next()) {
      if (message.field !== STACK.locations) continue;
      if (message.wire !== WIRE_LENGTH) {
        push(message.row);
        continue;
      }
      packed.enter(message);
      while (packed.hasMore) {
        packed.readVarint();
        push(packed.row);
      }
    }
    return path.finish();
  };
  walkOtlp(input, {
    dictionary: (stream, end) =>
      walkFields(stream, end, () => {
        if (stream.field !== DICTIONARY.stack || count === stacks.length) return stream.skip();
        const row = count++;
        try {
          stacks[row] = readStack(stream.readMessage());
        } catch (error) {
          toDamage(stream, error);
        }
      }),
    beginResource: () => {},
    resource: (stream) => stream.skip(),
    beginScope: () => {},
    profile: (stream) => stream.skip(),
  });
  return { stacks, unknownLocations };
}

function readSamples(input: Input, tables: OtlpTables, samples: OtlpSampleReader): void {
  let profile = -1;
  walkOtlp(input, {
    dictionary: (stream) => stream.skip(),
    beginResource: () => {},
    resource: (stream) => stream.skip(),
    beginScope: () => {},
    profile: (stream, end) => {
      // Behind damage that ended the first walk there may be more profiles; nothing is known of them.
      if (++profile === tables.profiles.length) throw new MalformedError('the first walk ended here');
      samples.beginProfile(profile);
      walkFields(stream, end, () => {
        if (stream.field !== PROFILE.samples) return stream.skip();
        try {
          samples.read(stream.readMessage());
        } catch (error) {
          samples.noteDamage(toDamage(stream, error));
        }
      });
    },
  });
}

/** What is wrong with a message, where the next one can be read all the same; throws the error again where not. */
function toDamage(stream: MessageStream, error: unknown): MalformedError {
  if (!(error instanceof MalformedError) || stream.isCut) throw error;
  return error;
}

/** Of several profiles the first is the one to be shown. */
function finishProfile(builder: ProfileBuilder, areSummed: boolean): Profile {
  const profile = builder.build();
  const { weights: columns } = profile.samples;
  const counts = columns.find(isSampleCount);
  const areSingle = !areSummed || (counts?.values.every((count) => count === 1) ?? false);
  const weights = orderWeights(columns, { preferred: columns[0].type, areSingle });
  return { ...profile, samples: { ...profile.samples, weights } };
}

function describeDamage(
  tables: OtlpTables,
  samples: OtlpSampleReader,
  unknownLocations: number,
  code: BuiltFrames,
): string[] {
  const notes: string[] = [];
  if (tables.cut !== undefined) {
    notes.push(`The file is cut or damaged: ${tables.cut}. All that stands before is shown.`);
  }
  notes.push(
    ...describeCounted([
      [
        samples.damaged,
        'sample is damaged and was left out;',
        'samples are damaged and were left out; of the first one',
        samples.firstDamage,
      ],
      [
        samples.uneven,
        'sample does not have a value for each of its times, and was',
        'samples do not have a value for each of their times, and were',
        'left out',
      ],
      [
        samples.unknownStacks,
        'sample names a stack that the file does not hold; it has',
        'samples name stacks that the file does not hold; they have',
        'none now',
      ],
      [
        unknownLocations,
        'frame of a stack is not described in the file, and was',
        'frames of stacks are not described in the file, and were',
        'left out',
      ],
      ...noteMissing(code),
      noteReplacedTexts(tables.replacedTexts),
    ]),
  );
  const { otherAttributes } = samples;
  if (otherAttributes.length > 0)
    notes.push(`Left out: attributes of samples (${formatKeys(otherAttributes)}).`);
  return notes;
}
