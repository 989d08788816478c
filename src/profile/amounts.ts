// Which measures a profile has, what they are called, and how their numbers are written.

import { bytesColumn, durationColumn, formatBytes, formatCount, formatDuration } from '../base/quantities.ts';
import type { Measure } from './measure.ts';
import { type Profile, STATE_HOLDS_GIL, type WeightColumn, type WeightUnit } from './tables.ts';

/** The measure that says most: CPU time where it was measured, else the first weight. */
export function chooseMeasure(profile: Profile): Measure {
  const cpu = profile.samples.weights.find((column) => column.type === 'cpu');
  return cpu !== undefined && hasAny(cpu) ? 'cpu' : nameFirst(profile.samples.weights[0]);
}

/** The measures that this profile can be asked for: its weights, but not those that are 0 everywhere. */
export function listMeasures(profile: Profile): readonly Measure[] {
  const { weights, state } = profile.samples;
  const [first, ...others] = weights;
  const measures = [nameFirst(first), ...others.filter(hasAny).map(({ type }) => type)];
  // Imported weights may be sums of many samples each: neither the GIL nor the number of rows means anything then.
  if (first.type === 'elapsed') {
    if (state.some((flags) => (flags & STATE_HOLDS_GIL) !== 0)) measures.push('gil');
    measures.push('samples');
  }
  return [...new Set(measures)];
}

function nameFirst({ type }: WeightColumn): Measure {
  return type === 'elapsed' ? 'wall' : type;
}

function hasAny({ values }: WeightColumn): boolean {
  return values.some((value) => value !== 0);
}

/** `CPU time`, `wall time`, … */
export function describeMeasure(profile: Profile, measure: Measure): string {
  const first = profile.samples.weights[0].type;
  switch (measure) {
    case 'wall':
      if (first === 'elapsed') return 'wall time';
      return first === 'cpu' ? 'CPU time' : first;
    case 'cpu':
      return 'CPU time';
    case 'gil':
      return 'time with the GIL held';
    case 'resident':
      return 'mean resident memory';
    case 'growth':
      return 'memory growth';
    default:
      return measure;
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
