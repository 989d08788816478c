// The table of functions, as wide as the terminal: columns keep their place while the numbers change.

import { durationColumn, formatPercent } from '../../base/quantities.ts';
import { type FunctionIndex, NONE } from '../../profile/tables.ts';
import { horizontalBar } from '../output/bar.ts';
import { describeFunction, NO_STACK } from '../output/names.ts';
import { displayWidth, padEnd, padStart, shortenMiddle, shortenPath } from '../output/text.ts';
import { type FunctionSums, rankFunctions, SUM_COLUMNS, type SumColumn } from './function-sums.ts';
import { composeLine, type Piece, type TopStyle, visibleWidth } from './line.ts';
import { shareOfTime } from './live-costs.ts';
import type { Picture } from './picture.ts';
import type { TopState } from './top-state.ts';

const TITLES: Readonly<Record<SumColumn, string>> = {
  recentSelf: 'self%',
  recentTotal: 'total%',
  self: 'self',
  total: 'total',
};
const WIDTHS: Readonly<Record<SumColumn, number>> = { recentSelf: 7, recentTotal: 8, self: 10, total: 10 };

const BAR_WIDTH = 10;
const MIN_COLUMNS_WITH_BAR = 110;
/** Narrower terminals lose the times since the start, then the total. */
const MIN_COLUMNS_WITH_TIMES = 64;
const MIN_COLUMNS_WITH_TOTAL = 40;
const MAX_NAME_WIDTH = 64;

/** Number of rows that the table has. */
export function countRows(picture: Picture, state: TopState): number {
  return rank(picture, state).length;
}

/** The titles, and as many rows as there is room for. */
export function renderTable(
  picture: Picture,
  state: TopState,
  size: { readonly columns: number; readonly pageSize: number },
  style: TopStyle,
): string[] {
  const { costs } = picture;
  const sums = costs.sumsOf(state.thread);
  const columns = chooseColumns(size.columns);
  const lines = [renderTitles(state, columns, size.columns, style)];
  if (sums === undefined) return lines;
  const formatTime = chooseTimeFormat(sums, state, costs.timeUnit);
  const rows = rank(picture, state).subarray(state.scroll, state.scroll + size.pageSize);
  for (const row of rows) {
    const numbers = columns.flatMap((column): Piece[] => {
      const value = sums.value(row, column, state.measure);
      const isRecent = column === 'recentSelf' || column === 'recentTotal';
      const share = shareOfTime(costs, value);
      const text = isRecent ? formatPercent(share) : formatTime(value * costs.timeUnit);
      const paint = value === 0 ? style.dim : column === 'recentSelf' ? style.heat(share) : undefined;
      const cell = { text: padStart(text, widthOf(column)), paint };
      if (column !== 'recentSelf' || !hasBar(size.columns)) return [cell];
      return [cell, ' ', { text: padEnd(horizontalBar(share, BAR_WIDTH), BAR_WIDTH), paint }];
    });
    lines.push(
      composeLine(
        [...numbers, '  ', ...renderFunction(picture, sums, row, size.columns, style)],
        size.columns,
      ),
    );
  }
  return lines;
}

function rank(picture: Picture, state: TopState): Int32Array {
  const sums = picture.costs.sumsOf(state.thread);
  return sums === undefined
    ? new Int32Array()
    : rankFunctions(sums, state.measure, state.sortBy, state.isReversed);
}

function renderTitles(
  state: TopState,
  columns: readonly SumColumn[],
  width: number,
  style: TopStyle,
): string {
  const arrow = state.isReversed ? '▲' : '▼';
  const titles = columns.flatMap((column): Piece[] => {
    const isSorted = column === state.sortBy;
    const text = padStart((isSorted ? arrow : '') + TITLES[column], widthOf(column));
    const cell = { text, paint: isSorted ? style.bold : undefined };
    return column === 'recentSelf' && hasBar(width) ? [cell, ' '.repeat(BAR_WIDTH + 1)] : [cell];
  });
  const { name } = textWidths(width);
  const line = composeLine([...titles, '  ', padEnd('function', name), '  ', 'file:line'], width);
  return style.inverse(line + ' '.repeat(Math.max(0, width - visibleWidth(line))));
}

function renderFunction(
  picture: Picture,
  sums: FunctionSums,
  row: number,
  width: number,
  style: TopStyle,
): Piece[] {
  const functionRow = sums.functionAt(row);
  const widths = textWidths(width);
  const { name, tag, place } =
    functionRow === NONE
      ? { name: NO_STACK, tag: '', place: '' }
      : describeFunction(picture.profile, functionRow as FunctionIndex, picture.folder);
  const shown = shortenMiddle(name, Math.max(4, widths.name - displayWidth(tag))) + tag;
  return [
    { text: padEnd(shown, widths.name), paint: style.bold },
    '  ',
    { text: shortenPath(place, widths.place), paint: style.dim },
  ];
}

/** One unit for both columns of times. */
function chooseTimeFormat(sums: FunctionSums, state: TopState, timeUnit: number): (time: number) => string {
  let largest = 0;
  for (let row = 0; row < sums.length; row++) {
    largest = Math.max(largest, sums.value(row, 'total', state.measure));
  }
  return durationColumn(largest * timeUnit);
}

function chooseColumns(width: number): readonly SumColumn[] {
  if (width >= MIN_COLUMNS_WITH_TIMES) return SUM_COLUMNS;
  return width >= MIN_COLUMNS_WITH_TOTAL ? ['recentSelf', 'recentTotal'] : ['recentSelf'];
}

function hasBar(width: number): boolean {
  return width >= MIN_COLUMNS_WITH_BAR;
}

function widthOf(column: SumColumn): number {
  return WIDTHS[column];
}

/** Columns for the function and for its place: they depend on the terminal alone. */
function textWidths(width: number): { readonly name: number; readonly place: number } {
  const numbers = chooseColumns(width).reduce((sum, column) => sum + widthOf(column), 0);
  const rest = Math.max(0, width - numbers - (hasBar(width) ? BAR_WIDTH + 1 : 0) - 4);
  const name = Math.min(MAX_NAME_WIDTH, Math.ceil(rest * 0.52));
  return { name, place: rest - name };
}
