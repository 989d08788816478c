// callgrind's profiles, which Xdebug, gprof2dot, KCachegrind's converters and many others write, too: costs of functions by
// line, and of the calls between them. https://valgrind.org/docs/manual/cl-format.html

import { formatCount } from '../../base/quantities.ts';
import { MAX_LINE } from '../byte-lines.ts';
import { MAX_PATHS } from '../call-graph/call-graph.ts';
import type { Format } from '../format.ts';
import { CALLGRIND_CARRIED, exportCallgrind } from './callgrind-export.ts';
import { importCallgrind } from './callgrind-import.ts';
import { MAX_EVENTS } from './callgrind-reader.ts';

export const CALLGRIND_FORMAT: Format = {
  name: 'callgrind',
  title: 'callgrind output',
  extensions: ['.callgrind', '.callgrind.out'],
  matches({ bytes }) {
    if (bytes.includes(0)) return false;
    const text = new TextDecoder().decode(bytes);
    if (/^# callgrind format\s*$/m.test(text.slice(0, 4096))) return true;
    return /^events:[ \t]*\S/m.test(text) && (/^fn=/m.test(text) || /^positions:/m.test(text));
  },
  importProfile: importCallgrind,
  exportProfile: exportCallgrind,
  carries: CALLGRIND_CARRIED,
  remarks: {
    usedBy: 'valgrind, Xdebug, KCachegrind and QCachegrind, callgrind_annotate',
    losses: [
      'Who called the caller: of stacks, functions and their direct callers are left. Read, they become stacks that add up to the same self and total: [decision 9](decisions/009-stacks-of-call-graphs.md).',
      "A recursive function is written once for each way into the recursion, as `f`, `f'2`; read again, it is one. Written weights are whole numbers.",
    ],
    limits: [
      `UTF-8, or UTF-16 with a byte order mark; a line has at most ${formatCount(MAX_LINE)} bytes.`,
      `At most ${formatCount(MAX_EVENTS)} events; each is a weight of its own. More than ${formatCount(MAX_PATHS)} different stacks lose their outermost callers, which is told.`,
    ],
  },
};
