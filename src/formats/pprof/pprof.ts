// pprof's profiles: https://github.com/google/pprof/blob/main/proto/profile.proto. What Go, Google's and Datadog's profilers,
// parca, Pyroscope, gperftools, pprof-rs and many others write; compressed by gzip as a rule, but not always.

import { formatCount } from '../../base/quantities.ts';
import type { FileHead, Format } from '../format.ts';
import { MAX_ROWS } from '../protobuf/limits.ts';
import { MAX_MESSAGE } from '../protobuf/message-stream.ts';
import { hasShape } from '../protobuf/shape.ts';
import { exportPprof, PPROF_CARRIED } from './pprof-export.ts';
import { PROFILE, PROFILE_SHAPE } from './pprof-fields.ts';
import { importPprof } from './pprof-import.ts';
import { MAX_SAMPLE_TYPES } from './pprof-tables.ts';

export const PPROF_FORMAT: Format = {
  name: 'pprof',
  title: 'pprof profile',
  extensions: ['.pprof', '.pb'],
  matches,
  importProfile: importPprof,
  exportProfile: exportPprof,
  carries: PPROF_CARRIED,
  remarks: {
    usedBy:
      'go tool pprof, Pyroscope, Parca, Polar Signals, Datadog, gperftools, pprof-rs; most of what profiles in production',
    losses: ['How a frame was compiled; samples of the same thread, stack and state are added up.'],
    limits: [
      'Written weights are whole numbers of 64 bits, and compressed only if the name ends in `.gz`; `go tool pprof` reads both.',
      'Labels that name threads, processes, times and states are understood; others are counted and named.',
      `At most ${formatCount(MAX_ROWS)} functions, locations, mappings and texts each, ${formatCount(MAX_SAMPLE_TYPES)} kinds of values, and ${formatCount(MAX_MESSAGE)} bytes for a sample.`,
    ],
  },
};

/** Not every field is a mark: text files may begin with bytes that look like a field or two. */
function matches({ bytes, isWhole }: FileHead): boolean {
  return hasShape(bytes, isWhole, PROFILE_SHAPE, (field, value) => {
    if (field === PROFILE.sampleType || field === PROFILE.periodType) return value.length > 0;
    return field === PROFILE.stringTable && value.length === 0;
  });
}
