// Weights below zero, as differences of two profiles have them: sums and shares then say something else than usual.

import { formatCounted } from '../base/quantities.ts';
import { getMeasureColumn, type Measure } from '../profile/measure.ts';
import type { Profile } from '../profile/tables.ts';
import { amountColumn } from './output/view.ts';

/** One sentence on the samples that weigh less than nothing in this measure; none where there are none. */
export function describeNegatives(profile: Profile, measure: Measure): string[] {
  const { unit, scale, values, requiredState } = getMeasureColumn(profile, measure);
  if (values === undefined) return [];
  const { length, state } = profile.samples;
  let count = 0;
  let sum = 0;
  for (let row = 0; row < length; row++) {
    if (!(values[row] < 0) || (state[row] & requiredState) !== requiredState) continue;
    count++;
    sum += values[row] * scale;
  }
  if (count === 0) return [];
  const samples = formatCounted(count, 'sample weighs', 'samples weigh');
  return [
    `${samples} less than nothing, ${amountColumn(unit, sum)(sum)} in all: shares are parts of the sum, and may be above 100 % or below zero.`,
  ];
}
