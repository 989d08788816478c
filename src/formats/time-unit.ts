import type { Profile } from '../profile/tables.ts';

/** The finest unit, in nanoseconds, that a recording of so many nanoseconds fits into: times of samples have 32 bits. */
export function chooseTimeUnit(longest: number): number {
  let unit = 1;
  while (longest / unit > 0xffff_fff0) unit *= 10;
  return unit;
}

/** For times and weights that were added in a unit that was not known when the builder was made. */
export function withTimeUnit(profile: Profile, timeUnit: number): Profile {
  return { ...profile, timeUnit };
}
