// Reports of memray that hold stacks: flame graphs (HTML, temporal ones too), and what `memray transform` makes: csv, gprof2dot
// (and speedscope, which is that format's). Tables and statistics hold none, and are refused with a sentence.

import { ProfilerError } from '../../base/errors.ts';
import { formatCount } from '../../base/quantities.ts';
import type { FileHead, Format, ImportedProfile } from '../format.ts';
import { type Input, readHead } from '../input.ts';
import { MAX_TOKEN } from '../json/json-source.ts';
import { CSV_HEAD, importMemrayCsv } from './memray-csv.ts';
import { importMemrayGprof2dot } from './memray-gprof2dot.ts';
import { DATA_MARK, importMemrayHtml } from './memray-html.ts';

export const MEMRAY_FORMAT: Format = {
  name: 'memray',
  title: 'memray report (csv, gprof2dot or flame graph)',
  extensions: ['.memray.csv'],
  matches,
  importProfile,
  carries: { threads: true, times: true, lines: true, weights: true, memory: true },
  remarks: {
    usedBy: 'memray: `memray flamegraph` (temporal, too), `memray transform csv` and `gprof2dot`',
    losses: [
      'Temporal pages are read at their peak, and with `--leaks` as all that was taken: when memory was given back has no place.',
      'csv knows no times, gprof2dot neither lines nor threads. Tables, trees and statistics hold no stacks, and are refused.',
    ],
    limits: [
      'Recordings themselves (`.bin`) are not read: their layout changes with every version of memray.',
      `A text in JSON has at most ${formatCount(MAX_TOKEN)} bytes.`,
    ],
  },
};

type ReportKind = 'csv' | 'gprof2dot' | 'html' | 'stats';

/** Bytes in which a report shows what it is: pages have styles before their data. */
const HEAD_LENGTH = 1 << 16;

function matches(file: FileHead): boolean {
  return detectKind(file.bytes) !== undefined;
}

function detectKind(bytes: Uint8Array): ReportKind | undefined {
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith(CSV_HEAD)) return 'csv';
  if (/^\s*\{\s*"version"\s*:\s*0\s*,\s*"costs"\s*:\s*\[\s*\{\s*"description"\s*:\s*"Memory"/.test(text))
    return 'gprof2dot';
  if (/^\s*\{\s*"total_num_allocations"\s*:/.test(text)) return 'stats';
  return /^\s*<(!DOCTYPE html|html)/i.test(text) && text.includes(DATA_MARK) && text.includes('memray')
    ? 'html'
    : undefined;
}

function importProfile(input: Input): ImportedProfile {
  switch (detectKind(readHead(input, HEAD_LENGTH))) {
    case 'csv':
      return importMemrayCsv(input);
    case 'gprof2dot':
      return importMemrayGprof2dot(input);
    case 'html':
      return importMemrayHtml(input);
    case 'stats':
      throw new ProfilerError(
        'not-a-recording',
        'The file holds statistics of memray, and no stacks. Make a flame graph of the recording, or `memray transform csv`.',
      );
    case undefined:
      throw new ProfilerError(
        'not-a-recording',
        'The file is no report of memray that holds stacks: a flame graph, or what `memray transform` makes.',
      );
  }
}
