// Collapsed stacks of Python 3.15's `profiling.sampling`: `tid:43;app.py:main:12;app.py:load:7 5`, where files have lost their
// folders and marks such as `<GC>` stand alone. https://docs.python.org/3.15/library/profiling.sampling.html

import { formatCount } from '../../base/quantities.ts';
import type { FunctionKind } from '../../profile/tables.ts';
import { forEachLine, MAX_LINE } from '../byte-lines.ts';
import type { FileHead, Format } from '../format.ts';
import type { FrameLabel } from '../frame-label.ts';
import { type Dialect, importThreadStacks, type Owner } from './thread-stacks.ts';

export const SAMPLING_COLLAPSED_FORMAT: Format = {
  name: 'sampling-collapsed',
  title: 'collapsed stacks of profiling.sampling',
  extensions: [],
  matches,
  importProfile: (input) => importThreadStacks(input, SAMPLING),
  carries: { threads: true, times: false, lines: true },
  remarks: {
    usedBy: 'Python 3.15: `python -m profiling.sampling record --collapsed`',
    losses: ['Files have lost their folders when they were written.'],
    limits: [
      'Numbers are samples.',
      `UTF-8, or UTF-16 with a byte order mark; a line has at most ${formatCount(MAX_LINE)} bytes.`,
    ],
  },
};

const SAMPLING: Dialect = {
  producer: 'profiling.sampling',
  example: 'tid:43;app.py:main:12 5',
  parseOwner,
  parseFrame,
  isCut: () => false,
};

function matches(file: FileHead): boolean {
  let isFound: boolean | undefined;
  forEachLine([file.bytes], (line) => {
    if (line.trim() !== '') isFound ??= /^tid:\d+[; ]/.test(line);
  });
  return isFound === true;
}

function parseOwner(part: string): Owner | undefined {
  const id = /^tid:(\d+)$/.exec(part)?.[1];
  return id === undefined ? undefined : { type: 'thread', id, name: undefined };
}

function parseFrame(part: string): FrameLabel & { kind: FunctionKind } {
  const [, file, name, number] = /^(.+?):([^:]+):(-?\d+)$/.exec(part) ?? [];
  if (file === undefined || name === undefined) {
    return { name: part, kind: part === '<GC>' ? 'gc' : part === '<native>' ? 'native' : 'other' };
  }
  const line = Number(number);
  return { name, file, kind: 'python', ...(line > 0 && line <= 0x7fff_ffff ? { line } : {}) };
}
