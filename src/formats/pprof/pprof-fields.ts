// Numbers of the fields of pprof's messages. https://github.com/google/pprof/blob/main/proto/profile.proto

import type { Shape } from '../protobuf/shape.ts';

export const PROFILE = {
  sampleType: 1,
  sample: 2,
  mapping: 3,
  location: 4,
  function: 5,
  stringTable: 6,
  dropFrames: 7,
  keepFrames: 8,
  timeNanos: 9,
  durationNanos: 10,
  periodType: 11,
  period: 12,
  comment: 13,
  defaultSampleType: 14,
  docUrl: 15,
} as const;

export const VALUE_TYPE = { type: 1, unit: 2 } as const;
export const SAMPLE = { locationId: 1, value: 2, label: 3 } as const;
export const LABEL = { key: 1, str: 2, num: 3, numUnit: 4 } as const;
export const MAPPING = {
  id: 1,
  memoryStart: 2,
  memoryLimit: 3,
  fileOffset: 4,
  filename: 5,
  buildId: 6,
  hasFunctions: 7,
  hasFilenames: 8,
  hasLineNumbers: 9,
  hasInlineFrames: 10,
} as const;
export const LOCATION = { id: 1, mappingId: 2, address: 3, line: 4, isFolded: 5 } as const;
export const LINE = { functionId: 1, line: 2, column: 3 } as const;
export const FUNCTION = { id: 1, name: 2, systemName: 3, filename: 4, startLine: 5 } as const;

const VALUE_TYPE_SHAPE: Shape = { 1: 'varint', 2: 'varint' };

/** What the beginning of a file is compared with. */
export const PROFILE_SHAPE: Shape = {
  1: VALUE_TYPE_SHAPE,
  2: {
    1: 'numbers',
    2: 'numbers',
    3: { 1: 'varint', 2: 'varint', 3: 'varint', 4: 'varint' },
  },
  3: {
    1: 'varint',
    2: 'varint',
    3: 'varint',
    4: 'varint',
    5: 'varint',
    6: 'varint',
    7: 'varint',
    8: 'varint',
    9: 'varint',
    10: 'varint',
  },
  4: {
    1: 'varint',
    2: 'varint',
    3: 'varint',
    4: { 1: 'varint', 2: 'varint', 3: 'varint' },
    5: 'varint',
  },
  5: { 1: 'varint', 2: 'varint', 3: 'varint', 4: 'varint', 5: 'varint' },
  6: 'text',
  7: 'varint',
  8: 'varint',
  9: 'varint',
  10: 'varint',
  11: VALUE_TYPE_SHAPE,
  12: 'varint',
  13: 'numbers',
  14: 'varint',
  15: 'varint',
};
