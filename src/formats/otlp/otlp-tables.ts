// The first walk through OTLP profiles: the dictionary, the resources, and what each profile says about itself; everything but
// stacks and samples, which refer to it.

import { MalformedError } from '../../base/malformed.ts';
import type { Input } from '../input.ts';
import { FunctionList, LocationList } from '../protobuf/code-tables.ts';
import { FieldReader, WIRE_FIXED64, WIRE_LENGTH } from '../protobuf/field-reader.ts';
import { assertRoom, MAX_ROWS, MAX_STACKS } from '../protobuf/limits.ts';
import { MappingList } from '../protobuf/mapping-list.ts';
import type { MessageStream } from '../protobuf/message-stream.ts';
import { RowLists } from '../protobuf/row-lists.ts';
import { TextReader } from '../protobuf/text-reader.ts';
import { AttributeList } from './attributes.ts';
import {
  DICTIONARY,
  FUNCTION,
  LINE,
  LOCATION,
  MAPPING,
  PROFILE,
  RESOURCE,
  VALUE_TYPE,
} from './otlp-fields.ts';
import { ABOUT_1_8, refuseVersion, UP_TO_1_7 } from './otlp-versions.ts';
import { walkFields, walkOtlp } from './otlp-walk.ts';

/** Profiles in one file; each takes some memory while it is read. */
export const MAX_PROFILES = 1 << 20;

/** What a profile says about itself. Texts are given by their rows. */
export interface ProfileHead {
  /** Number of its resource. */
  readonly resource: number;
  /** Number of its group. */
  readonly scope: number;
  type: number;
  unit: number;
  /** Beginning, in nanoseconds since 1970: lower and upper 32 bits. 0: unknown. */
  timeLow: number;
  timeHigh: number;
  /** In nanoseconds; 0: unknown. */
  duration: number;
  periodUnit: number;
  period: number;
}

export interface OtlpTables {
  readonly strings: readonly string[];
  readonly mappings: MappingList;
  readonly mappingAttributes: RowLists;
  readonly locations: LocationList;
  readonly locationAttributes: RowLists;
  readonly functions: FunctionList;
  readonly attributes: AttributeList;
  readonly stackCount: number;
  /** Rows of `resourceAttributes`, for each resource. */
  readonly resources: RowLists;
  readonly resourceAttributes: AttributeList;
  readonly profiles: readonly ProfileHead[];
  readonly replacedTexts: number;
  /** Why the file could not be read to its end. */
  readonly cut: string | undefined;
}

/** Reads as far as it can. Throws `not-a-recording` for other versions of the format. */
export function readOtlpTables(input: Input): OtlpTables {
  const strings: string[] = [];
  const mappings = new MappingList();
  const mappingAttributes = new RowLists();
  const locations = new LocationList();
  const locationAttributes = new RowLists();
  const functions = new FunctionList();
  const attributes = new AttributeList();
  const resources = new RowLists();
  const resourceAttributes = new AttributeList();
  const profiles: ProfileHead[] = [];
  const texts = new TextReader();
  const inner = new FieldReader();
  let stackCount = 0;
  let scope = 0;
  let dictionaries = 0;
  const readEntry = (stream: MessageStream) => {
    switch (stream.field) {
      case DICTIONARY.string:
        assertRoom(strings.length, MAX_ROWS, 'texts');
        strings.push(stream.readText(texts));
        return;
      case DICTIONARY.mapping:
        return readMapping(stream.readMessage(), inner, mappings, mappingAttributes);
      case DICTIONARY.location:
        return readLocation(stream.readMessage(), inner, locations, locationAttributes);
      case DICTIONARY.function:
        return readFunction(stream.readMessage(), functions);
      case DICTIONARY.attribute:
        return attributes.readAttribute(stream.readMessage(), texts);
      case DICTIONARY.stack:
        assertRoom(stackCount++, MAX_STACKS, 'stacks');
        return stream.skip();
      default:
        return stream.skip();
    }
  };
  const cut = walkOtlp(input, {
    dictionary: (stream, end) => {
      if (dictionaries++ > 0) refuseSecondDictionary(stream.offset);
      walkFields(stream, end, () => readEntry(stream));
    },
    beginResource: () => {
      assertRoom(resources.length, MAX_PROFILES, 'resources');
      resources.begin();
    },
    resource: (stream) => {
      const message = stream.readMessage();
      while (message.next()) {
        if (message.field !== RESOURCE.attributes || message.wire !== WIRE_LENGTH) continue;
        resources.push(resourceAttributes.length);
        resourceAttributes.readKeyValue(inner.enter(message), texts);
      }
    },
    beginScope: () => {
      scope++;
    },
    profile: (stream, end) => {
      assertRoom(profiles.length, MAX_PROFILES, 'profiles');
      const head = newProfileHead(resources.length - 1, scope);
      profiles.push(head);
      walkFields(
        stream,
        end,
        () => readHeadMessage(stream, head),
        () => readHeadNumber(stream, head),
      );
    },
  });
  return {
    strings,
    mappings,
    mappingAttributes,
    locations,
    locationAttributes,
    functions,
    attributes,
    stackCount,
    resources,
    resourceAttributes,
    profiles,
    replacedTexts: texts.replaced,
    cut,
  };
}

