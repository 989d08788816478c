// What Python's cProfile, profile and profiling.sampling write with `-o`, and pstats, snakeviz and gprof2dot read.
// https://docs.python.org/3/library/profile.html

import { formatCount } from '../../base/quantities.ts';
import { MAX_PATHS } from '../call-graph/call-graph.ts';
import type { Format } from '../format.ts';
import { exportPstats, PSTATS_CARRIED } from './pstats-export.ts';
import { importPstats } from './pstats-import.ts';
import { isPstats } from './pstats-table.ts';

export const PSTATS_FORMAT: Format = {
  name: 'pstats',
  title: 'Python pstats',
  extensions: ['.pstats'],
  matches: ({ bytes }) => isPstats(bytes),
  importProfile: importPstats,
  exportProfile: exportPstats,
  carries: PSTATS_CARRIED,
  remarks: {
    usedBy: 'cProfile, profile, profiling.sampling; pstats, snakeviz, gprof2dot, tuna',
    losses: [
      'Who called the caller: of stacks, functions and their direct callers are left. Read, they become stacks that add up to the same self and total: [decision 9](decisions/009-stacks-of-call-graphs.md).',
      'Numbers of calls: samples are written for them.',
    ],
    limits: [
      'Of Python 2.7 to 3.15. Times are seconds; other weights are written as if they were.',
      `More than ${formatCount(MAX_PATHS)} different stacks lose their outermost callers, which is told.`,
    ],
  },
};
