// The lines view: source text, with what each line cost.

import { formatCounted, formatPercent, formatShare } from '../../base/quantities.ts';
import { computeShareError } from '../../profile/statistics.ts';
import type { SourceFile } from '../../server/source-files.ts';
import { horizontalBar } from './bar.ts';
import { formatHeader } from './header.ts';
import type { FileLines, LineRow, LinesData } from './lines-data.ts';
import { relativePath } from './names.ts';
import { type Cell, type Column, formatTable } from './table.ts';
import { cleanText, shorten, shortenPath } from './text.ts';
import { amountColumn, describeMeasure, formatAmount, type TextOptions, type View } from './view.ts';

/** Lines of source around one that is shown. */
const CONTEXT = 2;
const BAR_WIDTH = 5;

const COLUMNS: readonly Column[] = [
  { title: 'self', align: 'right' },
  { title: '%', align: 'right' },
  { title: '±', align: 'right' },
  { title: '', align: 'left' },
  { title: 'total', align: 'right' },
  { title: '%', align: 'right' },
  { title: 'line', align: 'right' },
  { title: '', align: 'left' },
];

/** The whole view, header included, with a line end. */
export function formatLines(
  view: View,
  data: LinesData,
  sources: ReadonlyMap<string, SourceFile>,
  options: TextOptions,
): string {
  const { style } = options;
  const lines = formatHeader(view, options);
  if (data.files.length === 0) {
    lines.push(`No ${describeMeasure(view.profile, view.measure)} was spent in a line that is known.`);
  } else {
    lines.push(...formatFiles(data, sources, options));
  }
  lines.push(...describeRest(data).map(style.dim));
  return `${lines.join('\n')}\n`;
}

/** One table for all files, so that numbers stand under each other; the files' names stand between its rows. */
function formatFiles(
  data: LinesData,
  sources: ReadonlyMap<string, SourceFile>,
  options: TextOptions,
): string[] {
  const blocks = data.files.map((file) => {
    const source = sources.get(file.file);
    const rows =
      source?.lines === undefined
        ? formatBare(data, file, options)
        : formatSource(data, file, source.lines, options);
    return { heading: formatHeading(data, file, source, options), rows };
  });
  const [titles, ...rows] = formatTable(
    COLUMNS,
    blocks.flatMap((block) => block.rows),
    { paintTitle: options.style.dim },
  );
  const lines = [titles];
  for (const block of blocks) lines.push(...block.heading, ...rows.splice(0, block.rows.length), '');
  return lines;
}

function formatHeading(
  data: LinesData,
  file: FileLines,
  source: SourceFile | undefined,
  { style, columns, folder }: TextOptions,
): string[] {
  const { costs } = data;
  const cost = `self ${formatAmount(costs.unit, file.self)}, ${formatShare(file.self / costs.sum)}`;
  const path = shortenPath(relativePath(cleanText(file.file), folder), columns - cost.length - 2);
  const problem = source?.problem === undefined ? [] : [style.warn(shorten(source.problem, columns))];
  return [`${style.bold(path)}  ${style.dim(cost)}`, ...problem];
}

/** Without the source: the functions' names instead. */
function formatBare(data: LinesData, file: FileLines, options: TextOptions): Cell[][] {
  return file.rows.map((row) => [
    ...formatNumbers(data, row, options),
    { text: String(row.line) },
    { text: row.functions.length === 0 ? '' : `in ${row.functions.join(', ')}`, paint: options.style.dim },
  ]);
}

/** The lines that are shown with those around them; what is between is told by `⋮`. */
function formatSource(
  data: LinesData,
  file: FileLines,
  source: readonly string[],
  options: TextOptions,
): Cell[][] {
  const { style, columns } = options;
  const shown = new Set(file.rows.map((row) => row.line));
  const cells: Cell[][] = [];
  let last = 0;
  for (const { first, end } of findRegions(file.rows, source.length)) {
    if (last > 0) cells.push([...EMPTY_NUMBERS, { text: '⋮', paint: style.dim }, { text: '' }]);
    last = end;
    for (let line = first; line <= end; line++) {
      const row = file.all.get(line);
      const numbers = row === undefined ? EMPTY_NUMBERS : formatNumbers(data, row, options);
      const text = shorten(
        cleanText((source[line - 1] ?? '').replaceAll('\t', '    ')),
        Math.max(20, columns - 46),
      );
      const paint = shown.has(line) ? style.bold : style.dim;
      cells.push([...numbers, { text: String(line), paint: style.dim }, { text, paint }]);
    }
  }
  return cells;
}

/** Runs of lines, with their context; overlapping ones are one. */
function findRegions(rows: readonly LineRow[], lineCount: number): { first: number; end: number }[] {
  const regions: { first: number; end: number }[] = [];
  for (const { line } of rows) {
    const first = Math.max(1, line - CONTEXT);
    // A line behind the end of the file is shown all the same: the file has changed.
    const end = Math.max(line, Math.min(lineCount, line + CONTEXT));
    const last = regions.at(-1);
    if (last !== undefined && first <= last.end + 1) last.end = end;
    else regions.push({ first, end });
  }
  return regions;
}

const EMPTY_NUMBERS: readonly Cell[] = Array.from({ length: 6 }, () => ({ text: '' }));

function formatNumbers({ costs }: LinesData, row: LineRow, { style }: TextOptions): Cell[] {
  const amounts = amountColumn(costs.unit, costs.sum);
  const share = row.self / costs.sum;
  const paint = style.heat(share);
  const own: Cell[] =
    row.self === 0
      ? [{ text: '' }, { text: '' }, { text: '' }]
      : [
          { text: amounts(row.self), paint },
          { text: formatPercent(share), paint },
          { text: formatPercent(computeShareError(share, costs.effectiveSamples)), paint: style.dim },
        ];
  const bar = horizontalBar(share, BAR_WIDTH).padEnd(BAR_WIDTH);
  return [
    ...own,
    { text: bar, paint },
    { text: amounts(row.total) },
    { text: formatPercent(row.total / costs.sum) },
  ];
}

function describeRest(data: LinesData): string[] {
  const { costs, leftRows, leftSelf, unknownSelf } = data;
  const rest: string[] = [];
  if (leftRows > 0) {
    const share = formatShare(leftSelf / costs.sum);
    rest.push(
      `… ${formatCounted(leftRows, 'more line')} with ${share} of self (--limit 0 --min 0 shows all that have any)`,
    );
  }
  if (unknownSelf > 0) {
    rest.push(`… ${formatShare(unknownSelf / costs.sum)} of self in code whose line is not known`);
  }
  return rest;
}