function newProfileHead(resource: number, scope: number): ProfileHead {
  return {
    resource,
    scope,
    type: 0,
    unit: 0,
    timeLow: 0,
    timeHigh: 0,
    duration: 0,
    periodUnit: 0,
    period: 0,
  };
}

function readHeadMessage(stream: MessageStream, head: ProfileHead): void {
  switch (stream.field) {
    case PROFILE.sampleType: {
      const message = stream.readMessage();
      while (message.next()) {
        if (message.field === VALUE_TYPE.type) head.type = message.row;
        else if (message.field === VALUE_TYPE.unit) head.unit = message.row;
        else if (message.field === VALUE_TYPE.aggregationTemporality) refuseVersion(ABOUT_1_8);
      }
      return;
    }
    case PROFILE.periodType: {
      const message = stream.readMessage();
      while (message.next()) if (message.field === VALUE_TYPE.unit) head.periodUnit = message.row;
      return;
    }
    case PROFILE.timeUnixNano:
      refuseVersion(UP_TO_1_7);
      break;
    case PROFILE.droppedAttributesCount:
      refuseVersion(ABOUT_1_8);
      break;
    default:
      if (stream.field > PROFILE.attributeIndices) refuseVersion(ABOUT_1_8);
      stream.skip();
  }
}

function readHeadNumber({ field, wire, number }: MessageStream, head: ProfileHead): void {
  switch (field) {
    case PROFILE.timeUnixNano:
      if (wire !== WIRE_FIXED64) refuseVersion(UP_TO_1_7);
      head.timeLow = number.low;
      head.timeHigh = number.high;
      break;
    case PROFILE.durationNano:
      head.duration = number.unsigned;
      break;
    case PROFILE.period:
      head.period = number.signed;
      break;
  }
}

function readMapping(
  message: FieldReader,
  packed: FieldReader,
  mappings: MappingList,
  attributes: RowLists,
): void {
  const row = { start: 0, end: 0, offset: 0, file: 0, buildId: 0 };
  attributes.begin();
  while (message.next()) {
    switch (message.field) {
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
      case MAPPING.attributes:
        pushRows(message, packed, attributes);
        break;
    }
  }
  mappings.add(mappings.length, 0, row);
}

function readLocation(
  message: FieldReader,
  inner: FieldReader,
  locations: LocationList,
  attributes: RowLists,
): void {
  const row = { mappingLow: 0, mappingHigh: 0, address: 0, firstLine: locations.lineCount };
  attributes.begin();
  while (message.next()) {
    switch (message.field) {
      case LOCATION.mapping:
        row.mappingLow = message.low;
        row.mappingHigh = message.high;
        break;
      case LOCATION.address:
        row.address = message.unsigned;
        break;
      case LOCATION.lines:
        if (message.wire === WIRE_LENGTH) readLine(inner.enter(message), locations);
        break;
      case LOCATION.attributes:
        pushRows(message, inner, attributes);
        break;
      case 5:
        refuseVersion(ABOUT_1_8);
    }
  }
  locations.add(locations.length, 0, row);
}

function readLine(message: FieldReader, locations: LocationList): void {
  let functionLow = 0;
  let functionHigh = 0;
  let line = 0;
  let column = 0;
  while (message.next()) {
    if (message.field === LINE.function) {
      functionLow = message.low;
      functionHigh = message.high;
    } else if (message.field === LINE.line) line = message.signed;
    else if (message.field === LINE.column) column = message.signed;
  }
  locations.addLine(functionLow, functionHigh, line, column);
}

function readFunction(message: FieldReader, functions: FunctionList): void {
  const row = { name: 0, systemName: 0, file: 0, line: 0 };
  while (message.next()) {
    if (message.field === FUNCTION.name) row.name = message.row;
    else if (message.field === FUNCTION.systemName) row.systemName = message.row;
    else if (message.field === FUNCTION.filename) row.file = message.row;
    else if (message.field === FUNCTION.startLine) row.line = message.signed;
  }
  functions.add(functions.length, 0, row);
}

/** Adds the numbers of the current field, packed or not. */
function pushRows(message: FieldReader, packed: FieldReader, rows: RowLists): void {
  if (message.wire !== WIRE_LENGTH) {
    rows.push(message.row);
    return;
  }
  packed.enter(message);
  while (packed.hasMore) {
    packed.readVarint();
    rows.push(packed.row);
  }
}

/** Its rows would be counted on from those of the first one, which is not what any writer of such a file means. */
function refuseSecondDictionary(offset: number): never {
  throw new MalformedError(
    `a second dictionary begins at byte ${offset}: several messages stand in one file`,
  );
}
