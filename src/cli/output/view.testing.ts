import type { Measure } from '../../profile/measure.ts';
import type { Profile } from '../../profile/tables.ts';
import type { View } from './view.ts';

/** A view of the whole profile. */
export function viewOf(profile: Profile, measure: Measure): View {
  return { file: 'app.vmprof', recording: profile, profile, selection: {}, filters: [], measure };
}
