// Numbers of the fields of OTLP's profiles, as of OTLP 1.10 and 1.11, which are the same on the wire.
// https://github.com/open-telemetry/opentelemetry-proto, opentelemetry/proto/profiles/v1development/profiles.proto

import type { Shape } from '../protobuf/shape.ts';

export const DATA = { resourceProfiles: 1, dictionary: 2 } as const;
export const DICTIONARY = {
  mapping: 1,
  location: 2,
  function: 3,
  link: 4,
  string: 5,
  attribute: 6,
  stack: 7,
} as const;
export const RESOURCE_PROFILES = { resource: 1, scopeProfiles: 2 } as const;
export const RESOURCE = { attributes: 1 } as const;
export const SCOPE_PROFILES = { scope: 1, profiles: 2 } as const;
export const SCOPE = { name: 1 } as const;
export const PROFILE = {
  sampleType: 1,
  samples: 2,
  timeUnixNano: 3,
  durationNano: 4,
  periodType: 5,
  period: 6,
  profileId: 7,
  droppedAttributesCount: 8,
  originalPayloadFormat: 9,
  originalPayload: 10,
  attributeIndices: 11,
} as const;
export const VALUE_TYPE = { type: 1, unit: 2, aggregationTemporality: 3 } as const;
export const SAMPLE = { stack: 1, attributes: 2, link: 3, values: 4, timestamps: 5 } as const;
export const MAPPING = { memoryStart: 1, memoryLimit: 2, fileOffset: 3, filename: 4, attributes: 5 } as const;
export const LOCATION = { mapping: 1, address: 2, lines: 3, attributes: 4 } as const;
export const LINE = { function: 1, line: 2, column: 3 } as const;
export const FUNCTION = { name: 1, systemName: 2, filename: 3, startLine: 4 } as const;
export const STACK = { locations: 1 } as const;
/** Attributes of the dictionary. */
export const ATTRIBUTE = { key: 1, value: 2, unit: 3 } as const;
/** Attributes of resources. */
export const KEY_VALUE = { key: 1, value: 2, keyRow: 3 } as const;
export const ANY_VALUE = { string: 1, bool: 2, int: 3, double: 4, stringRow: 8 } as const;

/**
 * What the beginning of a file is compared with: profiles of any version, because older ones are to be told apart from what is
 * no profile at all, for example from traces, which have the same outer messages.
 */
export const DATA_SHAPE: Shape = {
  1: {
    1: { 1: 'text', 2: 'varint', 3: 'text' },
    2: {
      1: 'text',
      2: {
        1: { 1: 'varint', 2: 'varint', 3: 'varint' },
        2: { 1: 'numbers', 2: 'numbers', 3: 'numbers', 4: 'numbers', 5: 'numbers', 6: 'numbers' },
        3: 'numbers',
        4: 'numbers',
        5: 'numbers',
        6: 'numbers',
        7: 'numbers',
        8: 'numbers',
        9: 'numbers',
        10: 'numbers',
        11: 'numbers',
        12: 'numbers',
        13: 'numbers',
        14: 'numbers',
      },
      3: 'text',
    },
    3: 'text',
  },
  2: { 1: 'text', 2: 'text', 3: 'text', 4: 'text', 5: 'text', 6: 'text', 7: 'text' },
  3: 'text',
  4: 'text',
  5: 'text',
  6: 'text',
  7: 'text',
  8: 'text',
};
