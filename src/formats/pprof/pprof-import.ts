// Reads pprof files in two walks: names and code first (pprof-tables.ts), then the samples. A file of any size passes through a
// window; the tables of the profile, and the strings, are all that is held.

import { ProfilerError } from '../../base/errors.ts';
import { MalformedError } from '../../base/malformed.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { Profile, RecordingFacts } from '../../profile/tables.ts';
import { describeCounted } from '../counted-notes.ts';
import type { ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import {
  type BuiltFrames,
  buildLocationFrames,
  type FunctionList,
  noteMissing,
} from '../protobuf/code-tables.ts';
import { WIRE_LENGTH } from '../protobuf/field-reader.ts';
import { formatKeys } from '../protobuf/label-roles.ts';
import { noteReplacedTexts } from '../protobuf/notes.ts';
import { chooseTimeUnit } from '../protobuf/wall-clock.ts';
import { computeRate, describeWeights, isSampleCount, orderWeights } from '../protobuf/weight-names.ts';
import { PROFILE } from './pprof-fields.ts';
import { SampleReader } from './pprof-samples.ts';
import { type PprofTables, readPprofTables, walkProfile } from './pprof-tables.ts';

/**
 * Every kind of value becomes a weight, in front the one that views begin with. Values beyond 2^53 lose their lowest bits.
 * Throws `not-a-recording` when there are no kinds of values, or nothing but damage.
 */
export function importPprof(input: Input): ImportedProfile {
  const tables = readPprofTables(input);
  const text = (row: number) => tables.strings[row] || undefined;
  const { sampleTypes } = tables;
  if (sampleTypes.length === 0 || (tables.cut !== undefined && text(sampleTypes[0].type) === undefined)) {
    throw new ProfilerError(
      'not-a-recording',
      tables.cut === undefined
        ? 'The file is no pprof profile: it does not say what its samples count.'
        : `The file is a pprof profile without its names: ${tables.cut}.`,
    );
  }
  const values = sampleTypes.map(({ type, unit }) => ({ type: text(type) ?? '', unit: text(unit) ?? '' }));
  const builder = new ProfileBuilder({
    // Times are those of labels, which few files have.
    timeUnit: chooseTimeUnit(tables.duration * 2),
    weights: describeWeights(values),
  });
  builder.mergeFacts(describeFacts(tables, text));
  const { mappings } = tables;
  const mappingRows = Array.from({ length: mappings.length }, (_, row) =>
    mappings.intern(builder, row, text(mappings.file[row]), text(mappings.buildId[row])),
  );
  const code = buildLocationFrames(builder, tables.functions, tables.locations, {
    hasNullLocation: false,
    textCount: tables.strings.length,
    text,
    functionRow: (low, high) => findFunction(tables.functions, low, high),
    mapping: (low, high) => mappingRows[mappings.ids.find(low, high)],
    kind: () => undefined,
  });
  const samples = new SampleReader(builder, tables, code);
  readSamples(input, samples);
  return {
    profile: finishProfile(builder, text(tables.defaultSampleType) ?? ''),
    notes: describeDamage(tables, samples, code),
  };
}

/** Some writers leave the ids of functions out, and count from 1. */
function findFunction(functions: FunctionList, low: number, high: number): number {
  if (functions.hasIds) return functions.ids.find(low, high);
  return high === 0 && low > 0 && low <= functions.length ? low - 1 : -1;
}

function readSamples(input: Input, samples: SampleReader): void {
  // What is wrong with the frame of the file has been noted by the first walk.
  walkProfile(input, (stream) => {
    if (stream.wire !== WIRE_LENGTH) return;
    if (stream.field !== PROFILE.sample) return stream.skip();
    try {
      samples.read(stream.readMessage());
    } catch (error) {
      if (!(error instanceof MalformedError) || stream.isCut) throw error;
      samples.noteDamage(error);
    }
  });
}

function finishProfile(builder: ProfileBuilder, preferred: string): Profile {
  const profile = builder.build();
  const counts = profile.samples.weights.find(isSampleCount);
  const areSingle = counts?.values.every((count) => count === 1) ?? false;
  const weights = orderWeights(profile.samples.weights, { preferred, areSingle });
  return { ...profile, samples: { ...profile.samples, weights } };
}

function describeFacts(tables: PprofTables, text: (row: number) => string | undefined): RecordingFacts {
  const { timeLow, timeHigh, duration, period, periodType } = tables;
  const comments = tables.comments.map(text).filter((comment) => comment !== undefined);
  const startedAt = Math.round((timeHigh * 2 ** 32 + (timeLow >>> 0)) / 1e6);
  const periodUnit = periodType === undefined ? undefined : text(periodType.unit);
  const rate = computeRate(period, periodUnit ?? '');
  return {
    mode: 'imported',
    ...(startedAt > 0 ? { startedAt } : {}),
    ...(duration > 0 ? { duration } : {}),
    ...(rate > 0 ? { askedRate: rate } : {}),
    ...(comments.length === 0 ? {} : { notes: { comment: comments.join('\n') } }),
  };
}

function describeDamage(tables: PprofTables, samples: SampleReader, code: BuiltFrames): string[] {
  const notes: string[] = [];
  if (tables.cut !== undefined) {
    notes.push(`The file is cut or damaged: ${tables.cut}. All that stands before is shown.`);
  }
  if (!tables.functions.hasIds && tables.functions.length > 0) {
    notes.push('The functions of the file have no ids: they were numbered in their order.');
  }
  notes.push(
    ...describeCounted([
      [
        tables.damaged + samples.damaged,
        'part of the file is damaged and was left out;',
        'parts of the file are damaged and were left out; of the first one',
        tables.firstDamage === '' ? samples.firstDamage : tables.firstDamage,
      ],
      [
        samples.uneven,
        'sample does not have one value for each kind that the file announces, and was',
        'samples do not have one value for each kind that the file announces, and were',
        'left out',
      ],
      [
        samples.unknownLocations,
        'sample names places',
        'samples name places',
        'in code that the file does not describe; they are shown as (unknown)',
      ],
      ...noteMissing(code),
      noteReplacedTexts(tables.replacedTexts),
    ]),
  );
  const { otherLabels } = samples;
  if (otherLabels.length > 0) notes.push(`Left out: labels of samples (${formatKeys(otherLabels)}).`);
  return notes;
}
