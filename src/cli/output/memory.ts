// The memory view: resident memory of each process over time, its peak, and the stacks at that moment.

import { formatBytes, formatCounted, formatDuration } from '../../base/quantities.ts';
import { getDuration } from '../../profile/describe-recording.ts';
import { getStackFrames } from '../../profile/stack-text.ts';
import {
  type FunctionIndex,
  NONE,
  type Profile,
  type SampleIndex,
  type StackIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';
import { filledCurve } from './bar.ts';
import { formatHeader } from './header.ts';
import { computeProcessMemories, type ProcessMemory } from './memory-data.ts';
import { describeFunction, describeProcess, describeThread, NO_STACK } from './names.ts';
import { padStart, shorten, shortenPath } from './text.ts';
import type { TextOptions, View } from './view.ts';

/** Rows of the curve. */
const HEIGHT = 8;
/** Frames shown of each stack at the peak: the innermost ones. */
const MAX_FRAMES = 12;
/** Threads shown at the peak. */
const MAX_THREADS = 8;

/** The whole view, header included, with a line end. */
export function formatMemory(view: View, options: TextOptions): string {
  const memories = computeProcessMemories(view);
  const lines = formatHeader(view, options);
  if (memories.length === 0) lines.push('No memory was recorded.');
  for (const memory of memories) {
    lines.push(...formatProcess(view, memory, options), '');
  }
  while (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}

function formatProcess(view: View, memory: ProcessMemory, options: TextOptions): string[] {
  const { recording } = view;
  const { style, columns } = options;
  const when = formatDuration(memory.peak.time * recording.timeUnit);
  const last = memory.value[memory.value.length - 1];
  const cost = `peak ${formatBytes(memory.peak.value)} at ${when}, at the end ${formatBytes(last)}`;
  const name = shorten(describeProcess(recording, memory.process), Math.max(20, columns - cost.length - 2));
  return [
    `${style.bold(name)}  ${cost}`,
    ...drawCurve(view, memory, options),
    ...formatPeak(recording, memory, options),
  ];
}

function drawCurve(view: View, memory: ProcessMemory, { columns, style }: TextOptions): string[] {
  const { start, end } = findExtent(view);
  const top = memory.peak.value;
  const labels = Array.from({ length: HEIGHT }, (_, row) =>
    row === 0 ? formatBytes(top) : row === HEIGHT / 2 ? formatBytes(top / 2) : '',
  );
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const width = Math.max(10, columns - labelWidth - 3);
  const shares = sampleCurve(view.recording, memory, { start, end, width }).map((value) => value / top);
  const rows = filledCurve(shares, HEIGHT).map((row, index) =>
    `${style.dim(`${padStart(labels[index], labelWidth)} ${labels[index] === '' ? '│' : '┤'}`)}${style.heat(0)(row)}`.trimEnd(),
  );
  return [
    ...rows,
    ...drawTimeAxis(start * view.recording.timeUnit, end * view.recording.timeUnit, labelWidth, width).map(
      style.dim,
    ),
  ];
}

/** In time units: what is selected, or the whole recording. */
function findExtent({ recording, selection }: View): { start: number; end: number } {
  const whole = Math.max(getDuration(recording) / recording.timeUnit, 1);
  const range = selection.timeRange ?? { start: 0, end: whole };
  const end = Math.min(range.end, Math.max(whole, range.start + 1));
  return { start: Math.max(0, range.start), end };
}

/** The highest value within each column's span of time, so that no peak is missed; 0 where there was none. */
function sampleCurve(
  profile: Profile,
  memory: ProcessMemory,
  { start, end, width }: { start: number; end: number; width: number },
): number[] {
  const processEnd = profile.processes.end[memory.process];
  const values: number[] = [];
  let next = 0;
  let held = 0;
  for (let column = 0; column < width; column++) {
    const from = start + ((end - start) * column) / width;
    const to = start + ((end - start) * (column + 1)) / width;
    let highest = processEnd !== NONE && processEnd < from ? 0 : held;
    for (; next < memory.time.length && memory.time[next] < to; next++) {
      held = memory.value[next];
      highest = Math.max(highest, held);
    }
    values.push(highest);
  }
  return values;
}

/** `└────┬────┬──` and round times below it; from and to in nanoseconds. */
function drawTimeAxis(start: number, end: number, labelWidth: number, width: number): string[] {
  const step = chooseStep((end - start) / Math.max(1, width / 16));
  let axis = '';
  let labels = '';
  for (let tick = Math.ceil(start / step); tick * step <= end; tick++) {
    const column = Math.min(width - 1, Math.round((width * (tick * step - start)) / (end - start)));
    const text = formatDuration(tick * step);
    const position = Math.min(Math.max(0, column - Math.floor(text.length / 2)), width - text.length);
    if (labels !== '' && position < labels.length + 2) continue;
    axis = `${axis.padEnd(column, '─')}┬`;
    labels = labels.padEnd(position) + text;
  }
  const indent = ' '.repeat(labelWidth + 1);
  return [`${indent}└${axis.padEnd(width, '─')}`, `${indent} ${labels}`];
}

/** The least round step of at least so many nanoseconds: 1, 2 or 5 of a decimal unit, or of the clock's. */
function chooseStep(least: number): number {
  const clock = [60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
  if (least > 20e9)
    return (clock.find((seconds) => seconds * 1e9 >= least) ?? Math.ceil(least / 86_400e9) * 86_400) * 1e9;
  const decade = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return decade * ([1, 2, 5].find((factor) => factor * decade >= least) ?? 10);
}

function formatPeak(profile: Profile, memory: ProcessMemory, options: TextOptions): string[] {
  const { style } = options;
  const { samples } = memory.peak;
  if (samples.length === 0) return [style.dim('No thread had been sampled when memory was highest.')];
  const shown = samples.slice(0, MAX_THREADS).flatMap((sample) => formatSample(profile, sample, options));
  const cut = samples.length - MAX_THREADS;
  const rest =
    cut > 0 ? [style.dim(`  … ${formatCounted(cut, 'more thread')} (--thread chooses, --json has all)`)] : [];
  return ['At the peak:', ...shown, ...rest];
}

function formatSample(
  profile: Profile,
  sample: SampleIndex,
  { style, columns, folder }: TextOptions,
): string[] {
  const thread = describeThread(profile, profile.samples.thread[sample] as ThreadIndex);
  const frames = getStackFrames(profile, profile.samples.stack[sample] as StackIndex);
  if (frames.length === 0) return [`  ${style.bold(thread)}  ${style.dim(NO_STACK)}`];
  const shown = frames.slice(-MAX_FRAMES);
  const cut = frames.length - shown.length;
  const lines = shown.map((frame) => {
    const row = profile.frames.function[frame] as FunctionIndex;
    const { name, tag, place } = describeFunction(profile, row, folder);
    const line = profile.frames.line[frame];
    const file = place.replace(/:\d+$/, '') + (line === NONE ? '' : `:${line}`);
    const rest = columns - 6 - name.length - tag.length;
    return `    ${name}${tag}${style.dim(rest < 10 || file === '' ? '' : `  ${shortenPath(file, rest)}`)}`;
  });
  return [`  ${style.bold(thread)}`, ...(cut > 0 ? [style.dim(`    … ${cut} outer frames`)] : []), ...lines];
}
