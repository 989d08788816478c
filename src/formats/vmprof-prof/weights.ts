import type { Profile } from '../../profile/tables.ts';
import { type ClockPlan, MAX_GAP } from './clock.ts';
import { MODE } from './section.ts';
import type { SectionSurvey } from './survey.ts';

/**
 * Weighs each sample by the time since the one before it: of its thread in real time, of the process in CPU mode, where
 * one timer serves all threads. The first one counts a period. In CPU mode elapsed time is spread in the same proportions.
 */
export function weighByGaps(profile: Profile, surveys: readonly SectionSurvey[], plan: ClockPlan): Profile {
  const { samples, timeUnit } = profile;
  const { period, mode } = surveys[0].section;
  const isRealTime = (mode & MODE.realTime) !== 0;
  const last = new Float64Array(isRealTime ? profile.threads.length : 1).fill(-1);
  const most = MAX_GAP / timeUnit;
  const gaps = new Float64Array(samples.length);
  let sum = 0;
  let section = 1;
  for (let i = 0; i < samples.length; i++) {
    const clock = isRealTime ? samples.thread[i] : 0;
    const time = samples.time[i];
    // Between two profiles nothing was measured.
    for (; section < plan.sections.length && time * timeUnit >= plan.sections[section].start; section++)
      last.fill(-1);
    const gap = last[clock] < 0 ? (period * 1000) / timeUnit : time - last[clock];
    last[clock] = time;
    gaps[i] = Math.min(gap, most);
    sum += gaps[i];
  }
  const [elapsed, cpu] = samples.weights;
  if (cpu === undefined)
    return { ...profile, samples: { ...samples, weights: [{ ...elapsed, values: gaps }] } };
  const wall = plan.sections.reduce((all, { duration }) => all + (duration ?? 0), 0) / timeUnit;
  const factor = sum > 0 && wall > 0 ? wall / sum : 1;
  const spread = gaps.map((gap) => gap * factor);
  const weights = [
    { ...elapsed, values: spread },
    { ...cpu, values: gaps },
  ];
  return { ...profile, samples: { ...samples, weights } };
}
