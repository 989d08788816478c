// Aligned columns of text.

import type { Paint } from './style.ts';
import { displayWidth, padEnd } from './text.ts';

/** A text and how it is painted, once it has its place. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** The lines of a table: titles first, two spaces between columns, no spaces at the ends of lines. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
  options: { paintTitle?: Paint; indent?: string } = {},
): string[] {
  const indent = options.indent ?? '';
  const widths = measureColumns(columns, rows);
  const formatRow = (cells: readonly (Cell | string)[]) =>
    (
      indent + columns.map((column, index) => place(cells[index], column, widths[index])).join('  ')
    ).trimEnd();
  const titles = columns.map((column): Cell => ({ text: column.title, paint: options.paintTitle }));
  const head = columns.some((column) => column.title !== '') ? [formatRow(titles)] : [];
  return [...head, ...rows.map(formatRow)];
}

/** Columns of the terminal that a table with these rows takes, without its indent. */
export function measureTable(
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
): number {
  return measureColumns(columns, rows).reduce((sum, width) => sum + width + 2, -2);
}

function measureColumns(columns: readonly Column[], rows: readonly (readonly (Cell | string)[])[]): number[] {
  return columns.map((column, index) =>
    rows.reduce(
      (width, row) => Math.max(width, displayWidth(textOf(row[index]))),
      displayWidth(column.title),
    ),
  );
}

function place(cell: Cell | string, column: Column, width: number): string {
  const text = textOf(cell);
  const padding = ' '.repeat(width - displayWidth(text));
  const painted = typeof cell === 'string' || cell.paint === undefined ? text : cell.paint(text);
  return column.align === 'right' ? padding + painted : painted + padding;
}

function textOf(cell: Cell | string): string {
  return typeof cell === 'string' ? cell : cell.text;
}

/** `name   value` lines, values under each other. */
export function formatPairs(pairs: readonly (readonly [string, string])[], paintName: Paint): string[] {
  const width = pairs.reduce((widest, [name]) => Math.max(widest, displayWidth(name)), 0);
  return pairs.map(([name, value]) => paintName(padEnd(name, width)) + (value === '' ? '' : `  ${value}`));
}
