// JSON Lines of Python 3.15's `profiling.sampling --jsonl`: for each line of code, in how many samples it was executed itself, and
// in how many it stood anywhere in the stack. https://docs.python.org/3.15/library/profiling.sampling.html
//
// The second number is not used. Only stacks could carry it, and the file says neither who called whom nor whether two lines of one
// function stood in the same stack: any stacks that added up to it would be made up.

import { ProfilerError } from '../../base/errors.ts';
import { formatCount } from '../../base/quantities.ts';
import { ByteLines, MAX_LINE } from '../byte-lines.ts';
import type { FileHead, Format, ImportedProfile } from '../format.ts';
import type { Input } from '../input.ts';
import { JsonReader } from '../json/json-reader.ts';
import { isKnownType, type RecordHead, readRecordHead } from './records.ts';
import { MAX_RUNS, RunReader } from './runs.ts';

const TITLE = 'JSON Lines file of profiling.sampling';

export const SAMPLING_JSONL_FORMAT: Format = {
  name: 'sampling-jsonl',
  title: TITLE,
  extensions: [],
  matches,
  importProfile,
  carries: { threads: false, times: false, lines: true },
  remarks: {
    usedBy: 'Python 3.15: `python -m profiling.sampling record --jsonl`',
    losses: [
      'The file holds no stacks: every line of code is shown as a stack of its own. What lines and functions cost themselves is exact; in how many samples they called others is not shown.',
    ],
    limits: [
      'Numbers are samples, of all threads together.',
      `Several files one behind the other, or mixed, are told apart: at most ${formatCount(MAX_RUNS)} of them.`,
      `A line has at most ${formatCount(MAX_LINE)} bytes. Damaged ones are read up to the damage, and told.`,
    ],
  },
};

const ALONE =
  'The file holds no stacks: every line of code is shown alone, without its callers. Self is exact; totals cannot be told, and are shown as self.';

/** By its first line: a record of a known type that says of which run it is. */
function matches(file: FileHead): boolean {
  const lines = new ByteLines([file.bytes]);
  do if (!lines.next()) return false;
  while (lines.text().trim() === '');
  const head: RecordHead = {};
  try {
    readRecordHead(new JsonReader([lines.bytes.subarray(lines.start, lines.end)], TITLE), head);
  } catch (error) {
    // The end of what is seen of the file, or damage: what was read says enough, or not.
    if (!(error instanceof ProfilerError)) throw error;
  }
  return isKnownType(head.type ?? '') && head.version !== undefined && head.run !== undefined;
}

function importProfile(input: Input): ImportedProfile {
  const reader = new RunReader();
  const lines = new ByteLines(input.blocks());
  while (lines.next()) {
    lines.trimEnd();
    if (lines.end > lines.start) reader.readLine(lines.bytes.subarray(lines.start, lines.end), lines.number);
  }
  if (reader.builder.sampleCount === 0) {
    const { firstProblem } = reader;
    const problem = firstProblem === undefined ? ': it holds no samples' : `, in ${firstProblem}`;
    throw new ProfilerError('not-a-recording', `The file is no valid ${TITLE}${problem}.`);
  }
  return { profile: reader.build(), notes: [ALONE, ...reader.describeDamage()] };
}
