// What Python's cProfile, profile and profiling.sampling write with `-o`, and pstats, snakeviz and gprof2dot read.
// https://docs.python.org/3/library/profile.html

import type { Format } from '../format.ts';
import { exportPstats } from './pstats-export.ts';
import { importPstats } from './pstats-import.ts';
import { isPstats } from './pstats-table.ts';

export const PSTATS_FORMAT: Format = {
  name: 'pstats',
  title: 'Python pstats',
  extensions: ['.pstats'],
  matches: ({ bytes }) => isPstats(bytes),
  importProfile: importPstats,
  exportProfile: exportPstats,
};
