// The whole screen of a live table, line by line.

import { composeLine, type Piece, type TopStyle } from './line.ts';
import type { Picture, Size } from './picture.ts';
import { renderHeader } from './render-header.ts';
import { renderHelp } from './render-help.ts';
import { countRows, renderTable } from './render-table.ts';
import type { TopState } from './top-state.ts';

/** Rows of the table that fit on the screen. */
export function getPageSize(size: Size): number {
  return Math.max(0, size.rows - getHeaderHeight(size) - 2);
}

/** As many lines as the terminal has, none longer than it is wide. */
export function renderScreen(picture: Picture, state: TopState, size: Size, style: TopStyle): string[] {
  const { columns, rows } = size;
  const pageSize = getPageSize(size);
  const lines = renderHeader(picture, state, columns, style).slice(0, getHeaderHeight(size));
  const body =
    state.overlay === 'help'
      ? renderHelp(picture, columns, style)
      : renderTable(picture, state, { columns, pageSize }, style);
  if (state.overlay !== 'help' && body.length === 1) {
    body.push('', composeLine([{ text: `  ${explainNothing(picture, state)}`, paint: style.dim }], columns));
  }
  const bodyHeight = Math.max(0, rows - lines.length - 1);
  lines.push(...body.slice(0, bodyHeight));
  while (lines.length < rows - 1) lines.push('');
  lines.push(renderFooter(picture, state, size, style));
  return lines.slice(0, rows);
}

/** What stays on the terminal at the end: the program, what was counted, and the first rows of the table. */
export function renderLastPicture(picture: Picture, state: TopState, size: Size, style: TopStyle): string[] {
  const plain = { ...state, scroll: 0, isPaused: false };
  const header = renderHeader(picture, plain, size.columns, style);
  const pageSize = Math.max(1, getPageSize(size) - 2);
  const table = renderTable(picture, plain, { columns: size.columns, pageSize }, style);
  return table.length === 1 ? header.slice(0, -1) : [...header, ...table];
}

/** Small terminals have fewer lines above the table. */
function getHeaderHeight({ rows }: Size): number {
  if (rows >= 12) return 4;
  return rows >= 8 ? 2 : rows >= 4 ? 1 : 0;
}

function explainNothing(picture: Picture, state: TopState): string {
  if (picture.progress === undefined || picture.progress.samples === 0)
    return 'Waiting for the first samples …';
  switch (state.measure) {
    case 'cpu':
      return 'No CPU time was used so far. The key m shows waiting, too.';
    case 'gil':
      return 'The GIL was not held at any sample so far.';
    case 'wall':
      return 'No time has gone by.';
  }
}

function renderFooter(picture: Picture, state: TopState, size: Size, style: TopStyle): string {
  const { columns } = size;
  if (state.overlay === 'quit') {
    const question = `End the program, too?  y yes (SIGTERM)  n no, it runs on (${picture.pid})  Esc back`;
    return composeLine([{ text: question, paint: style.warn }], columns);
  }
  if (picture.message !== undefined) {
    return composeLine([{ text: picture.message, paint: style.warn }], columns);
  }
  const keys: readonly (readonly [string, string])[] = [
    ['q', 'quit'],
    ['s', 'sort'],
    ['r', 'reverse'],
    ['m', 'measure'],
    ['t', 'thread'],
    ['p', state.isPaused ? 'go on' : 'pause'],
    ['?', 'help'],
  ];
  const left = keys.flatMap(([key, what]): Piece[] => [
    { text: key, paint: style.bold },
    { text: ` ${what}  `, paint: style.dim },
  ]);
  const count = countRows(picture, state);
  const last = Math.min(count, state.scroll + getPageSize(size));
  const range = count > last - state.scroll ? `${state.scroll + 1}–${last} of ${count}` : '';
  return composeLine(left, columns, range === '' ? [] : [{ text: range, paint: style.dim }]);
}
