// The traces of a log of PyPy's JIT, as a table.

import { formatCount, formatCounted } from '../../base/quantities.ts';
import { summarizeTraces, type TraceSummary } from '../../formats/jitlog/summarize.ts';
import type { JitLog } from '../../formats/jitlog/tables.ts';
import { relativePath } from './names.ts';
import { type Column, formatTable, measureTable } from './table.ts';
import { cleanText, shortenPath, wrapText } from './text.ts';
import type { TextOptions } from './view.ts';

const COLUMNS: readonly Column[] = [
  { title: 'entered', align: 'right' },
  { title: 'passed', align: 'right' },
  { title: 'trace', align: 'left' },
  { title: 'operations', align: 'left' },
  { title: 'code', align: 'right' },
  { title: 'where it begins', align: 'left' },
];

const EXPLANATION =
  'Traces by how often they were entered, or their labels passed (about the rounds of a loop). Operations: recorded, ' +
  'optimized, assembled. Bridges stand with the trace and the guard that they begin at.';

/** The whole view, with a line end. `limit` 0 shows all traces. */
export function formatJitLog(file: string, log: JitLog, limit: number, options: TextOptions): string {
  const { style, columns } = options;
  const all = summarizeTraces(log);
  const shown = limit === 0 ? all : all.slice(0, limit);
  const name = file === '-' ? 'standard input' : cleanText(file);
  const lines = [style.bold(name), ...wrapText(describeLog(log, all), columns).map(style.dim), ''];
  if (shown.length > 0) {
    const heads = shown.map((summary) => [
      formatCount(summary.entries),
      summary.passes === 0 ? '' : formatCount(summary.passes),
      describeTrace(summary),
      summary.operations.map((count) => (count === undefined ? '–' : String(count))).join(' → '),
      summary.codeBytes === undefined ? '' : `${formatCount(summary.codeBytes)} B`,
    ]);
    const width = Math.max(20, columns - measureTable(COLUMNS.slice(0, -1), heads) - 2);
    const rows = shown.map((summary, i) => [...heads[i], describePlace(summary, options.folder, width)]);
    lines.push(...formatTable(COLUMNS, rows, { paintTitle: style.dim }));
    const hidden = all.length - shown.length;
    if (hidden > 0) lines.push(style.dim(`… ${formatCounted(hidden, 'more trace')} (--limit 0 shows all)`));
    lines.push('', ...wrapText(EXPLANATION, columns).map(style.dim));
  }
  return `${lines.join('\n')}\n`;
}

function describeLog(log: JitLog, all: readonly TraceSummary[]): string {
  const count = (kind: TraceSummary['kind']) => all.filter((summary) => summary.kind === kind).length;
  const parts = [
    `log of PyPy's JIT, version ${log.version}, ${cleanText(log.machine)}`,
    `${formatCounted(count('loop'), 'loop')}, ${formatCounted(count('bridge'), 'bridge')}`,
    formatCounted(log.operations.length, 'operation'),
  ];
  if (log.code.length > 0) parts.push(`${formatCount(log.code.length)} bytes of machine code`);
  return parts.join(' · ');
}

function describeTrace({ kind, id, parentId, guard, isAborted }: TraceSummary): string {
  const from =
    parentId === undefined ? '' : ` of ${parentId}${guard === undefined ? '' : ` (${cleanText(guard)})`}`;
  return `${kind} ${id}${from}${isAborted ? ', aborted' : ''}`;
}

function describePlace(
  { scope, file, line, driver }: TraceSummary,
  folder: string | undefined,
  width: number,
): string {
  const place =
    file === undefined ? '' : relativePath(cleanText(file), folder) + (line === undefined ? '' : `:${line}`);
  const name = scope === undefined ? '' : `${cleanText(scope)}  `;
  if (name === '' && place === '') return driver === undefined ? '' : `(${cleanText(driver)})`;
  return name + shortenPath(place, Math.max(10, width - name.length));
}
