// The info view: everything that the recording says about itself, above all how sure it is.

import { formatCount, formatCounted, formatDuration, formatShare } from '../../base/quantities.ts';
import { computeStackWeights } from '../../profile/stack-weights.ts';
import {
  NONE,
  type Profile,
  type RecordingFacts,
  SAMPLE_STATES,
  STATE_HOLDS_GIL,
  STATE_MASK,
} from '../../profile/tables.ts';
import { countLost, describeCommand, getDuration, listRuntimes } from './header.ts';
import { type Column, formatPairs, formatTable, measureTable } from './table.ts';
import { cleanText, shorten, wrapText } from './text.ts';
import {
  describeMeasure,
  formatAmount,
  type Limits,
  listMeasures,
  type TextOptions,
  type View,
} from './view.ts';

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
    ['Recording', formatPairs(describeRecording(view), style.dim)],
    ['Sampling', formatPairs(describeSampling(profile), style.dim)],
    ['Samples', formatPairs(describeSamples(profile), style.dim)],
    [
      formatCounted(profile.processes.length, 'process', 'processes'),
      formatProcesses(profile, limits.limit, options),
    ],
    [formatCounted(profile.threads.length, 'thread'), formatThreads(profile, limits.limit, options)],
    ['Damage', notes.flatMap((note) => wrapText(note, options.columns - 2)).map(style.warn)],
    ['Notes', formatPairs(describeNotes(profile), style.dim)],
  ];
  const parts = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [style.bold(title), ...lines.map((line) => `  ${line}`)].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

type Pairs = (readonly [string, string])[];

function describeRecording(view: View): Pairs {
  const profile = view.recording;
  const { facts } = profile;
  const pairs: Pairs = [['file', cleanText(view.file)]];
  const command = describeCommand(profile);
  if (command !== '') pairs.push(['command', cleanText(command)]);
  if (facts.mode !== undefined) pairs.push(['how', HOW[facts.mode]]);
  if (facts.exit !== undefined) pairs.push(['ended with', describeExit(facts.exit)]);
  if (facts.startedAt !== undefined)
    pairs.push([
      'started',
      new Date(facts.startedAt)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC'),
    ]);
  const duration = getDuration(profile);
  if (duration > 0) pairs.push(['length', formatDuration(duration)]);
  if (facts.host !== undefined) pairs.push(['host', cleanText(facts.host)]);
  const runtimes = listRuntimes(profile);
  if (runtimes.length > 0) pairs.push(['runtime', runtimes.join(', ')]);
  if (facts.producer !== undefined) pairs.push(['recorded by', cleanText(facts.producer)]);
  return pairs;
}

const HOW = {
  launched: 'started by vmprof',
  attached: 'attached to a running process',
  imported: 'imported from another format',
} as const;

function describeExit(exit: number | string): string {
  return typeof exit === 'number' ? `exit code ${exit}` : `signal ${cleanText(exit)}`;
}

function describeSampling({ facts }: Profile): Pairs {
  const pairs: Pairs = [];
  const schedule = facts.schedule === 'exponential' ? ', at random (exponential gaps)' : '';
  if (facts.askedRate !== undefined) {
    const asked = facts.askedRate === 0 ? 'as fast as possible' : `${formatCount(facts.askedRate)} Hz`;
    pairs.push(['rate asked', asked + schedule]);
  }
  if (facts.realRate !== undefined)
    pairs.push(['rate reached', `${Number(facts.realRate.toPrecision(4))} Hz`]);
  const rounds = facts.rounds ?? 0;
  if (facts.rounds !== undefined) pairs.push(['rounds', formatCount(rounds)]);
  if (facts.lateRounds !== undefined) pairs.push(['late rounds', describePart(facts.lateRounds, rounds)]);
  if (facts.missedRounds !== undefined) {
    pairs.push(['missed rounds', describePart(facts.missedRounds, rounds + facts.missedRounds)]);
  }
  if (facts.profilerCpu !== undefined) {
    const share = facts.duration ? `, ${formatShare(facts.profilerCpu / facts.duration)} of a core` : '';
    pairs.push(["vmprof's own CPU", formatDuration(facts.profilerCpu) + share]);
  }
  return pairs;
}

