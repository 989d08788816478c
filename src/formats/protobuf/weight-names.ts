// What pprof and OTLP call weights, and what we do: a type and a unit, such as `wall` and `microseconds`.

import type { WeightSpec } from '../../profile/builder/profile-builder.ts';
import type { WeightColumn } from '../../profile/tables.ts';

/** How a value is called in a file. */
export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

const UNITS: Readonly<Record<string, readonly ['nanoseconds' | 'bytes', number] | undefined>> = {
  nanoseconds: ['nanoseconds', 1],
  nanosecond: ['nanoseconds', 1],
  ns: ['nanoseconds', 1],
  microseconds: ['nanoseconds', 1e3],
  microsecond: ['nanoseconds', 1e3],
  us: ['nanoseconds', 1e3],
  milliseconds: ['nanoseconds', 1e6],
  millisecond: ['nanoseconds', 1e6],
  ms: ['nanoseconds', 1e6],
  seconds: ['nanoseconds', 1e9],
  second: ['nanoseconds', 1e9],
  s: ['nanoseconds', 1e9],
  bytes: ['bytes', 1],
  byte: ['bytes', 1],
  By: ['bytes', 1],
  kilobytes: ['bytes', 1024],
  kilobyte: ['bytes', 1024],
  megabytes: ['bytes', 1024 ** 2],
  megabyte: ['bytes', 1024 ** 2],
};

/** The weight columns of these values. Anything that is neither time nor bytes is a count of what the type names. */
export function describeWeights(values: readonly ValueType[]): WeightSpec[] {
  return values.map(({ type, unit }) => {
    const [weightUnit, scale] = (Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined) ?? ['count', 1];
    return { type: type || 'weight', unit: weightUnit, scale, storage: 'float64' };
  });
}

/**
 * The weights with the one in front that views begin with: wall time, else the one that the file prefers, else the last
 * one that is measured at all, as pprof has it. `areSingle`: rows are samples, not sums of many.
 */
export function orderWeights(
  weights: readonly WeightColumn[],
  options: { preferred: string; areSingle: boolean },
): WeightColumn[] {
  const first =
    weights.find(isWallTime) ??
    weights.find(({ type }) => type === options.preferred) ??
    weights.findLast(({ values }) => values.some((value) => value !== 0)) ??
    weights[weights.length - 1];
  // Where time is called elapsed, views take rows for samples.
  const named = options.areSingle && isWallTime(first) ? { ...first, type: 'elapsed' } : first;
  return [named, ...weights.filter((column) => column !== first)];
}

function isWallTime({ type, unit }: WeightColumn): boolean {
  return type === 'wall' && unit === 'nanoseconds';
}

/** A column of samples, as many in each row as it says. */
export function isSampleCount({ type, unit }: WeightColumn): boolean {
  return type === 'samples' && unit === 'count';
}

/** What a weight column is called in a file. */
export function describeValue(column: WeightColumn): ValueType {
  return { type: column.type === 'elapsed' ? 'wall' : column.type, unit: column.unit };
}

/** Samples a second, of the period between two; 0 where it is no time, or 1, which stands for unknown. */
export function computeRate(period: number, unit: string): number {
  const found = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (found === undefined || found[0] !== 'nanoseconds' || period <= 1) return 0;
  return Number((1e9 / (period * found[1])).toPrecision(12));
}
