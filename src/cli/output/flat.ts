// The flat view: what every function cost, by itself and with all that it calls.

import { formatCounted, formatPercent, formatShare } from '../../base/quantities.ts';
import {
  computeFunctionCosts,
  type FunctionCosts,
  sortFunctions,
} from '../../profile/costs/function-costs.ts';
import { computeShareError } from '../../profile/statistics.ts';
import type { FunctionIndex } from '../../profile/tables.ts';
import { horizontalBar } from './bar.ts';
import { formatHeader } from './header.ts';
import { describeFunction, type FunctionText, NO_STACK } from './names.ts';
import type { Paint, Style } from './style.ts';
import { type Cell, type Column, formatTable, measureTable } from './table.ts';
import { displayWidth, shortenMiddle, shortenPath } from './text.ts';
import { amountColumn, type Limits, NO_LIMITS, type TextOptions, type View } from './view.ts';

/** Columns of the bar. */
const BAR_WIDTH = 8;
/** The bar goes first when the terminal is too narrow for whole names, then the error of the total. */
const MIN_COLUMNS_WITH_BAR = 120;
const MIN_COLUMNS_WITH_TOTAL_ERROR = 88;

/** The whole view, header included, with a line end. */
export function formatFlat(view: View, limits: Limits, options: TextOptions): string {
  const costs = computeFunctionCosts(view.profile, view.measure);
  const lines = [...formatHeader(view, options), ...formatFunctionTable(view, costs, limits, options)];
  return `${lines.join('\n')}\n`;
}

/** The table alone, and a last line with what it leaves out. */
export function formatFunctionTable(
  view: View,
  costs: FunctionCosts,
  limits: Limits,
  options: TextOptions,
): string[] {
  const { style, columns } = options;
  const rows = selectFunctions(costs, limits);
  const names = rows.map((row) => describeRow(view, row, options));
  const nameNeed = widest(names.map(({ name, tag }) => name + tag));
  const placeNeed = widest(names.map(({ place }) => place));
  const layout = chooseLayout(costs, rows, nameNeed + placeNeed, options);
  const numbers = rows.map((row) => formatNumbers(costs, row, layout, style));
  const width = columns - measureTable(layout.columns, numbers) - 2;
  // Files give way first, but keep a third.
  const placeWidth = Math.min(placeNeed, Math.max(Math.floor(width / 3), width - 2 - nameNeed));
  const nameWidth = Math.max(8, width - 2 - placeWidth);
  const cells = names.map(({ name, tag, place }, index) => [
    ...numbers[index],
    { text: shortenMiddle(name, nameWidth - tag.length) + tag, paint: style.bold },
    { text: shortenPath(place, placeWidth), paint: style.dim },
  ]);
  const titles: Column[] = [
    ...layout.columns,
    { title: 'function', align: 'left' },
    { title: placeNeed > 0 ? 'file' : '', align: 'left' },
  ];
  return [
    ...formatTable(titles, cells, { paintTitle: style.dim }),
    ...describeRest(costs, rows).map(style.dim),
  ];
}

/** A row of the function table; `undefined` stands for the samples without a stack. */
export type FunctionRow = FunctionIndex | undefined;

/** By descending self, as far as the limits go. */
export function selectFunctions(costs: FunctionCosts, limits: Limits): FunctionRow[] {
  const rows: FunctionRow[] = Array.from(sortFunctions(costs, 'self'), (row) => row as FunctionIndex);
  if (costs.withoutStack !== 0) {
    const position = rows.findIndex((row) => row !== undefined && costs.self[row] < costs.withoutStack);
    rows.splice(position < 0 ? rows.length : position, 0, undefined);
  }
  // What weighs less than nothing is a difference, and as large as its amount.
  const wanted = rows.filter((row) => Math.abs(getTotal(costs, row)) >= limits.minShare * costs.sum);
  return limits.limit > 0 ? wanted.slice(0, limits.limit) : wanted;
}

export function getSelf(costs: FunctionCosts, row: FunctionRow): number {
  return row === undefined ? costs.withoutStack : costs.self[row];
}

export function getTotal(costs: FunctionCosts, row: FunctionRow): number {
  return row === undefined ? costs.withoutStack : costs.total[row];
}

function describeRow(view: View, row: FunctionRow, { folder }: TextOptions): FunctionText {
  return row === undefined
    ? { name: NO_STACK, tag: '', place: '' }
    : describeFunction(view.profile, row, folder);
}

/** Which columns of numbers there is room for. */
interface Layout {
  readonly columns: readonly Column[];
  readonly hasBar: boolean;
  readonly hasTotalError: boolean;
}

function chooseLayout(
  costs: FunctionCosts,
  rows: readonly FunctionRow[],
  textWidth: number,
  { columns, style }: TextOptions,
): Layout {
  const widest = describeLayout(true, true);
  const cells = rows.map((row) => formatNumbers(costs, row, widest, style));
  const isRoomy = measureTable(widest.columns, cells) + 4 + textWidth <= columns;
  return describeLayout(isRoomy || columns >= MIN_COLUMNS_WITH_BAR, columns >= MIN_COLUMNS_WITH_TOTAL_ERROR);
}

function describeLayout(hasBar: boolean, hasTotalError: boolean): Layout {
  const numbers = (titles: string[]) => titles.map((title): Column => ({ title, align: 'right' }));
  const bar: Column[] = hasBar ? [{ title: '', align: 'left' }] : [];
  const total = numbers(hasTotalError ? ['total', '%', '±'] : ['total', '%']);
  return { columns: [...numbers(['self', '%', '±']), ...bar, ...total], hasBar, hasTotalError };
}

function formatNumbers(costs: FunctionCosts, row: FunctionRow, layout: Layout, style: Style): Cell[] {
  const amounts = amountColumn(costs.unit, costs.sum);
  const format = (amount: number, paint?: Paint): Cell[] => {
    const share = amount / costs.sum;
    const error = computeShareError(share, costs.effectiveSamples);
    return [
      { text: amounts(amount), paint },
      { text: formatPercent(share), paint },
      { text: formatPercent(error), paint: style.dim },
    ];
  };
  const self = getSelf(costs, row);
  const paint = style.heat(self / costs.sum);
  const bar = { text: horizontalBar(self / costs.sum, BAR_WIDTH).padEnd(BAR_WIDTH), paint };
  const total = format(getTotal(costs, row));
  return [
    ...format(self, paint),
    ...(layout.hasBar ? [bar] : []),
    ...total.slice(0, layout.hasTotalError ? 3 : 2),
  ];
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, displayWidth(text)), 0);
}

function describeRest(costs: FunctionCosts, shown: readonly FunctionRow[]): string[] {
  const isShown = new Set(shown);
  const left = selectFunctions(costs, NO_LIMITS).filter((row) => !isShown.has(row));
  if (left.length === 0) return [];
  const self = left.reduce((sum: number, row) => sum + getSelf(costs, row), 0);
  const share = formatShare(self / costs.sum);
  return [`… ${formatCounted(left.length, 'more function')} with ${share} of self (--limit 0 shows all)`];
}
