// Which source lines are worth showing, and how they stand together in their files.

import { computeLineCosts, type LineCosts } from '../../profile/costs/line-costs.ts';
import { getFunctionName } from '../../profile/stack-text.ts';
import { type FunctionIndex, NONE, type Profile } from '../../profile/tables.ts';
import { cleanText } from './text.ts';
import type { Limits, View } from './view.ts';

/** A line with a cost. */
export interface LineRow {
  readonly line: number;
  readonly self: number;
  readonly total: number;
  /** Qualified names, mostly one. */
  readonly functions: readonly string[];
}

/** The lines of a file that are shown, in order. */
export interface FileLines {
  readonly file: string;
  readonly rows: readonly LineRow[];
  /** Every line of the file that has a cost, shown or not. */
  readonly all: ReadonlyMap<number, LineRow>;
  /** Self of all lines of the file. */
  readonly self: number;
}

export interface LinesData {
  readonly costs: LineCosts;
  /** Files with lines to show, the one with the most self first. */
  readonly files: readonly FileLines[];
  /** Lines with a cost that are not shown, and their self. */
  readonly leftRows: number;
  readonly leftSelf: number;
  /** Self of code whose line is not known: native functions mostly, and samples without a stack. */
  readonly unknownSelf: number;
}

/** The lines with the most self, grouped by file. */
export function computeLines(view: View, limits: Limits): LinesData {
  const { profile } = view;
  const costs = computeLineCosts(profile, view.measure);
  const rows = Array.from({ length: costs.length }, (_, row) => row).filter(
    (row) => costs.totalSamples[row] > 0,
  );
  const known = rows.filter((row) => costs.file[row] !== NONE && costs.line[row] !== NONE);
  const ranked = known
    .filter((row) => costs.self[row] !== 0 && Math.abs(costs.self[row]) >= limits.minShare * costs.sum)
    .sort((a, b) => costs.self[b] - costs.self[a] || costs.total[b] - costs.total[a] || a - b);
  const shown = new Set(limits.limit > 0 ? ranked.slice(0, limits.limit) : ranked);
  const knownSelf = known.reduce((sum, row) => sum + costs.self[row], 0);
  const shownSelf = [...shown].reduce((sum, row) => sum + costs.self[row], 0);
  return {
    costs,
    files: groupByFile(profile, costs, known, shown),
    leftRows: known.length - shown.size,
    leftSelf: Math.max(0, knownSelf - shownSelf),
    unknownSelf: Math.max(0, costs.sum - knownSelf),
  };
}

function groupByFile(
  profile: Profile,
  costs: LineCosts,
  known: readonly number[],
  shown: ReadonlySet<number>,
): FileLines[] {
  const files = new Map<number, { rows: LineRow[]; all: Map<number, LineRow>; self: number }>();
  // Rows stand in order of file and line.
  for (const row of known) {
    const file = files.get(costs.file[row]) ?? { rows: [], all: new Map<number, LineRow>(), self: 0 };
    files.set(costs.file[row], file);
    const described = describeLine(profile, costs, row);
    file.all.set(described.line, described);
    file.self += costs.self[row];
    if (shown.has(row)) file.rows.push(described);
  }
  return [...files]
    .filter(([, file]) => file.rows.length > 0)
    .map(([file, lines]) => ({ file: profile.strings[file], ...lines }))
    .sort((a, b) => b.self - a.self);
}

function describeLine(profile: Profile, costs: LineCosts, row: number): LineRow {
  const functions = costs.functions.subarray(costs.functionsStart[row], costs.functionsStart[row + 1]);
  return {
    line: costs.line[row],
    self: costs.self[row],
    total: costs.total[row],
    functions: Array.from(functions, (index) => cleanText(getFunctionName(profile, index as FunctionIndex))),
  };
}
