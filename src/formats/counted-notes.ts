// What readers and writers say of things that they count: repairs, losses, damage.

import { formatCounted } from '../base/quantities.ts';

/** How many there are, one and many of them with their verbs, and how the sentence goes on. */
export type CountedNote = readonly [count: number, singular: string, plural: string, rest: string];

/** A sentence for each that there is any of. */
export function describeCounted(notes: readonly CountedNote[]): string[] {
  return notes
    .filter(([count]) => count > 0)
    .map(([count, singular, plural, rest]) => `${formatCounted(count, singular, plural)} ${rest}.`);
}