function describeSamples(profile: Profile): Pairs {
  const { samples, facts } = profile;
  const lost = countLost(profile);
  const all = samples.length + lost;
  const pairs: Pairs = [['taken', formatCount(samples.length)]];
  for (const measure of listMeasures(profile)) {
    if (measure === 'samples') continue;
    const { sum, unit } = computeStackWeights(profile, measure);
    pairs.push([describeMeasure(profile, measure), formatAmount(unit, sum)]);
  }
  if (facts.retriedSamples !== undefined) pairs.push(['read twice', describePart(facts.retriedSamples, all)]);
  if (facts.stoppedSamples !== undefined)
    pairs.push(['thread stopped', describePart(facts.stoppedSamples, all)]);
  pairs.push(...describeStops(facts), ...describeNativeStacks(facts));
  if (facts.lostSamples !== undefined) pairs.push(['given up', describePart(lost, all)]);
  for (const [cause, count] of Object.entries(facts.lostSamples ?? {})) {
    pairs.push([`  ${cleanText(cause)}`, describePart(count, all)]);
  }
  const withoutStack = samples.stack.reduce((count: number, stack) => count + (stack === NONE ? 1 : 0), 0);
  if (withoutStack > 0) pairs.push(['without a stack', describePart(withoutStack, samples.length)]);
  return [...pairs, ...describeStates(profile)];
}

/** How long threads stood still, at most. */
function describeStops({ stopTimes }: RecordingFacts): Pairs {
  if (stopTimes === undefined) return [];
  const { median = 0, p99 = 0, longest = 0 } = stopTimes;
  const [half, most, all] = [median, p99, longest].map(formatDuration);
  return [['stopped for', `${half} (median), ${most} (99 % below), ${all} (longest)`]];
}

function describeNativeStacks({ nativeStacks }: RecordingFacts): Pairs {
  if (nativeStacks === undefined) return [];
  const counts = Object.entries(nativeStacks);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return [
    ['native stacks', formatCount(all)],
    ...counts.map(
      ([how, count]) => [`  ${NATIVE_STACKS[how] ?? cleanText(how)}`, describePart(count, all)] as const,
    ),
  ];
}

const NATIVE_STACKS: Readonly<Record<string, string>> = {
  whole: 'whole',
  cut: 'too large to copy',
  lost: 'callers unknown',
  seam: 'not fitting Python',
};

function describeStates({ samples }: Profile): Pairs {
  const counts = new Map<string, number>();
  let holding = 0;
  for (const state of samples.state) {
    const name = SAMPLE_STATES[state & STATE_MASK] ?? 'unknown';
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if ((state & STATE_HOLDS_GIL) !== 0) holding++;
  }
  if (samples.length === 0 || counts.get('unknown') === samples.length) return [];
  const pairs: Pairs = SAMPLE_STATES.filter((state) => counts.has(state)).map((state) => [
    STATE_TITLES[state],
    describePart(counts.get(state) ?? 0, samples.length),
  ]);
  return holding > 0 ? [...pairs, ['holding the GIL', describePart(holding, samples.length)]] : pairs;
}

const STATE_TITLES = {
  unknown: 'state unknown',
  running: 'running',
  runnable: 'waiting for a CPU',
  waiting: 'waiting',
  'waiting-gil': 'waiting for the GIL',
} as const;

function describeNotes({ facts }: Profile): Pairs {
  return Object.entries(facts.notes ?? {}).map(([name, text]) => [cleanText(name), cleanText(text)] as const);
}

/** `184, 0.7 %` */
function describePart(count: number, all: number): string {
  return all > 0 && count > 0 ? `${formatCount(count)}, ${formatShare(count / all)}` : formatCount(count);
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
