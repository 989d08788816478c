// `vmprof show` of a log of PyPy's JIT compiler, which is no profile: what was compiled, and how often it ran.

import { ProfilerError } from '../base/errors.ts';
import type { ImportedProfile } from '../formats/format.ts';
import { importProfile } from '../formats/formats.ts';
import { isJitLog, type ParsedJitLog, parseJitLog } from '../formats/jitlog/parse-jitlog.ts';
import { warn, writeStandardOutput } from './files.ts';
import { formatJitLog } from './output/jitlog.ts';
import { describeJitLog } from './output/jitlog-json.ts';
import { stringify } from './output/json.ts';
import { chooseStyle } from './output/style.ts';
import { nameInput, readFileWith } from './read-file.ts';
import type { ShowOptions } from './show-options.ts';

/** A profile, or a log of the JIT. */
export type Shown =
  | { readonly type: 'profile'; readonly read: ImportedProfile }
  | { readonly type: 'jitlog'; readonly read: ParsedJitLog };

/** Reads what is to be shown: standard input can be read once only. */
export function readShown(file: string): Promise<Shown> {
  return readFileWith(file, (input): Shown => {
    if (isJitLog(input)) return { type: 'jitlog', read: parseJitLog(input) };
    return { type: 'profile', read: importProfile(input) };
  });
}

/** Traces that fit a screen. */
const USUAL_LIMIT = 30;
/** Width when the output goes to a file or a pipe. */
const USUAL_COLUMNS = 100;

/** Prints the traces of a log. Throws `bad-usage` for another view, `no-samples`. */
export async function showJitLog(
  file: string,
  { log, notes }: ParsedJitLog,
  options: ShowOptions,
): Promise<void> {
  if (options.view !== 'flat') {
    throw new ProfilerError(
      'bad-usage',
      `${file} is a log of the JIT, not a profile: it is shown without --view.`,
    );
  }
  warn(nameInput(file), notes);
  if (log.traces.length === 0) {
    throw new ProfilerError(
      'no-samples',
      `The log holds no traces${notes.length > 0 ? ' that can be read' : ': nothing was compiled while it was written'}.`,
    );
  }
  if (options.json === true) {
    return writeStandardOutput(stringify(describeJitLog(file, log, options.limit ?? 0, notes)));
  }
  const text = formatJitLog(file, log, options.limit ?? USUAL_LIMIT, {
    columns: process.stdout.columns ?? USUAL_COLUMNS,
    style: chooseStyle(process.stdout, process.env),
    folder: process.cwd(),
  });
  return writeStandardOutput(text);
}
