// What `vmprof run` prints at its end: the hottest functions, and how to see more.

import { formatBytes, formatCounted, formatDuration, formatShare } from '../../base/quantities.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { countLost, getDuration } from '../../profile/describe-recording.ts';
import type { Profile } from '../../profile/tables.ts';
import { formatFunctionTable } from './flat.ts';
import { computeProcessMemories } from './memory-data.ts';
import { PLAIN_STYLE, type Style } from './style.ts';
import { cleanText, wrapText } from './text.ts';
import { chooseMeasure, describeMeasure, formatAmount, type TextOptions, type View } from './view.ts';

/** Functions in the table. */
const ROWS = 12;
/** Below this, a share of one half would have an error of more than ten points. */
const ENOUGH_SAMPLES = 25;

export interface SummaryOptions {
  /** Where the recording is, as the user can write it. */
  readonly file: string;
  /** Width of the terminal. */
  readonly columns: number;
  readonly style?: Style;
  readonly folder?: string | undefined;
}

/** The whole text, with a line end. Says so when there is too little to say anything. */
export function formatSummary(profile: Profile, summary: SummaryOptions): string {
  const { file, columns, style = PLAIN_STYLE, folder } = summary;
  const options: TextOptions = { columns, style, folder };
  const measure = chooseMeasure(profile);
  const view: View = { file, recording: profile, profile, selection: {}, filters: [], measure };
  const costs = computeFunctionCosts(profile, measure);
  const lines: string[] = [];
  if (costs.sum > 0) {
    lines.push(...formatFunctionTable(view, costs, { limit: ROWS, minShare: 0 }, options), '');
  }
  if (costs.effectiveSamples < ENOUGH_SAMPLES)
    lines.push(...describeTooFew(profile, columns).map(style.warn));
  lines.push(...wrapText(describeTotals(view, costs.sum, costs.unit), columns));
  const lost = countLost(profile);
  const all = profile.samples.length + lost;
  if (lost > 0) {
    const text = `${formatCounted(lost, 'sample')} (${formatShare(lost / all)}) could not be taken: --view info tells why.`;
    lines.push(lost / all > 0.01 ? style.warn(text) : style.dim(text));
  }
  lines.push(...describeMore(cleanText(file), profile, style));
  return `${lines.join('\n')}\n`;
}

/** `27,457 samples of 5 threads in 62.4 s: CPU time 64.6 s, peak memory 813 MiB.` */
function describeTotals(view: View, sum: number, unit: 'nanoseconds' | 'bytes' | 'count'): string {
  const { recording: profile, measure } = view;
  const { threads, processes, samples } = profile;
  const of = threads.length > 1 ? ` of ${formatCounted(threads.length, 'thread')}` : '';
  const within = processes.length > 1 ? ` in ${formatCounted(processes.length, 'process', 'processes')}` : '';
  const parts = [`${describeMeasure(profile, measure)} ${formatAmount(unit, sum)}`];
  const memories = computeProcessMemories(view);
  if (memories.length > 0) {
    const whose = memories.length > 1 ? ' (of the largest process)' : '';
    parts.push(`peak memory ${formatBytes(memories[0].peak.value)}${whose}`);
  }
  const seen = `${formatCounted(samples.length, 'sample')}${of}${within}, ${formatDuration(getDuration(profile))}`;
  return `${seen}: ${parts.join(', ')}.`;
}

function describeTooFew(profile: Profile, columns: number): string[] {
  const { samples, facts } = profile;
  const duration = getDuration(profile) / 1e9;
  const count =
    samples.length === 0 ? 'No sample was taken' : `Only ${formatCounted(samples.length, 'sample')}`;
  const verdict = samples.length === 0 ? '' : ': too few to tell where the time goes';
  return wrapText(`${count}${verdict}. ${suggestRate(facts.askedRate, duration)}`, columns);
}

/** A rate that would give some 200 samples, if there is one. */
function suggestRate(askedRate: number | undefined, seconds: number): string {
  const wanted = [1000, 10_000].find((rate) => rate > (askedRate ?? 100) && rate * seconds >= 200);
  if (askedRate !== 0 && wanted !== undefined) return `Try a higher rate: --rate ${wanted}.`;
  if (askedRate !== 0 && seconds >= 0.002) return 'Try as fast as possible: --rate max.';
  return 'The program ran too shortly, or was waiting all the time: --measure wall shows waiting, too.';
}

function describeMore(file: string, profile: Profile, style: Style): string[] {
  const quoted = /^[\w./:@%+,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
  const commands: [string, string][] = [
    [`vmprof show ${quoted} --view tree`, 'who calls what'],
    [`vmprof show ${quoted} --view lines`, 'the lines of the source'],
  ];
  if (profile.counters.length > 0) commands.push([`vmprof show ${quoted} --view memory`, 'memory over time']);
  const width = Math.max(...commands.map(([command]) => command.length));
  return commands.map(([command, what]) => `${command.padEnd(width)}  ${style.dim(what)}`);
}
