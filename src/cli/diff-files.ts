// What `vmprof diff` does: reads both, selects, compares, prints, and fails where that was asked for.

import { ProfilerError } from '../base/errors.ts';
import { formatCounted, formatShare } from '../base/quantities.ts';
import { type Selection, selectSamples } from '../profile/costs/selection.ts';
import { computeStackWeights } from '../profile/costs/stack-weights.ts';
import { getDuration } from '../profile/describe-recording.ts';
import { computeDiff, type Normalisation, type ProfileDiff } from '../profile/diff/diff.ts';
import { getMeasureColumn, type Measure } from '../profile/measure.ts';
import { checkMeasure } from './check-measure.ts';
import type { DiffOptions } from './diff-options.ts';
import { warn, writeStandardOutput } from './files.ts';
import { chooseCommonMeasure } from './merged-weights.ts';
import { formatDiff } from './output/diff.ts';
import { type DiffView, findGrowthAbove, getFunctionText } from './output/diff-data.ts';
import { describeDiff } from './output/diff-json.ts';
import { stringify } from './output/json.ts';
import { chooseStyle } from './output/style.ts';
import { describeMeasure, type View } from './output/view.ts';
import { nameInput } from './read-file.ts';
import { readProfile } from './read-profile.ts';
import { resolveSelection } from './resolve-selection.ts';

/** Width when the output goes to a file or a pipe. */
const USUAL_COLUMNS = 100;
/** Rows in each direction that fit a screen or two; JSON has everything unless a limit is given. */
const TEXT_LIMIT = 12;

/** Prints the comparison of two files. Throws ProfilerErrors; `grew-too-much` when all is printed. */
export async function diffFiles(before: string, after: string, options: DiffOptions): Promise<void> {
  if (before === '-' && after === '-') {
    throw new ProfilerError('bad-usage', 'Standard input can be read once only: "-" stands there twice.');
  }
  checkLimit(options);
  const inputs = [await readInput(before), await readInput(after)] as const;
  const measure = options.measure ?? chooseCommonMeasure(inputs);
  const [first, second] = inputs.map((input) => openView(input, measure, options));
  const notes = describeUnlikeness(first, second, options);
  warn(`${first.file}, ${second.file}`, notes);
  const diff = computeDiff(first.profile, second.profile, measure, getNormalisation(first, second, options));
  const view: DiffView = { before: first, after: second, diff, measure };
  const limit = options.limit ?? (options.json === true ? 0 : TEXT_LIMIT);
  const text =
    options.json === true
      ? stringify(describeDiff(view, limit, [inputs[0].notes, inputs[1].notes, notes]))
      : formatDiff(view, limit, {
          columns: process.stdout.columns ?? USUAL_COLUMNS,
          style: chooseStyle(process.stdout, process.env),
          folder: process.cwd(),
        });
  await writeStandardOutput(text);
  if (options.failAbove !== undefined) failAbove(diff, options.failAbove);
}

/** Shares cannot grow by more than the whole. Throws `bad-usage`. */
function checkLimit({ failAbove: limit, normalise }: DiffOptions): void {
  if (limit === undefined || limit <= 1 || normalise !== 'samples') return;
  throw new ProfilerError(
    'bad-usage',
    `option '--fail-above <percent>' argument '${Number((limit * 100).toPrecision(12))}' is invalid. Expected a percentage from 0 to 100; more is possible with --normalise time or none.`,
  );
}

async function readInput(file: string) {
  const { profile, notes } = await readProfile(file);
  const name = nameInput(file);
  warn(name, notes);
  return { name, profile, notes };
}

/** The part of a profile that is compared. Failures name the file. */
function openView(
  { name, profile: recording }: Awaited<ReturnType<typeof readInput>>,
  measure: Measure,
  options: DiffOptions,
): View {
  try {
    const { selection, filters } = resolveSelection(recording, options);
    const profile = selectSamples(recording, selection);
    // What was chosen is the first weight of each at least, whatever that is.
    if (options.measure !== undefined) checkMeasure(recording, measure);
    if (!(computeStackWeights(profile, measure).sum > 0)) {
      const title = describeMeasure(recording, measure);
      const within = filters.length === 0 ? '' : ` within the filters: ${filters.join(', ')}`;
      throw new ProfilerError('no-samples', `There is no ${title} to compare${within}.`);
    }
    return { file: name, recording, profile, selection, filters, measure };
  } catch (error) {
    if (!(error instanceof ProfilerError)) throw error;
    throw new ProfilerError(error.code, `${name}: ${error.message}`, { facts: error.facts, cause: error });
  }
}

/** What to know when the two do not measure the same. Throws `bad-usage` where amounts of different units would be compared. */
function describeUnlikeness(before: View, after: View, { normalise }: DiffOptions): string[] {
  const [first, second] = [before, after].map(({ recording, measure }) => ({
    title: describeMeasure(recording, measure),
    unit: getMeasureColumn(recording, measure).unit,
  }));
  if (first.title === second.title && first.unit === second.unit) return [];
  const what = `One counts ${first.title} (${first.unit}), the other ${second.title} (${second.unit})`;
  if (normalise !== 'samples' && first.unit !== second.unit) {
    throw new ProfilerError('bad-usage', `${what}: only --normalise samples can compare them.`);
  }
  return [`${what}: whether that can be compared is for you to know.`];
}

function getNormalisation(before: View, after: View, { normalise }: DiffOptions): Normalisation {
  if (normalise !== 'time') return { type: normalise };
  return { type: 'time', before: getSelectedDuration(before), after: getSelectedDuration(after) };
}

/** Nanoseconds of the recording that the selection leaves. */
function getSelectedDuration({ file, recording, selection }: View): number {
  const whole = getDuration(recording);
  const { start, end } = getRange(recording.timeUnit, selection);
  const duration = Math.min(whole, end) - Math.max(0, start);
  if (duration > 0) return duration;
  throw new ProfilerError(
    'bad-usage',
    `${file} does not tell how long it took: --normalise samples compares shares.`,
  );
}

function getRange(timeUnit: number, { timeRange }: Selection): { start: number; end: number } {
  if (timeRange === undefined) return { start: 0, end: Number.POSITIVE_INFINITY };
  return { start: timeRange.start * timeUnit, end: timeRange.end * timeUnit };
}

function failAbove(diff: ProfileDiff, limit: number): void {
  const growth = findGrowthAbove(diff, limit);
  if (growth === undefined) return;
  const what = growth.row === undefined ? 'The whole' : getFunctionText(diff, growth.row).name;
  const of = growth.row === undefined ? '' : ` in ${growth.kind}`;
  const more = growth.others === 0 ? '' : `, and ${formatCounted(growth.others, 'more function')} grew so`;
  throw new ProfilerError(
    'grew-too-much',
    `${what} grew by ${formatShare(growth.share)} of the whole${of}, above the limit of ${formatShare(limit)}${more}.`,
    { facts: { limit, share: growth.share } },
  );
}
