// The lines above a live table: the program, how the recording goes, meters, and what the table shows.

import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  formatShare,
} from '../../base/quantities.ts';
import { listRuntimes } from '../../profile/describe-recording.ts';
import { NONE } from '../../profile/tables.ts';
import { horizontalBar } from '../output/bar.ts';
import { describeThread } from '../output/names.ts';
import { cleanText, displayWidth, padEnd, shortenMiddle } from '../output/text.ts';
import type { TopMeasure } from './function-sums.ts';
import { composeLine, type Piece, type TopStyle } from './line.ts';
import { type Costs, recentShare } from './live-costs.ts';
import type { Picture } from './picture.ts';
import type { TopState } from './top-state.ts';

/** Columns of a meter's bar. */
const BAR_WIDTH = 10;
/** Below this the meters are numbers alone. */
const MIN_COLUMNS_WITH_BARS = 76;
/** Lost samples above this share are marked. */
const NOTABLE_LOSS = 0.01;

/** All lines; the most important ones first, for terminals that have no room for all. */
export function renderHeader(picture: Picture, state: TopState, columns: number, style: TopStyle): string[] {
  return [
    renderProgram(picture, state, columns, style),
    renderProgress(picture, columns, style),
    renderMeters(picture, columns, style),
    renderSubject(picture, state, columns, style),
  ];
}

/** `python3 app.py  4242 · CPython 3.11.7`, and whether the picture stands still. */
export function renderProgram(picture: Picture, state: TopState, columns: number, style: TopStyle): string {
  const facts = [`${picture.pid}`, ...listRuntimes(picture.profile).map(cleanText)].join(' · ');
  const right: Piece[] = state.isPaused ? [{ text: 'paused', paint: style.warn }] : [];
  const room = columns - displayWidth(facts) - (state.isPaused ? 11 : 3);
  const command = shortenMiddle(cleanText(picture.command), Math.max(8, room));
  return composeLine([{ text: command, paint: style.bold }, `  ${facts}`], columns, right);
}

/** `12.3 s · 1,234 samples · 100 Hz · 0 lost · 5 threads · 2 processes` */
export function renderProgress({ progress, costs }: Picture, columns: number, style: TopStyle): string {
  if (progress === undefined) return composeLine([{ text: 'starting …', paint: style.dim }], columns);
  const { elapsed, samples, rate, lost, processes } = progress;
  const isLossy = lost > NOTABLE_LOSS * (samples + lost);
  const before = [
    formatElapsed(elapsed),
    formatCounted(samples, 'sample'),
    `${formatCount(Math.round(rate))} Hz`,
  ];
  const after = [
    formatCounted(costs.threads.length, 'thread'),
    formatCounted(processes, 'process', 'processes'),
  ];
  const pieces: Piece[] = [
    { text: `${before.join(' · ')} · `, paint: style.dim },
    { text: `${formatCount(lost)} lost`, paint: isLossy ? style.warn : style.dim },
    { text: ` · ${after.join(' · ')}`, paint: style.dim },
  ];
  return composeLine(pieces, columns);
}

/** Tenths of seconds while they matter: they show that time goes by. */
function formatElapsed(elapsed: number): string {
  return elapsed < 120e9 ? `${(elapsed / 1e9).toFixed(1)} s` : formatDuration(elapsed);
}

/** CPU and interpreter lock of all threads in the last seconds, and memory. */
export function renderMeters({ progress, costs }: Picture, columns: number, style: TopStyle): string {
  const hasBars = columns >= MIN_COLUMNS_WITH_BARS;
  const pieces = [
    ...renderMeter('CPU', recentShare(costs, 'cpu'), hasBars, style),
    ...renderMeter('GIL', recentShare(costs, 'gil'), hasBars, style),
    'memory ',
    { text: formatBytes(progress?.resident ?? 0), paint: style.bold },
  ];
  return composeLine(pieces, columns);
}

function renderMeter(name: string, share: number, hasBar: boolean, style: TopStyle): Piece[] {
  const paint = style.heat(share);
  const number = { text: formatShare(share).padStart(8), paint: style.bold };
  if (!hasBar) return [name, number, '   '];
  const bar = padEnd(horizontalBar(share, BAR_WIDTH), BAR_WIDTH);
  return [name, number, ' ', { text: bar, paint }, '   '];
}

const MEASURE_NAMES: Readonly<Record<TopMeasure, string>> = {
  cpu: 'CPU time',
  wall: 'wall time',
  gil: 'time with the GIL held',
};

const WHOLES: Readonly<Record<TopMeasure, string>> = {
  cpu: '100 % is one CPU',
  wall: '100 % is one thread',
  gil: '100 % is all the time',
};

/** What is counted, and of which threads. */
export function renderSubject(picture: Picture, state: TopState, columns: number, style: TopStyle): string {
  const { thread } = state;
  const left: Piece[] = [
    { text: MEASURE_NAMES[state.measure], paint: style.bold },
    ` of ${thread === undefined ? 'all threads' : describeOne(picture, state)}`,
  ];
  const span = describeSpan(picture.costs);
  const short = `% of ${span}`;
  const long = `${short}, ${WHOLES[state.measure]}`;
  const room = columns - 2 - left.reduce((sum, piece) => sum + widthOf(piece), 0);
  const right = displayWidth(long) <= room ? long : short;
  return composeLine(left, columns, displayWidth(right) <= room ? [{ text: right, paint: style.dim }] : []);
}

function describeSpan(costs: Costs): string {
  const seconds = Math.max(1, Math.round(costs.recentSpan / 1e9));
  return `the last ${seconds === 1 ? 'second' : `${seconds} s`}`;
}

function describeOne({ profile, costs }: Picture, { thread }: TopState): string {
  if (thread === undefined) return '';
  const position = `${costs.threads.indexOf(thread) + 1} of ${costs.threads.length}`;
  const pid = profile.processes.pid[profile.threads.process[thread]];
  const running = profile.processes.end.reduce((sum, end) => sum + (end === NONE ? 1 : 0), 0);
  const where = running > 1 ? ` of process ${pid}` : '';
  return `thread ${position}: ${describeThread(profile, thread)}${where}`;
}

function widthOf(piece: Piece): number {
  return displayWidth(typeof piece === 'string' ? piece : piece.text);
}
