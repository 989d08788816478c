// A recording in words: where it comes from, how it was sampled, how sure it is. For the info views.

import { formatCount, formatDuration, formatShare } from '../base/quantities.ts';
import { describeMeasure, formatAmount, listMeasures } from './amounts.ts';
import { computeStackWeights } from './costs/stack-weights.ts';
import {
  NONE,
  type Profile,
  type RecordingFacts,
  SAMPLE_STATES,
  type SampleState,
  STATE_HOLDS_GIL,
  STATE_MASK,
} from './tables.ts';

/** Names and what they are, in order. Texts of the recording stand as they are: clean them for terminals. */
export type Pairs = (readonly [string, string])[];

/** What was recorded, when, where and how. */
export function describeOrigin(profile: Profile): Pairs {
  const { facts } = profile;
  const pairs: Pairs = [];
  const command = describeCommand(profile);
  if (command !== '') pairs.push(['command', command]);
  if (facts.mode !== undefined) pairs.push(['how', HOW[facts.mode]]);
  if (facts.exit !== undefined) pairs.push(['ended with', describeExit(facts.exit)]);
  const started = facts.startedAt === undefined ? undefined : formatDate(facts.startedAt);
  if (started !== undefined) pairs.push(['started', started]);
  const duration = getDuration(profile);
  if (duration > 0) pairs.push(['length', formatDuration(duration)]);
  if (facts.host !== undefined) pairs.push(['host', facts.host]);
  const runtimes = listRuntimes(profile);
  if (runtimes.length > 0) pairs.push(['runtime', runtimes.join(', ')]);
  if (facts.producer !== undefined) pairs.push(['recorded by', facts.producer]);
  return pairs;
}

/** `2026-01-31 12:00:00 UTC`; undefined for times that no calendar has, which damaged files may hold. */
function formatDate(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return undefined;
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

const HOW = {
  launched: 'started by vmprof',
  attached: 'attached to a running process',
  imported: 'imported from another format',
} as const;

function describeExit(exit: number | string): string {
  return typeof exit === 'number' ? `exit code ${exit}` : `signal ${exit}`;
}

/** How often it was sampled. */
export function describeSampling({ facts }: Profile): Pairs {
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

/** What the samples are, and how many were lost. */
export function describeSamples(profile: Profile): Pairs {
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
    pairs.push([`  ${cause}`, describePart(count, all)]);
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
    ...counts.map(([how, count]) => [`  ${NATIVE_STACKS[how] ?? how}`, describePart(count, all)] as const),
  ];
}

const NATIVE_STACKS: Readonly<Record<string, string>> = {
  whole: 'whole',
  cut: 'too large to copy',
  lost: 'callers unknown',
  seam: 'not fitting Python',
};

function describeStates({ samples }: Profile): Pairs {
  // By the value of the column: one pass without a look-up, over millions of samples.
  const counts = new Uint32Array(256);
  for (let row = 0; row < samples.length; row++) counts[samples.state[row]]++;
  const countWhere = (isMeant: (value: number) => boolean) =>
    counts.reduce((sum, count, value) => (isMeant(value) ? sum + count : sum), 0);
  // States of a newer version, which this one has no name for, count as unknown.
  const countOf = (state: SampleState) =>
    countWhere((value) => (SAMPLE_STATES[value & STATE_MASK] ?? 'unknown') === state);
  if (samples.length === 0 || countOf('unknown') === samples.length) return [];
  const pairs: Pairs = SAMPLE_STATES.filter((state) => countOf(state) > 0).map((state) => [
    STATE_TITLES[state],
    describePart(countOf(state), samples.length),
  ]);
  const holding = countWhere((value) => (value & STATE_HOLDS_GIL) !== 0);
  return holding > 0 ? [...pairs, ['holding the GIL', describePart(holding, samples.length)]] : pairs;
}

const STATE_TITLES = {
  unknown: 'state unknown',
  running: 'running',
  runnable: 'waiting for a CPU',
  waiting: 'waiting',
  'waiting-gil': 'waiting for the GIL',
} as const;

/** Anything else that the recording says about itself. */
export function describeNotes({ facts }: Profile): Pairs {
  return Object.entries(facts.notes ?? {});
}

/** `184, 0.7 %` */
function describePart(count: number, all: number): string {
  return all > 0 && count > 0 ? `${formatCount(count)}, ${formatShare(count / all)}` : formatCount(count);
}

/** The command of the recording, or of its first process. */
export function describeCommand(profile: Profile): string {
  const { facts, processes, strings } = profile;
  return facts.command ?? (processes.length > 0 ? strings[processes.command[0]] : '');
}

/** Length of the recording in nanoseconds: as its clock says, else up to the last sample. */
export function getDuration(profile: Profile): number {
  const { facts, samples, timeUnit } = profile;
  if (facts.duration !== undefined) return facts.duration;
  return samples.length === 0 ? 0 : samples.time[samples.length - 1] * timeUnit;
}

/** All samples that were given up, whatever the cause. */
export function countLost(profile: Profile): number {
  return Object.values(profile.facts.lostSamples ?? {}).reduce((sum, count) => sum + count, 0);
}

/** Distinct runtimes of the processes, for example `CPython 3.11.7`. */
export function listRuntimes(profile: Profile): string[] {
  const { processes, strings } = profile;
  const rows = Array.from(processes.runtime).filter((runtime) => runtime !== NONE);
  return [...new Set(rows.map((row) => strings[row]))];
}
