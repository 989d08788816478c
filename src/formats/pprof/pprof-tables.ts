// The first walk through a pprof file: everything but the samples, whose names mostly come after them.

import { MalformedError } from '../../base/malformed.ts';
import type { Input } from '../input.ts';
import { FunctionList, LocationList } from '../protobuf/code-tables.ts';
import { FieldReader, WIRE_LENGTH } from '../protobuf/field-reader.ts';
import { assertRoom, MAX_ROWS } from '../protobuf/limits.ts';
import { MappingList } from '../protobuf/mapping-list.ts';
import { MessageStream } from '../protobuf/message-stream.ts';
import { TextReader } from '../protobuf/text-reader.ts';
import { FUNCTION, LINE, LOCATION, MAPPING, PROFILE, VALUE_TYPE } from './pprof-fields.ts';

/** Kinds of values that a sample may have; Datadog's two dozen are the most that are known. */
export const MAX_SAMPLE_TYPES = 256;

/** Rows of texts. */
export interface ValueTypeRows {
  readonly type: number;
  readonly unit: number;
}

/** All of a file but its samples. Texts are given by their rows in `strings`. */
export interface PprofTables {
  readonly strings: readonly string[];
  readonly sampleTypes: readonly ValueTypeRows[];
  readonly mappings: MappingList;
  readonly functions: FunctionList;
  readonly locations: LocationList;
  /** Messages that are samples, whole or damaged. */
  readonly sampleCount: number;
  /** Bytes of all of them. */
  readonly sampleBytes: number;
  /** Beginning, in nanoseconds since 1970: lower and upper 32 bits. 0: unknown. */
  readonly timeLow: number;
  readonly timeHigh: number;
  /** In nanoseconds; 0: unknown. */
  readonly duration: number;
  readonly periodType: ValueTypeRows | undefined;
  readonly period: number;
  readonly comments: readonly number[];
  readonly defaultSampleType: number;
  /** Texts that were not valid UTF-8. */
  readonly replacedTexts: number;
  /** Messages that could not be read, and what was wrong with the first one. */
  readonly damaged: number;
  readonly firstDamage: string;
  /** Why the file could not be read to its end. */
  readonly cut: string | undefined;
}

/** Comments beyond these are left out. */
const MAX_COMMENTS = 100;

/** Reads as far as it can. */
export function readPprofTables(input: Input): PprofTables {
  const strings: string[] = [];
  const sampleTypes: ValueTypeRows[] = [];
  const mappings = new MappingList();
  const functions = new FunctionList();
  const locations = new LocationList();
  const comments: number[] = [];
  const texts = new TextReader();
  const inner = new FieldReader();
  const rest = {
    sampleCount: 0,
    sampleBytes: 0,
    timeLow: 0,
    timeHigh: 0,
    duration: 0,
    periodType: undefined as ValueTypeRows | undefined,
    period: 0,
    defaultSampleType: 0,
  };
  let damaged = 0;
  let firstDamage = '';
  const readNumber = ({ field, number }: MessageStream) => {
    if (field === PROFILE.timeNanos) {
      rest.timeLow = number.low;
      rest.timeHigh = number.high;
    } else if (field === PROFILE.durationNanos) rest.duration = Math.max(0, number.signed);
    else if (field === PROFILE.period) rest.period = number.signed;
    else if (field === PROFILE.defaultSampleType) rest.defaultSampleType = number.row;
    else if (field === PROFILE.comment && comments.length < MAX_COMMENTS) comments.push(number.row);
  };
  const readMessage = (stream: MessageStream) => {
    switch (stream.field) {
      case PROFILE.sample:
        rest.sampleCount++;
        rest.sampleBytes += stream.length;
        return stream.skip();
      case PROFILE.stringTable:
        assertRoom(strings.length, MAX_ROWS, 'texts');
        strings.push(stream.readText(texts));
        return;
      case PROFILE.sampleType:
        if (sampleTypes.length === MAX_SAMPLE_TYPES) return stream.skip();
        sampleTypes.push(readValueType(stream.readMessage()));
        return;
      case PROFILE.periodType:
        rest.periodType = readValueType(stream.readMessage());
        return;
      case PROFILE.mapping:
        return readMapping(stream.readMessage(), mappings);
      case PROFILE.location:
        return readLocation(stream.readMessage(), inner, locations);
      case PROFILE.function:
        return readFunction(stream.readMessage(), functions);
      case PROFILE.comment:
        return readComments(stream.readMessage(), comments);
      default:
        return stream.skip();
    }
  };
  const cut = walkProfile(input, (stream) => {
    if (stream.wire !== WIRE_LENGTH) return readNumber(stream);
    try {
      readMessage(stream);
    } catch (error) {
      // The message is damaged, but where the next one begins is known.
      if (!(error instanceof MalformedError) || stream.isCut) throw error;
      if (damaged++ === 0) firstDamage = error.message;
    }
  });
  const replacedTexts = texts.replaced;
  return {
    strings,
    sampleTypes,
    mappings,
    functions,
    locations,
    comments,
    ...rest,
    replacedTexts,
    damaged,
    firstDamage,
    cut,
  };
}

