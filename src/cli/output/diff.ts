// The text of a comparison: what grew and what shrank, by function and by call path.

import { formatCount, formatCounted, formatShare } from '../../base/quantities.ts';
import type { CostChanges } from '../../profile/diff/cost-changes.ts';
import type { ProfileDiff } from '../../profile/diff/diff.ts';
import {
  type ChangePair,
  countMarked,
  type DiffView,
  getFunctionText,
  getPathFunctions,
  getValues,
  isMarked,
  selectRows,
} from './diff-data.ts';
import { describeRecording } from './header.ts';
import { type FunctionText, NO_STACK } from './names.ts';
import { type Cell, type Column, formatTable, measureTable } from './table.ts';
import { cleanText, displayWidth, shorten, shortenMiddle, shortenPath, wrapText } from './text.ts';
import { amountColumn, describeMeasure, formatAmount, type TextOptions } from './view.ts';

/** Below this many columns the values of both sides have no room beside their change. */
const MIN_COLUMNS_WITH_VALUES = 80;
/** From so many effective samples on, a hundredth of a point means something. */
const SAMPLES_FOR_HUNDREDTHS = 10_000;
/** Below this, a share of one half would have an error of more than ten points. */
const ENOUGH_SAMPLES = 25;

/** The whole text, with a line end. `limit`: most rows of each table in each direction; 0: all. */
export function formatDiff(view: DiffView, limit: number, options: TextOptions): string {
  const { diff } = view;
  const { style, columns } = options;
  const lines = formatHead(view, options);
  const functions = countMarked(diff);
  const paths = countMarked(diff.paths);
  const verdict =
    functions + paths === 0
      ? 'No difference is more than chance.'
      : `More than chance (*): ${formatCounted(functions, 'function')}, ${formatCounted(paths, 'call path')}.`;
  lines.push(...wrapText(verdict, columns).map(functions + paths === 0 ? style.dim : style.bold), '');
  const format = chooseFormat(diff);
  const tables: [string, 1 | -1, ChangePair, Labeller][] = [
    ['Functions that grew', 1, diff, labelFunction],
    ['Functions that shrank', -1, diff, labelFunction],
    ['Call paths that grew', 1, diff.paths, labelPath],
    ['Call paths that shrank', -1, diff.paths, labelPath],
  ];
  for (const [title, direction, changes, label] of tables) {
    lines.push(...formatChanges(view, { title, direction, changes, label, limit, format }, options));
  }
  lines.push(...wrapText(describeReading(diff), columns).map(style.dim));
  return `${lines.join('\n')}\n`;
}

function formatHead(view: DiffView, { style, columns }: TextOptions): string[] {
  const { before, after, diff, measure } = view;
  const lines = [style.bold(shorten(cleanText(`${before.file} → ${after.file}`), columns))];
  for (const [title, side] of [
    ['before', before],
    ['after ', after],
  ] as const) {
    lines.push(style.dim(shorten(`${title}  ${describeRecording(side.recording)}`, columns)));
  }
  const titles = [before, after].map((side) => describeMeasure(side.recording, measure));
  const title = titles[0] === titles[1] ? titles[0] : titles.join(' → ');
  const amounts = [diff.before, diff.after].map(({ unit, sum }) => formatAmount(unit, sum)).join(' → ');
  const relative =
    diff.before.unit === diff.after.unit
      ? ` (${formatSigned((diff.after.sum - diff.before.sum) / diff.before.sum, (share) => `${(share * 100).toFixed(1)} %`)})`
      : '';
  lines.push(...wrapText(`${title} ${amounts}${relative}, ${describeNormalisation(diff)}`, columns));
  const filters = [...new Set([...before.filters, ...after.filters])];
  if (filters.length > 0) lines.push(...wrapText(`Only ${filters.join(', ')}`, columns));
  const fewest = Math.min(diff.before.effectiveSamples, diff.after.effectiveSamples);
  if (fewest < ENOUGH_SAMPLES) {
    const few = `Too little to tell anything: one side says as much as ${formatCount(fewest)} equal samples.`;
    lines.push(...wrapText(few, columns).map(style.warn));
  }
  if (diff.functions.moved > 0) {
    const moved = formatCounted(diff.functions.moved, 'function');
    lines.push(
      ...wrapText(`${moved} of files in other folders taken for the same by name and file name.`, columns),
    );
  }
  return lines;
}

function describeNormalisation({ normalisation }: ProfileDiff): string {
  switch (normalisation.type) {
    case 'samples':
      return 'compared by shares, in percent of each';
    case 'time':
      return 'compared per second of each recording';
    case 'none':
      return 'compared as amounts';
  }
}

/** What stands behind the numbers of a row. */
type Labeller = (diff: ProfileDiff, row: number, width: number, options: TextOptions) => string;

interface ChangeTable {
  readonly title: string;
  readonly direction: 1 | -1;
  readonly changes: ChangePair;
  readonly label: Labeller;
  readonly limit: number;
  readonly format: (value: number) => string;
}

function formatChanges({ diff }: DiffView, table: ChangeTable, options: TextOptions): string[] {
  const { style, columns } = options;
  const all = selectRows(table.changes, table.direction);
  if (all.length === 0) return [];
  const rows = table.limit > 0 ? all.slice(0, table.limit) : all;
  const layout = describeLayout(columns);
  const numbers = rows.map((row) => formatNumbers(diff, table, row, options));
  const width = Math.max(20, columns - measureTable(layout, numbers) - 2);
  const cells = rows.map((row, index) => [...numbers[index], table.label(diff, row, width, options)]);
  const titles: Column[] = [...layout, { title: '', align: 'left' }];
  return [
    style.bold(table.title),
    ...formatTable(titles, cells, { paintTitle: style.dim }),
    ...describeRest(table, all.slice(rows.length)).map(style.dim),
    '',
  ];
}

