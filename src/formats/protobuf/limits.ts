// How much of each kind a file may hold. Messages of two bytes become rows of thirty: without limits, a compressed file of a
// megabyte could ask for all memory there is. They are far above what any profiler writes.

import { ProfilerError } from '../../base/errors.ts';

/** Most functions, locations, mappings, texts, each. */
export const MAX_ROWS = 1 << 24;
/** Most lines of all locations. */
export const MAX_LINES = 1 << 25;
/** Most attributes of OTLP, and most lists of them. */
export const MAX_ATTRIBUTES = 1 << 22;
/** Most stacks in the dictionary of OTLP. */
export const MAX_STACKS = 1 << 27;

/** Throws `not-a-recording` when there is no room for one more. */
export function assertRoom(count: number, most: number, what: string): void {
  if (count < most) return;
  throw new ProfilerError(
    'not-a-recording',
    `The file holds more than ${most} ${what}, which is the most that can be read.`,
    { facts: { most } },
  );
}
