// Lines of exactly the width of the terminal, or less: put together from painted pieces.

import type { Paint, Style } from '../output/style.ts';
import type { Cell } from '../output/table.ts';
import { displayWidth, shorten } from '../output/text.ts';

/** How a live table is painted. */
export interface TopStyle extends Style {
  /** Light on dark becomes dark on light: for bars across the screen. */
  readonly inverse: Paint;
}

/** A style with bars across the screen. */
export function withBars(style: Style): TopStyle {
  return { ...style, inverse: (text) => `\u001b[7m${text}\u001b[27m` };
}

/** A piece of a line. */
export type Piece = Cell | string;

/** The pieces one behind the other, cut at `columns`; `right` stands at the right edge if there is room for it. */
export function composeLine(left: readonly Piece[], columns: number, right: readonly Piece[] = []): string {
  const rightWidth = right.reduce((sum, piece) => sum + displayWidth(textOf(piece)), 0);
  const hasRight = rightWidth > 0 && rightWidth + 2 <= columns;
  const limit = hasRight ? columns - rightWidth - 2 : columns;
  let used = 0;
  let line = '';
  for (const piece of left) {
    if (used >= limit) break;
    const text = shorten(textOf(piece), limit - used);
    used += displayWidth(text);
    line += paintPiece(piece, text);
  }
  if (!hasRight) return line;
  const gap = ' '.repeat(columns - rightWidth - used);
  return line + gap + right.map((piece) => paintPiece(piece, textOf(piece))).join('');
}

/** Columns that a painted line takes. */
export function visibleWidth(line: string): number {
  return displayWidth(line.replace(PAINT, ''));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const PAINT = /\u001b\[[0-9;]*m/g;

function paintPiece(piece: Piece, text: string): string {
  return typeof piece === 'string' || piece.paint === undefined ? text : piece.paint(text);
}

function textOf(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece.text;
}
