// Collapsed ("folded") stacks: a line for each stack, `main;handle;parse 42`, outermost function first. What
// flamegraph.pl, inferno, speedscope, py-spy (`--format raw`), austin, async-profiler and many others read or write;
// difffolded.pl writes two numbers, before and after. https://github.com/brendangregg/FlameGraph#2-fold-stacks

import { formatCount } from '../../base/quantities.ts';
import { ByteLines, MAX_LINE } from '../byte-lines.ts';
import type { FileHead, Format } from '../format.ts';
import { COLLAPSED_CARRIED, exportCollapsed } from './collapsed-export.ts';
import { importCollapsed } from './collapsed-import.ts';
import { parseCollapsedLine } from './collapsed-line.ts';

export const COLLAPSED_FORMAT: Format = {
  name: 'collapsed',
  title: 'collapsed stacks',
  extensions: ['.collapsed', '.folded', '.collapsed.txt', '.folded.txt', '.txt'],
  matches,
  importProfile: importCollapsed,
  exportProfile: exportCollapsed,
  carries: COLLAPSED_CARRIED,
  remarks: {
    usedBy: 'flamegraph.pl, inferno, speedscope, py-spy (raw), austin, async-profiler',
    losses: ['First lines of functions.'],
    limits: [
      `UTF-8, or UTF-16 with a byte order mark; a line has at most ${formatCount(MAX_LINE)} bytes.`,
      'Written numbers are microseconds (nanoseconds where those would not be exact), bytes or counts.',
      'Two numbers in every line are the weights `before` and `after`.',
      '`;` and line ends within names are written `%3B`, `%0A`, `%0D`, and so is what would read as a number, a comment, a suffix or a file.',
    ],
  },
};

/** At least half of the lines are stacks with a number. */
function matches(file: FileHead): boolean {
  const lines = new ByteLines([file.bytes]);
  let told = 0;
  let understood = 0;
  let count = 0;
  let isLastUnderstood = false;
  let isLastTold = false;
  while (lines.next()) {
    count++;
    isLastUnderstood = false;
    const kind = parseCollapsedLine(lines, 1);
    isLastTold = kind !== 'nothing';
    if (!isLastTold) continue;
    told++;
    isLastUnderstood = kind !== 'unknown' && !includesZero(lines);
    if (isLastUnderstood) understood++;
  }
  if (!file.isWhole) {
    // The last line may be cut. A first line longer than the whole head is told by its semicolons.
    if (count === 1) return file.bytes.includes(0x3b) && !file.bytes.includes(0);
    if (isLastTold) told--;
    if (isLastUnderstood) understood--;
  }
  return understood > 0 && understood * 2 >= told;
}

function includesZero(lines: ByteLines): boolean {
  return lines.bytes.subarray(lines.start, lines.end).includes(0);
}