/**
 * Calls `visit` for every field of the file; it takes the value of those that have a length. Gives what stopped the walk before
 * the end of the file, if anything did.
 */
export function walkProfile(input: Input, visit: (stream: MessageStream) => void): string | undefined {
  const stream = new MessageStream(input.blocks());
  try {
    while (stream.next(Number.POSITIVE_INFINITY)) visit(stream);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return error.message;
  }
  return undefined;
}

function readComments(packed: FieldReader, comments: number[]): void {
  while (packed.hasMore && comments.length < MAX_COMMENTS) {
    packed.readVarint();
    comments.push(packed.row);
  }
}

function readValueType(message: FieldReader): ValueTypeRows {
  let type = 0;
  let unit = 0;
  while (message.next()) {
    if (message.field === VALUE_TYPE.type) type = message.row;
    else if (message.field === VALUE_TYPE.unit) unit = message.row;
  }
  return { type, unit };
}

function readMapping(message: FieldReader, mappings: MappingList): void {
  let idLow = 0;
  let idHigh = 0;
  const row = { start: 0, end: 0, offset: 0, file: 0, buildId: 0 };
  while (message.next()) {
    switch (message.field) {
      case MAPPING.id:
        idLow = message.low;
        idHigh = message.high;
        break;
      case MAPPING.memoryStart:
        row.start = message.unsigned;
        break;
      case MAPPING.memoryLimit:
        row.end = message.unsigned;
        break;
      case MAPPING.fileOffset:
        row.offset = message.unsigned;
        break;
      case MAPPING.filename:
        row.file = message.row;
        break;
      case MAPPING.buildId:
        row.buildId = message.row;
        break;
    }
  }
  mappings.add(idLow, idHigh, row);
}

function readFunction(message: FieldReader, functions: FunctionList): void {
  let idLow = 0;
  let idHigh = 0;
  const row = { name: 0, systemName: 0, file: 0, line: 0 };
  while (message.next()) {
    switch (message.field) {
      case FUNCTION.id:
        idLow = message.low;
        idHigh = message.high;
        break;
      case FUNCTION.name:
        row.name = message.row;
        break;
      case FUNCTION.systemName:
        row.systemName = message.row;
        break;
      case FUNCTION.filename:
        row.file = message.row;
        break;
      case FUNCTION.startLine:
        row.line = message.signed;
        break;
    }
  }
  functions.add(idLow, idHigh, row);
}

function readLocation(message: FieldReader, inner: FieldReader, locations: LocationList): void {
  let idLow = 0;
  let idHigh = 0;
  const row = { mappingLow: 0, mappingHigh: 0, address: 0, firstLine: locations.lineCount };
  try {
    while (message.next()) {
      switch (message.field) {
        case LOCATION.id:
          idLow = message.low;
          idHigh = message.high;
          break;
        case LOCATION.mappingId:
          row.mappingLow = message.low;
          row.mappingHigh = message.high;
          break;
        case LOCATION.address:
          row.address = message.unsigned;
          break;
        case LOCATION.line:
          if (message.wire === WIRE_LENGTH) readLine(inner.enter(message), locations);
          break;
      }
    }
  } finally {
    // Lines belong to the location whose first line stands before them, so a damaged one must have its own, too.
    locations.add(idLow, idHigh, row);
  }
}

function readLine(message: FieldReader, locations: LocationList): void {
  let functionLow = 0;
  let functionHigh = 0;
  let line = 0;
  let column = 0;
  while (message.next()) {
    switch (message.field) {
      case LINE.functionId:
        functionLow = message.low;
        functionHigh = message.high;
        break;
      case LINE.line:
        line = message.signed;
        break;
      case LINE.column:
        column = message.signed;
        break;
    }
  }
  locations.addLine(functionLow, functionHigh, line, column);
}
