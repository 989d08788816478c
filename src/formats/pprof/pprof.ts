// pprof's profiles: https://github.com/google/pprof/blob/main/proto/profile.proto. What Go, Google's and Datadog's profilers,
// parca, Pyroscope, gperftools, pprof-rs and many others write; compressed by gzip as a rule, but not always.

import type { FileHead, Format } from '../format.ts';
import { hasShape } from '../protobuf/shape.ts';
import { exportPprof } from './pprof-export.ts';
import { PROFILE, PROFILE_SHAPE } from './pprof-fields.ts';
import { importPprof } from './pprof-import.ts';

export const PPROF_FORMAT: Format = {
  name: 'pprof',
  title: 'pprof profile',
  extensions: ['.pprof', '.pb'],
  matches,
  importProfile: importPprof,
  exportProfile: exportPprof,
};

/** Not every field is a mark: text files may begin with bytes that look like a field or two. */
function matches({ bytes, isWhole }: FileHead): boolean {
  return hasShape(bytes, isWhole, PROFILE_SHAPE, (field, value) => {
    if (field === PROFILE.sampleType || field === PROFILE.periodType) return value.length > 0;
    return field === PROFILE.stringTable && value.length === 0;
  });
}
