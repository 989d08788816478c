import { ProfilerError } from '../base/errors.ts';
import { describeMeasure, listMeasures } from '../profile/amounts.ts';
import type { Measure } from '../profile/measure.ts';
import type { Profile } from '../profile/tables.ts';

/** Throws `bad-usage`, with what can be asked for, when the profile does not have the measure. */
export function checkMeasure(profile: Profile, measure: Measure): void {
  const known = listMeasures(profile);
  // What does not say how long it took is asked for its first weight so, when it is compared with what does.
  const isFirst = measure === 'wall' && profile.samples.weights[0].type !== 'cpu';
  if (isFirst || known.includes(measure)) return;
  const title = measure === 'wall' ? 'wall time' : describeMeasure(profile, measure);
  throw new ProfilerError(
    'bad-usage',
    `The recording holds no ${title}. It has: --measure ${known.join(' | ')}.`,
    { facts: { measure } },
  );
}
