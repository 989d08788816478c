// What `vmprof show` does: reads, selects, and prints the view.

import { ProfilerError } from '../base/errors.ts';
import { formatCount, formatCounted } from '../base/quantities.ts';
import { selectSamples } from '../profile/costs/selection.ts';
import { computeStackWeights } from '../profile/costs/stack-weights.ts';
import { checkMeasure } from './check-measure.ts';
import { describeNegatives } from './describe-negatives.ts';
import { warn, writeStandardOutput } from './files.ts';
import { formatFlat } from './output/flat.ts';
import { describeFlat } from './output/flat-json.ts';
import { formatInfo } from './output/info.ts';
import { describeInfo } from './output/info-json.ts';
import { stringify } from './output/json.ts';
import { formatLines } from './output/lines.ts';
import { computeLines } from './output/lines-data.ts';
import { describeLines } from './output/lines-json.ts';
import { formatMemory } from './output/memory.ts';
import { describeMemory } from './output/memory-json.ts';
import { chooseStyle } from './output/style.ts';
import { formatTree, type TreeOptions } from './output/tree.ts';
import { describeTree } from './output/tree-json.ts';
import {
  chooseMeasure,
  describeMeasure,
  type Limits,
  listMeasures,
  type TextOptions,
  type View,
} from './output/view.ts';
import { nameInput } from './read-file.ts';
import { readSources } from './read-sources.ts';
import { resolveSelection } from './resolve-selection.ts';
import { readShown, showJitLog } from './show-jitlog.ts';
import type { ShowOptions, ViewName } from './show-options.ts';

/** Width when the output goes to a file or a pipe. */
const USUAL_COLUMNS = 100;

/** What fits a screen or two; JSON has everything unless limits are given. */
const TEXT_LIMITS: Readonly<Record<ViewName, Limits>> = {
  flat: { limit: 30, minShare: 0 },
  tree: { limit: 60, minShare: 0.005 },
  lines: { limit: 30, minShare: 0.002 },
  memory: { limit: 0, minShare: 0 },
  info: { limit: 40, minShare: 0 },
};

/** Prints a view of a file. Throws ProfilerErrors. */
export async function showFile(file: string, options: ShowOptions): Promise<void> {
  const shown = await readShown(file);
  if (shown.type === 'jitlog') return showJitLog(file, shown.read, options);
  const { profile: recording } = shown.read;
  const isJson = options.json === true;
  // The info view has notes itself.
  const isWarned = options.view !== 'info' || isJson;
  if (isWarned) warn(nameInput(file), shown.read.notes);
  const { selection, filters } = resolveSelection(recording, options);
  const profile = selectSamples(recording, selection);
  const measure = options.measure ?? chooseMeasure(recording);
  checkMeasure(recording, measure);
  const view: View = { file, recording, profile, selection, filters, measure };
  if (options.view !== 'memory' && options.view !== 'info') checkAmount(view);
  const negatives = describeNegatives(profile, measure);
  if (isWarned) warn(nameInput(file), negatives);
  const notes = [...shown.read.notes, ...negatives];
  const limits = isJson ? { limit: 0, minShare: 0 } : TEXT_LIMITS[options.view];
  const chosen: TreeOptions = {
    limit: options.limit ?? limits.limit,
    minShare: options.min ?? limits.minShare,
    isInverted: options.inverted === true,
    byThread: options.byThread === true,
  };
  const text = isJson
    ? await renderJson(view, options.view, chosen, notes)
    : await renderText(view, options.view, chosen, notes);
  await writeStandardOutput(text);
}

async function renderText(
  view: View,
  name: ViewName,
  limits: TreeOptions,
  notes: readonly string[],
): Promise<string> {
  const options: TextOptions = {
    columns: process.stdout.columns ?? USUAL_COLUMNS,
    style: chooseStyle(process.stdout, process.env),
    folder: process.cwd(),
  };
  switch (name) {
    case 'flat':
      return formatFlat(view, limits, options);
    case 'tree':
      return formatTree(view, limits, options);
    case 'lines': {
      const lines = computeLines(view, limits);
      const sources = await readSources(
        view.recording,
        lines.files.map((each) => each.file),
      );
      return formatLines(view, lines, sources, options);
    }
    case 'memory':
      return formatMemory(view, options);
    case 'info':
      return formatInfo(view, notes, limits, options);
  }
}

async function renderJson(
  view: View,
  name: ViewName,
  limits: TreeOptions,
  notes: readonly string[],
): Promise<string> {
  switch (name) {
    case 'flat':
      return stringify(describeFlat(view, limits, notes));
    case 'tree':
      return stringify(describeTree(view, limits, notes));
    case 'lines': {
      const lines = computeLines(view, limits);
      const sources = await readSources(
        view.recording,
        lines.files.map((each) => each.file),
      );
      return stringify(describeLines(view, lines, sources, notes));
    }
    case 'memory':
      return stringify(describeMemory(view, notes));
    case 'info':
      return stringify(describeInfo(view, notes));
  }
}

/** Nothing to count is a failure: a view of nothing would look like an answer. */
function checkAmount({ recording, profile, measure, filters }: View): void {
  if (recording.samples.length === 0) {
    throw new ProfilerError('no-samples', 'The recording holds no samples. --view info tells what it holds.');
  }
  if (profile.samples.length === 0) {
    const all = formatCounted(recording.samples.length, 'sample');
    throw new ProfilerError('no-samples', `None of the ${all} passes the filters: ${filters.join(', ')}.`);
  }
  const { sum } = computeStackWeights(profile, measure);
  if (sum > 0) return;
  const count = profile.samples.length;
  const samples = count === 1 ? 'The 1 sample shows' : `The ${formatCounted(count, 'sample')} show`;
  const title = describeMeasure(recording, measure);
  const isTimed = measure !== 'wall' && listMeasures(recording).includes('wall');
  const hint = isTimed ? ' --measure wall shows where time went by.' : '';
  throw new ProfilerError(
    'no-samples',
    measure === 'samples'
      ? `${samples} nothing: they weigh ${formatCount(sum)} in all.`
      : `${samples} no ${title}.${hint}`,
  );
}
