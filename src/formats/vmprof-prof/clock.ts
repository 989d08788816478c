// Which time and which weight the samples of a `.prof` file have. The period in its header is only what was asked for: the
// kernel's timer gave a quarter of it, Windows ten times as much. So:
//
//   samples with times       each stands for the time since the one before it, of its thread or of the process
//   a start and an end       all samples stand for equal parts of what lies between
//   neither                  samples are counted
//
// Times of samples are of the process's CPU clock, or of the wall clock: `SampleClock` and the mode say which.

import type { WeightSpec } from '../../profile/builder/profile-builder.ts';
import { getSectionDuration, MODE } from './section.ts';
import type { SectionSurvey } from './survey.ts';

/** Where a profile of the file lies in time, in nanoseconds since the first one began. */
export interface SectionClock {
  readonly start: number;
  /** Undefined where nothing tells. */
  readonly duration: number | undefined;
  /** Samples have times of their own. */
  readonly hasTimes: boolean;
  /** Added to the time of a sample to get the time since the first profile began. */
  readonly shift: number;
  /** Time between samples, for those without times. */
  readonly step: number;
  /** What every sample stands for, in nanoseconds; undefined where each has a weight of its own, or nothing is known. */
  readonly weight: number | undefined;
}

export interface ClockPlan {
  readonly timeUnit: number;
  readonly sections: readonly SectionClock[];
  /** `gaps` are filled in when all samples are there. */
  readonly weighing: 'equal' | 'gaps' | 'count';
  readonly weights: readonly WeightSpec[];
  /** From the start of the first profile to the end of the last, in nanoseconds. */
  readonly duration: number | undefined;
  /** Wall clock at time 0, in milliseconds since 1970. */
  readonly startedAt: number | undefined;
}

/** The meta datum by which our own writer keeps weights: `type unit amount`, as in `cpu nanoseconds 10000000`. */
export const WEIGHT_KEY = 'sample_weight';

/** Longest time that one sample stands for: a program that was stopped, or a laptop that slept, is no hot function. */
export const MAX_GAP = 1e9;

/** In microseconds since 1970: before vmprof was there. */
const YEAR_2001 = 1e15;

/** Decides on times and weights for all profiles of a file. */
export function planClock(surveys: readonly SectionSurvey[]): ClockPlan {
  const sections = locateSections(surveys);
  const end = sections.reduce((latest, { start, duration }) => Math.max(latest, start + (duration ?? 0)), 0);
  const known = sections.filter(({ duration }) => duration !== undefined);
  const startTime = surveys[0].section.startTime;
  const plan = {
    timeUnit: chooseTimeUnit(end),
    sections,
    duration: known.length > 0 ? end : undefined,
    // Who does not know the time begins in 1970.
    startedAt: startTime === undefined || startTime < YEAR_2001 ? undefined : startTime / 1000,
  };
  const told = parseWeight(surveys[0].section.meta.get(WEIGHT_KEY), sections[0].weight);
  if (told !== undefined && surveys.length === 1) return { ...plan, weighing: 'count', weights: told };
  if (surveys.some(({ allocations }) => allocations > 0)) return { ...plan, ...weighAllocations(surveys) };
  if (surveys.every((survey) => survey.samples === 0 || weighsByGaps(survey))) {
    return { ...plan, weighing: 'gaps', weights: listGapWeights(surveys, plan.timeUnit) };
  }
  const weights = sections.map(({ weight }) => weight).filter((weight) => weight !== undefined);
  if (weights.length === 0) return { ...plan, weighing: 'count', weights: [COUNTED] };
  const isUniform = weights.every((weight) => weight === weights[0]);
  const elapsed = { type: 'elapsed', unit: 'nanoseconds' } as const;
  return isUniform
    ? { ...plan, weighing: 'count', weights: [{ ...elapsed, scale: weights[0], storage: 'uint32' }] }
    : { ...plan, weighing: 'equal', weights: [{ ...elapsed, scale: 1, storage: 'float64' }] };
}

