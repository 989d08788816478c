// What a view counts: the same samples can be weighed by the clock, by CPU time, by who held the interpreter lock.

import { ProfilerError } from '../base/errors.ts';
import { type Profile, STATE_HOLDS_GIL, type WeightColumn, type WeightUnit } from './tables.ts';

/**
 * - `wall`: elapsed time, or the first weight of an imported profile
 * - `gil`: elapsed time of the samples whose thread held the interpreter lock
 * - `samples`: the number of samples
 * - any other one: the weight of this type, such as `cpu`, an imported profile's `alloc_space`, or `resident` and `growth`,
 *   memory in profiles that addMemoryWeights made
 */
export type Measure = string;

/** The weights of a measure without a copy: the weight of sample i is `values[i] * scale` where the mask allows. */
export interface MeasureColumn {
  readonly unit: WeightUnit;
  readonly scale: number;
  /** Undefined: every sample counts 1. */
  readonly values: WeightColumn['values'] | undefined;
  /** The weight is a number of samples that stand in one row, as in collapsed stacks. */
  readonly countsSamples: boolean;
  /** Bits of the sample's state that must be set for it to count; 0: all count. */
  readonly requiredState: number;
}

/** Whether the profile can be weighed so. */
export function hasMeasure(profile: Profile, measure: Measure): boolean {
  return measure === 'samples' || findWeight(profile, measure) !== undefined;
}

/** The type of the weight that a measure reads; undefined where it counts rows. */
export function getWeightType(profile: Profile, measure: Measure): string | undefined {
  return findWeight(profile, measure)?.type;
}

/** Throws a ProfilerError when the profile has no such weight. */
export function getMeasureColumn(profile: Profile, measure: Measure): MeasureColumn {
  const column = findWeight(profile, measure);
  if (column === undefined) {
    if (measure === 'samples')
      return { unit: 'count', scale: 1, values: undefined, countsSamples: true, requiredState: 0 };
    const known = profile.samples.weights.map((weight) => weight.type).join(', ');
    throw new ProfilerError('bad-usage', `This profile holds no weight ${measure}. It holds: ${known}.`);
  }
  const { type, unit, scale, values } = column;
  const countsSamples = type === 'samples';
  return { unit, scale, values, countsSamples, requiredState: measure === 'gil' ? STATE_HOLDS_GIL : 0 };
}

/** The weight of every sample, in `unit`. Eight bytes a sample: for views of few samples. */
export function computeWeights(
  profile: Profile,
  measure: Measure,
): { unit: WeightUnit; values: Float64Array } {
  const { unit, scale, values, requiredState } = getMeasureColumn(profile, measure);
  const { length, state } = profile.samples;
  const weights = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    if ((state[i] & requiredState) !== requiredState) continue;
    weights[i] = values === undefined ? 1 : values[i] * scale;
  }
  return { unit, values: weights };
}

/** Whether it is made of the first weight, whatever that is called. */
export function isOfFirstWeight(measure: Measure): boolean {
  return measure === 'wall' || measure === 'gil';
}

/** Undefined where the profile has no such weight: of `samples`, each row counts 1 then. */
function findWeight({ samples }: Profile, measure: Measure): WeightColumn | undefined {
  return isOfFirstWeight(measure)
    ? samples.weights[0]
    : samples.weights.find((column) => column.type === measure);
}
