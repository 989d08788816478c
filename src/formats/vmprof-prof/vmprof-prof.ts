// Files of the original vmprof (https://github.com/vmprof/vmprof-python, `src/vmprof.h` and `vmprof/reader.py`) and of PyPy's
// `_vmprof`, of all versions from the counted stacks before version 0 to the three formats that call themselves version 7.

import { formatCount } from '../../base/quantities.ts';
import type { Format } from '../format.ts';
import { exportProf, MAX_WRITTEN_ENTRIES, PROF_CARRIED } from './export.ts';
import { importProf } from './import.ts';
import { parseStaticHeader } from './layout.ts';
import { MAX_SECTIONS } from './prof-parser.ts';
import { MAX_ENTRIES, MAX_VERSION } from './record-length.ts';
import { MAX_RECORDS } from './sample-counts.ts';

export const VMPROF_PROF_FORMAT: Format = {
  name: 'prof',
  title: 'vmprof .prof',
  extensions: ['.prof'],
  matches: ({ bytes }) => parseStaticHeader(bytes, 0, bytes.length) !== undefined,
  importProfile: importProf,
  exportProfile: exportProf,
  carries: PROF_CARRIED,
  remarks: {
    usedBy: 'the original vmprof, and the `_vmprof` of PyPy',
    losses: [
      'Processes become threads of one. Executed lines are written unless frames were compiled; of memory, the resident size at each sample.',
    ],
    limits: [
      `Read in all versions up to ${formatCount(MAX_VERSION)}, of 32 and 64 bits, both byte orders, Linux, macOS and Windows; written in version 6.`,
      `Weights are written as numbers of samples, at most ${formatCount(MAX_RECORDS)} of them; where they had to be rounded, that is told. Stacks have at most ${formatCount(MAX_WRITTEN_ENTRIES)} frames.`,
      `At most ${formatCount(MAX_SECTIONS)} profiles one behind the other, and ${formatCount(MAX_ENTRIES)} frames in a stack.`,
    ],
  },
};
