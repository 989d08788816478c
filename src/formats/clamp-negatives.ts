// Weights below zero, as differences of two profiles have them, for formats that have no place for them.

import { formatCounted } from '../base/quantities.ts';
import { getMeasureColumn, getWeightType, type Measure } from '../profile/measure.ts';
import type { Profile } from '../profile/tables.ts';

/** The profile with 0 for what is below in the measured weight, and a sentence on that; the profile itself where nothing is. */
export function clampNegatives(
  profile: Profile,
  measure: Measure,
): { readonly profile: Profile; readonly notes: readonly string[] } {
  const { values } = getMeasureColumn(profile, measure);
  let negative = 0;
  for (const value of values ?? []) if (value < 0) negative++;
  if (negative === 0) return { profile, notes: [] };
  const type = getWeightType(profile, measure);
  const weights = profile.samples.weights.map((column) =>
    column.type === type
      ? { ...column, values: Float64Array.from(column.values, (value) => Math.max(0, value)) }
      : column,
  );
  return {
    profile: { ...profile, samples: { ...profile.samples, weights } },
    notes: [
      `The weights of ${formatCounted(negative, 'sample')} are below zero, which the format has no place for: they became 0.`,
    ],
  };
}
