// callgrind's profiles, which Xdebug, gprof2dot, KCachegrind's converters and many others write, too: costs of functions by
// line, and of the calls between them. https://valgrind.org/docs/manual/cl-format.html

import type { Format } from '../format.ts';
import { exportCallgrind } from './callgrind-export.ts';
import { importCallgrind } from './callgrind-import.ts';

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
};