function describeLayout(columns: number): Column[] {
  const values = columns >= MIN_COLUMNS_WITH_VALUES ? ['before', 'after'] : [];
  return ['self', '±', ...values, 'total', '±'].map((title) => ({ title, align: 'right' }));
}

function formatNumbers(
  diff: ProfileDiff,
  { changes, format }: ChangeTable,
  row: number,
  { style, columns }: TextOptions,
): Cell[] {
  const { self, total } = changes;
  // The root stands for the samples without a stack; its total is the whole, which the head has.
  const hasTotal = changes !== diff.paths || row > 0;
  const describe = (costs: CostChanges): Cell[] => {
    const marked = isMarked(costs, row);
    const text = formatSigned(costs.change[row], format) + (marked ? '*' : ' ');
    return [
      { text, paint: marked ? style.heat(costs.change[row] > 0 ? 1 : 0) : style.dim },
      { text: format(costs.error[row]), paint: style.dim },
    ];
  };
  const values = getValues(diff, self, row);
  const sides = [values.before, values.after].map((value): Cell => ({ text: format(value) }));
  return [
    ...describe(self),
    ...(columns >= MIN_COLUMNS_WITH_VALUES ? sides : []),
    ...(hasTotal ? describe(total) : [{ text: '' }, { text: '' }]),
  ];
}

/** Percent without their sign, or amounts all in one unit. */
function chooseFormat(diff: ProfileDiff): (value: number) => string {
  const { before, after, normalisation } = diff;
  if (normalisation.type === 'samples') {
    const isExact = Math.min(before.effectiveSamples, after.effectiveSamples) >= SAMPLES_FOR_HUNDREDTHS;
    return (value) => (value * 100).toFixed(isExact ? 2 : 1);
  }
  const largest = diff.self.change.reduce((most, _, row) => {
    const values = getValues(diff, diff.self, row);
    return Math.max(most, values.before, values.after);
  }, 0);
  return amountColumn(before.unit, largest);
}

function formatSigned(value: number, format: (value: number) => string): string {
  if (value === 0) return '0';
  return (value > 0 ? '+' : '−') + format(Math.abs(value));
}

function describeRest({ changes, format }: ChangeTable, left: readonly number[]): string[] {
  if (left.length === 0) return [];
  const sum = left.reduce((total, row) => total + changes.self.change[row], 0);
  return [
    `… ${formatCounted(left.length, 'more row')}, together ${formatSigned(sum, format)} (--limit 0 shows all)`,
  ];
}

function labelFunction(diff: ProfileDiff, row: number, width: number, options: TextOptions): string {
  const { name, tag, place } = getFunctionText(diff, row, options.folder);
  const presence = describePresence(diff, row);
  const shownName = shortenMiddle(name, Math.max(8, width - tag.length - presence.length)) + tag;
  const rest = width - displayWidth(shownName) - presence.length - 2;
  const file = place.slice(place.lastIndexOf('/') + 1);
  const shownPlace = place === '' || displayWidth(file) > rest ? '' : `  ${shortenPath(place, rest)}`;
  return options.style.bold(shownName) + presence + options.style.dim(shownPlace);
}

/** Costs nothing on one side: the function is new, or gone. */
function describePresence({ total }: ProfileDiff, row: number): string {
  if (total.before[row] === 0) return ' (new)';
  return total.after[row] === 0 ? ' (gone)' : '';
}

/** `main › Server.run › fib ×12`: as many of the innermost calls as there is room for, and the rest told by `…`. */
function labelPath(diff: ProfileDiff, node: number, width: number, { style }: TextOptions): string {
  const names = foldRecursion(getPathFunctions(diff, node).map((row) => getFunctionText(diff, row)));
  const last = names.pop() ?? (node === 0 ? NO_STACK : '');
  const shown = shortenMiddle(last, width);
  let callers = '';
  for (let at = names.length - 1; at >= 0; at--) {
    const longer = `${names[at]} › ${callers}`;
    const ellipsis = at === 0 ? 0 : 4;
    if (displayWidth(longer) + displayWidth(shown) + ellipsis > width) {
      if (displayWidth(callers) + displayWidth(shown) + 4 <= width) callers = `… › ${callers}`;
      break;
    }
    callers = longer;
  }
  return style.dim(callers) + style.bold(shown);
}

function foldRecursion(calls: readonly FunctionText[]): string[] {
  const names: string[] = [];
  let levels = 1;
  calls.forEach(({ name, tag, place }, at) => {
    const next = calls[at + 1];
    if (next !== undefined && next.name === name && next.place === place) {
      levels++;
      return;
    }
    names.push(name + tag + (levels > 1 ? ` ×${levels}` : ''));
    levels = 1;
  });
  return names;
}

function describeReading({ normalisation }: ProfileDiff): string {
  const whole =
    normalisation.type === 'samples'
      ? ''
      : ' It is the error of sampling: that one run differs from the next is not in it.';
  return (
    '"before" and "after" are of self. ± is the standard error of the change before it; * marks what is more than chance, ' +
    `which at most ${formatShare(0.05)} of comparisons of equal programs have anywhere in a table.${whole}`
  );
}