const COUNTED: WeightSpec = { type: 'samples', unit: 'count', scale: 1, storage: 'uint32' };

function locateSections(surveys: readonly SectionSurvey[]): SectionClock[] {
  const zero = surveys[0].section.startTime;
  let next = 0;
  return surveys.map((survey) => {
    const { section, samples, allocations, firstTime, lastTime } = survey;
    const hasTimes = lastTime >= firstTime;
    const offset = Number(section.meta.get('start_time_offset'));
    const origin = Number.isFinite(offset) && offset * 1e9 <= firstTime ? offset * 1e9 : firstTime;
    const duration = getSectionDuration(section) ?? (lastTime > origin ? lastTime - origin : undefined);
    const told =
      zero === undefined || section.startTime === undefined ? 0 : (section.startTime - zero) * 1000;
    // A clock that was set back must not bring profiles into disorder.
    const start = Math.max(told, next);
    next = start + (duration ?? 0);
    const records = samples + allocations;
    const busiest = survey.threadSamples.reduce((most, count) => Math.max(most, count), 0);
    // In real time every thread is sampled: the time has passed for each of them.
    const parts = (section.mode & MODE.realTime) !== 0 ? busiest : survey.count;
    return {
      start,
      duration,
      hasTimes,
      shift: hasTimes ? start - origin : 0,
      step: duration === undefined ? (survey.hasMemory ? section.period * 1000 : 0) : duration / records,
      weight: duration === undefined || parts === 0 ? undefined : duration / parts,
    };
  });
}

/**
 * Gaps are weights where the clock runs as the samples do: of the CPU in CPU mode, of the wall in real time. In CPU mode
 * by the wall clock they are not: a program that slept would have its sleep put on what it did next.
 */
function weighsByGaps({ section, firstTime, lastTime }: SectionSurvey): boolean {
  const isRealTime = (section.mode & MODE.realTime) !== 0;
  return lastTime > firstTime && (section.clock === 'after' || isRealTime);
}

function listGapWeights(surveys: readonly SectionSurvey[], timeUnit: number): WeightSpec[] {
  const column = { unit: 'nanoseconds', scale: timeUnit, storage: 'float64' } as const;
  const elapsed: WeightSpec = { type: 'elapsed', ...column };
  const isCpu = surveys.some(({ section }) => (section.mode & MODE.realTime) === 0);
  return isCpu ? [elapsed, { type: 'cpu', ...column }] : [elapsed];
}

/** Each sample of an allocation stands for so many bytes; samples of time count beside them. */
function weighAllocations(surveys: readonly SectionSurvey[]): Pick<ClockPlan, 'weighing' | 'weights'> {
  const bytes = Number(surveys[0].section.meta.get('sample_allocated_bytes'));
  const allocated: WeightSpec = {
    type: 'allocated',
    unit: bytes > 0 ? 'bytes' : 'count',
    scale: bytes > 0 ? bytes : 1,
    storage: 'uint32',
  };
  const hasTimeSamples = surveys.some(({ samples }) => samples > 0);
  return { weighing: 'count', weights: hasTimeSamples ? [COUNTED, allocated] : [allocated] };
}

function parseWeight(text: string | undefined, elapsed: number | undefined): WeightSpec[] | undefined {
  const [, type, unit, amount] =
    /^(\S{1,50}) (nanoseconds|bytes|count) (\d{1,30}(?:\.\d{1,30})?)$/.exec(text ?? '') ?? [];
  const scale = Number(amount);
  if (unit === undefined || !(scale > 0 && Number.isFinite(scale))) return undefined;
  const column = { type, unit: unit as WeightSpec['unit'], scale, storage: 'uint32' } as const;
  // Views look for CPU time behind elapsed time.
  return type === 'cpu' ? [{ ...column, type: 'elapsed', scale: elapsed ?? scale }, column] : [column];
}

/** The finest of 1 µs, 10 µs, … in which the last time still fits 32 bits. */
function chooseTimeUnit(end: number): number {
  let unit = 1000;
  while (end / unit > 0xffff_0000) unit *= 10;
  return unit;
}
