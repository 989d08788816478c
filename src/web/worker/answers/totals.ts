// What is in view and what there is, and what the other answers have in common.

import { messageOf } from '../../../base/errors.ts';
import { searchFunctions } from '../../../profile/costs/function-search.ts';
import type { Profile, WeightUnit } from '../../../profile/tables.ts';
import type { Derived } from '../derived.ts';
import type { Totals, TotalsAnswer, ViewSpec } from '../messages.ts';

/** The weight in view, and that of all. */
export function answerTotals(derived: Derived, { view }: { readonly view: ViewSpec }): TotalsAnswer {
  return { totals: toTotals(derived.getWeights(view)), whole: toTotals(derived.getWholeWeights(view)) };
}

/** What shares are shares of. */
export function toTotals(weights: {
  readonly unit: WeightUnit;
  readonly sum: number;
  readonly samples: number;
  readonly effectiveSamples: number;
}): Totals {
  const { unit, sum, samples, effectiveSamples } = weights;
  return { unit, sum, samples, effectiveSamples };
}

/** Marks of the functions that a search finds; none while it is empty. What is wrong with it is told, not thrown. */
export function search(
  profile: Profile,
  text: string,
): { readonly marks: Uint8Array | undefined; readonly problem: string | undefined } {
  if (text.trim() === '') return { marks: undefined, problem: undefined };
  try {
    return { marks: searchFunctions(profile, text), problem: undefined };
  } catch (error) {
    return { marks: undefined, problem: messageOf(error) };
  }
}
