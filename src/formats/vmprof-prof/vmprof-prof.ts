// Files of the original vmprof (https://github.com/vmprof/vmprof-python, `src/vmprof.h` and `vmprof/reader.py`) and of PyPy's
// `_vmprof`, of all versions from the counted stacks before version 0 to the three formats that call themselves version 7.

import type { Format } from '../format.ts';
import { exportProf } from './export.ts';
import { importProf } from './import.ts';
import { parseStaticHeader } from './layout.ts';

export const VMPROF_PROF_FORMAT: Format = {
  name: 'prof',
  title: 'vmprof .prof',
  extensions: ['.prof'],
  matches: ({ bytes }) => parseStaticHeader(bytes, 0, bytes.length) !== undefined,
  importProfile: importProf,
  exportProfile: exportProf,
};
