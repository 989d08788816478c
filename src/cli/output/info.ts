// The info view: everything that the recording says about itself, above all how sure it is.

import { formatCount, formatCounted, formatDuration } from '../../base/quantities.ts';
import {
  describeNotes,
  describeOrigin,
  describeSamples,
  describeSampling,
  type Pairs,
} from '../../profile/describe-recording.ts';
import { NONE, type Profile } from '../../profile/tables.ts';
import { type Column, formatPairs, formatTable, measureTable } from './table.ts';
import { cleanText, shorten, wrapText } from './text.ts';
import type { Limits, TextOptions, View } from './view.ts';

/** The whole view, with a line end. `notes` are what reading the file brought up: damage, guesses. */
export function formatInfo(
  view: View,
  notes: readonly string[],
  limits: Limits,
  options: TextOptions,
): string {
  const { style } = options;
  const profile = view.recording;
  const sections: [string, string[]][] = [
    ['Recording', formatPairs(clean([['file', view.file], ...describeOrigin(profile)]), style.dim)],
    ['Sampling', formatPairs(clean(describeSampling(profile)), style.dim)],
    ['Samples', formatPairs(clean(describeSamples(profile)), style.dim)],
    [
      formatCounted(profile.processes.length, 'process', 'processes'),
      formatProcesses(profile, limits.limit, options),
    ],
    [formatCounted(profile.threads.length, 'thread'), formatThreads(profile, limits.limit, options)],
    ['Damage', notes.flatMap((note) => wrapText(note, options.columns - 2)).map(style.warn)],
    ['Notes', formatPairs(clean(describeNotes(profile)), style.dim)],
  ];
  const parts = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [style.bold(title), ...lines.map((line) => `  ${line}`)].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

/** Texts of the recording made fit for a terminal. */
function clean(pairs: Pairs): Pairs {
  return pairs.map(([name, text]) => [cleanText(name), cleanText(text)] as const);
}

const PROCESS_COLUMNS: readonly Column[] = [
  { title: 'pid', align: 'right' },
  { title: 'from', align: 'right' },
  { title: 'to', align: 'right' },
  { title: 'samples', align: 'right' },
  { title: 'runtime', align: 'left' },
  { title: 'command', align: 'left' },
];

function formatProcesses(profile: Profile, limit: number, { style, columns }: TextOptions): string[] {
  const { processes, threads, strings } = profile;
  const counts = new Float64Array(processes.length);
  countSamples(profile).forEach((count, thread) => {
    counts[threads.process[thread]] += count;
  });
  const depths: number[] = [];
  for (let row = 0; row < processes.length; row++) {
    depths[row] = processes.parent[row] === NONE ? 0 : depths[processes.parent[row]] + 1;
  }
  const shown = limitRows(processes.length, limit, counts);
  const heads = shown.map((row) => [
    ...describeLife(profile, processes, row, processes.pid[row]),
    formatCount(counts[row]),
    processes.runtime[row] === NONE ? '–' : cleanText(strings[processes.runtime[row]]),
  ]);
  // Two columns of indent and two between columns.
  const width = Math.max(20, columns - measureTable(PROCESS_COLUMNS.slice(0, -1), heads) - 4);
  const rows = shown.map((row, index) => {
    const command = '  '.repeat(Math.min(depths[row], 8)) + cleanText(strings[processes.command[row]]);
    return [...heads[index], shorten(command, width)];
  });
  const table = formatTable(PROCESS_COLUMNS, rows, { paintTitle: style.dim });
  return [...table, ...describeCut(processes.length - rows.length, 'process', 'processes').map(style.dim)];
}

const THREAD_COLUMNS: readonly Column[] = [
  { title: 'pid', align: 'right' },
  { title: 'tid', align: 'right' },
  { title: 'from', align: 'right' },
  { title: 'to', align: 'right' },
  { title: 'samples', align: 'right' },
  { title: 'name', align: 'left' },
];

function formatThreads(profile: Profile, limit: number, { style, columns }: TextOptions): string[] {
  const { threads, processes, strings } = profile;
  const counts = countSamples(profile);
  const rows = limitRows(threads.length, limit, counts).map((row) => [
    describeId(processes.pid[threads.process[row]]),
    ...describeLife(profile, threads, row, threads.tid[row]),
    formatCount(counts[row]),
    threads.name[row] === NONE
      ? '–'
      : shorten(cleanText(strings[threads.name[row]]), Math.max(20, columns - 48)),
  ]);
  const table = formatTable(THREAD_COLUMNS, rows, { paintTitle: style.dim });
  return [...table, ...describeCut(threads.length - rows.length, 'thread', 'threads').map(style.dim)];
}

function countSamples(profile: Profile): Uint32Array {
  const counts = new Uint32Array(profile.threads.length);
  for (const thread of profile.samples.thread) counts[thread]++;
  return counts;
}

/** The rows with the most weight, in their own order. */
function limitRows(length: number, limit: number, weights: ArrayLike<number>): number[] {
  const rows = Array.from({ length }, (_, row) => row);
  if (limit === 0 || length <= limit) return rows;
  return rows
    .sort((a, b) => weights[b] - weights[a] || a - b)
    .slice(0, limit)
    .sort((a, b) => a - b);
}

function describeCut(count: number, singular: string, plural: string): string[] {
  return count > 0
    ? [`… ${formatCount(count)} more ${count === 1 ? singular : plural} (--limit 0 shows all)`]
    : [];
}

/** Id, start and end as cells. */
function describeLife(
  profile: Profile,
  table: { readonly start: Float64Array; readonly end: Float64Array },
  row: number,
  id: number,
): string[] {
  const end = table.end[row] === NONE ? 'end' : formatDuration(table.end[row] * profile.timeUnit);
  return [describeId(id), formatDuration(table.start[row] * profile.timeUnit), end];
}

function describeId(id: number): string {
  return id > 0 ? String(id) : '–';
}
