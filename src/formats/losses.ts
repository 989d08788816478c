// What a format cannot carry, in a sentence for the user: nothing is dropped without a word.

import { formatCounted } from '../base/quantities.ts';
import { getWeightType, type Measure } from '../profile/measure.ts';
import { FRAME_TIERS, NONE, type Profile } from '../profile/tables.ts';
import { computeFunctionLabels, countNewNames } from './function-labels.ts';

/** What a format keeps of a profile besides functions, stacks and one weight. */
export interface Carried {
  /** Threads and processes stay apart. */
  readonly threads: boolean;
  /** Samples keep their order and time. */
  readonly times: boolean;
  /** Frames keep the line that was executed. */
  readonly lines: boolean;
  /** All weights are kept. Left out: one. */
  readonly weights?: boolean;
  /** Samples keep the states of their threads. Left out: no. */
  readonly states?: boolean;
  /** What processes held in memory is kept, over time. Left out: no. */
  readonly memory?: boolean;
  /** Functions that share name and file keep their names: lines tell them apart. Left out: no, FunctionLabels are written. */
  readonly names?: boolean;
  /** Weights below zero are kept. Left out: yes, or the format sees to them itself. */
  readonly negatives?: boolean;
}

/**
 * One sentence with all that this profile has and the format has no place for, and one on functions that are called otherwise; none
 * when it has a place for all.
 */
export function describeLosses(profile: Profile, carried: Carried, measure: Measure): string[] {
  const lost: string[] = [];
  const { threads, samples, frames, counters } = profile;
  if (!carried.threads && threads.length > 1)
    lost.push(`which of the ${formatCounted(threads.length, 'thread')} a sample is of`);
  if (!carried.times && samples.time.some((time) => time !== 0)) lost.push('the times of the samples');
  if (!carried.lines && frames.line.some((line) => line !== NONE)) lost.push('executed lines');
  const others = carried.weights === true ? [] : listOtherWeights(profile, measure);
  if (others.length > 0) lost.push(`other weights (${others.join(', ')})`);
  if (carried.states !== true && samples.state.some((state) => state !== 0)) lost.push('states of threads');
  if (carried.memory !== true && counters.length > 0) lost.push('memory');
  const notes = lost.length === 0 ? [] : [`Left out, having no place in this format: ${lost.join('; ')}.`];
  return carried.names === true ? notes : [...notes, ...describeNewNames(profile)];
}

function describeNewNames(profile: Profile): string[] {
  const count = countNewNames(profile, computeFunctionLabels(profile));
  if (count === 0) return [];
  const who = formatCounted(count, 'function shares its', 'functions share their');
  return [`${who} name and file with another, and got the first line or a number behind the name.`];
}

function listOtherWeights(profile: Profile, measure: Measure): string[] {
  const kept = getWeightType(profile, measure);
  return profile.samples.weights.map(({ type }) => type).filter((type) => type !== kept);
}

/** A sentence on how frames were executed, for formats that have no place for it; none when all were interpreted or native. */
export function describeTierLoss({ frames }: Profile): string[] {
  const jit = FRAME_TIERS.indexOf('jit');
  const gc = FRAME_TIERS.indexOf('gc');
  if (!frames.tier.some((tier) => tier === jit || tier === gc)) return [];
  return ['Left out: which frames were compiled while the program ran, and which collected garbage.'];
}
