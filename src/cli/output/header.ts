// The first lines of every view: what was recorded, what is counted, what was filtered, and what to know about it.

import { formatCount, formatCounted, formatDuration, formatShare } from '../../base/quantities.ts';
import { computeStackWeights } from '../../profile/costs/stack-weights.ts';
import { countLost, describeCommand, getDuration, listRuntimes } from '../../profile/describe-recording.ts';
import type { Profile } from '../../profile/tables.ts';
import { cleanText, shorten, wrapText } from './text.ts';
import { describeMeasure, formatAmount, listMeasures, type TextOptions, type View } from './view.ts';

/** Lost samples above this share are told in every view, not only in `info`. */
const NOTABLE_LOSS = 0.01;

/** Three to five lines, the last one empty. */
export function formatHeader(view: View, options: TextOptions): string[] {
  const { recording, profile, measure } = view;
  const { style, columns } = options;
  const command = describeCommand(recording);
  const file = view.file === '-' ? 'standard input' : view.file;
  const title = command === '' ? file : `${file}: ${command}`;
  const lines = [style.bold(shorten(cleanText(title), columns))];
  lines.push(...wrapText(describeRecording(recording), columns).map(style.dim));
  const { sum, unit } = computeStackWeights(profile, measure);
  const amount = unit === 'count' ? formatCount(sum) : formatAmount(unit, sum);
  const others = listMeasures(recording).filter((other) => other !== measure);
  const hint = others.length === 0 ? '' : `, also: --measure ${others.join(' | ')}`;
  lines.push(`${describeMeasure(recording, measure)} ${amount}${style.dim(hint)}`);
  if (view.filters.length > 0) {
    const counts = `${formatCount(profile.samples.length)} of ${formatCounted(recording.samples.length, 'sample')}`;
    lines.push(...wrapText(`Only ${view.filters.join(', ')}: ${counts}`, columns));
  }
  const loss = describeNotableLoss(recording);
  if (loss !== undefined) lines.push(style.warn(loss));
  return [...lines, ''];
}

/** `1 min 02 s at 100 Hz · 18,723 samples · 5 threads in 2 processes · CPython 3.11.7` */
export function describeRecording(profile: Profile): string {
  const { samples, threads, processes } = profile;
  // Imported weights may be sums of many samples each.
  const isWeighted = samples.weights[0].unit === 'count';
  const parts = [formatCounted(samples.length, isWeighted ? 'weighted stack' : 'sample')];
  const duration = getDuration(profile);
  if (duration > 0) parts.unshift(formatDuration(duration) + describeRate(profile));
  if (threads.length > 1 || processes.length > 1) {
    const within =
      processes.length > 1 ? ` in ${formatCounted(processes.length, 'process', 'processes')}` : '';
    parts.push(formatCounted(threads.length, 'thread') + within);
  }
  const runtimes = listRuntimes(profile).map(cleanText);
  if (runtimes.length > 0) parts.push(runtimes.join(', '));
  return parts.join(' · ');
}

function describeRate(profile: Profile): string {
  const { askedRate } = profile.facts;
  if (askedRate === undefined) return '';
  return askedRate === 0 ? ' as fast as possible' : ` at ${formatCount(askedRate)} Hz`;
}

function describeNotableLoss(profile: Profile): string | undefined {
  const lost = countLost(profile);
  const share = lost / (lost + profile.samples.length);
  if (!(share > NOTABLE_LOSS)) return undefined;
  return `${formatCounted(lost, 'sample')} (${formatShare(share)}) could not be taken: --view info tells why`;
}
