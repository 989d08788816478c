// Which measures a profile has, what they are called, and how their numbers are written.

import { bytesColumn, durationColumn, formatBytes, formatCount, formatDuration } from '../base/quantities.ts';
import { hasMeasure, type Measure } from './measure.ts';
import { type Profile, STATE_HOLDS_GIL, type WeightUnit } from './tables.ts';

/** The measure that says most: CPU time where it was measured, else time, else whatever the profile has. */
export function chooseMeasure(profile: Profile): Measure {
  const cpu = profile.samples.weights.find((column) => column.type === 'cpu');
  return cpu?.values.some((value) => value > 0) ? 'cpu' : 'wall';
}

/** The measures that this profile can be asked for. */
export function listMeasures(profile: Profile): readonly Measure[] {
  const { weights, state } = profile.samples;
  const first = weights[0].type;
  // Imported weights may be sums of many samples each: neither the GIL nor the number of rows means anything then.
  const isElapsed = first === 'elapsed';
  const isTold: Readonly<Record<Measure, boolean>> = {
    wall: first !== 'cpu' || chooseMeasure(profile) === 'wall',
    cpu: hasMeasure(profile, 'cpu'),
    gil: isElapsed && state.some((flags) => (flags & STATE_HOLDS_GIL) !== 0),
    samples: isElapsed,
    resident: hasMeasure(profile, 'resident'),
    growth: hasMeasure(profile, 'growth'),
  };
  return MEASURES.filter((measure) => isTold[measure]);
}

export const MEASURES: readonly Measure[] = ['wall', 'cpu', 'gil', 'samples', 'resident', 'growth'];

/** `CPU time`, `wall time`, … */
export function describeMeasure(profile: Profile, measure: Measure): string {
  const first = profile.samples.weights[0].type;
  switch (measure) {
    case 'wall':
      return first === 'elapsed' ? 'wall time' : first;
    case 'cpu':
      return 'CPU time';
    case 'gil':
      return 'time with the GIL held';
    case 'samples':
      return 'samples';
    case 'resident':
      return 'mean resident memory';
    case 'growth':
      return 'memory growth';
  }
}

/** One number of a unit, in prose. */
export function formatAmount(unit: WeightUnit, amount: number): string {
  switch (unit) {
    case 'nanoseconds':
      return formatDuration(amount);
    case 'bytes':
      return formatBytes(amount);
    case 'count':
      return formatCount(amount);
  }
}

/** Formats the numbers of a column, all in one unit that fits the largest. */
export function amountColumn(unit: WeightUnit, largest: number): (amount: number) => string {
  switch (unit) {
    case 'nanoseconds':
      return durationColumn(largest);
    case 'bytes':
      return bytesColumn(largest);
    case 'count':
      return formatCount;
  }
}
