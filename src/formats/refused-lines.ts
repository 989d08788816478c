// What readers of text say about lines that are not what the format has.

import { formatCounted } from '../base/quantities.ts';

/** `2 lines were not understood, the first of them line 5: noise`; for one, `1 line was not understood: line 5: noise`. None for 0. */
export function describeRefused(count: number, singular: string, plural: string, first: string): string[] {
  if (count === 0) return [];
  return [`${formatCounted(count, singular, plural)}${count === 1 ? ':' : ', the first of them'} ${first}`];
}
