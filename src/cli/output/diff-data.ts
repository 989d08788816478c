// What text and JSON of a comparison have in common: which rows are shown, in which order, and what is above a limit.

import type { CostChanges } from '../../profile/diff/cost-changes.ts';
import type { ProfileDiff } from '../../profile/diff/diff.ts';
import type { Measure } from '../../profile/measure.ts';
import { type FunctionIndex, NONE, type Profile } from '../../profile/tables.ts';
import { describeFunction, type FunctionText, NO_STACK } from './names.ts';
import type { View } from './view.ts';

/** Two profiles and what differs between them. */
export interface DiffView {
  readonly before: View;
  readonly after: View;
  readonly diff: ProfileDiff;
  readonly measure: Measure;
}

/** Changes of self and total of the same rows: functions, or call paths. */
export interface ChangePair {
  readonly self: CostChanges;
  readonly total: CostChanges;
}

/** Rows in one direction, by descending size of their change of self; those that are more than chance first. */
export function selectRows({ self, total }: ChangePair, direction: 1 | -1): number[] {
  const rows: number[] = [];
  for (let row = 0; row < self.length; row++) {
    if (Math.sign(self.change[row]) === direction) rows.push(row);
    // Callers that do nothing themselves go where their calls went, and come last.
    else if (self.change[row] === 0 && isMarked(total, row) && Math.sign(total.change[row]) === direction)
      rows.push(row);
  }
  const rank = (row: number) => (isMarked(self, row) ? 2 : isMarked(total, row) ? 1 : 0);
  return rows.sort(
    (a, b) =>
      rank(b) - rank(a) ||
      Math.abs(self.change[b]) - Math.abs(self.change[a]) ||
      Math.abs(total.change[b]) - Math.abs(total.change[a]) ||
      a - b,
  );
}

export function isMarked(changes: CostChanges, row: number): boolean {
  return changes.isSignificant[row] === 1;
}

/** Rows with a change of self or total that is more than chance. */
export function countMarked({ self, total }: ChangePair): number {
  let count = 0;
  for (let row = 0; row < self.length; row++) {
    if (isMarked(self, row) || isMarked(total, row)) count++;
  }
  return count;
}

/** Value of a cost on both sides, normalised as their change is. */
export function getValues(
  diff: ProfileDiff,
  changes: CostChanges,
  row: number,
): { before: number; after: number } {
  return {
    before: (changes.before[row] / diff.before.sum) * diff.before.whole,
    after: (changes.after[row] / diff.after.sum) * diff.after.whole,
  };
}

/** The function of a common row, in the profile that has it; the later one if both do. Undefined: no stack. */
export function findFunction(
  diff: ProfileDiff,
  row: number,
): { readonly profile: Profile; readonly row: FunctionIndex } | undefined {
  const { functions, before, after } = diff;
  if (row === functions.length) return undefined;
  return functions.after[row] === NONE
    ? { profile: before.profile, row: functions.before[row] as FunctionIndex }
    : { profile: after.profile, row: functions.after[row] as FunctionIndex };
}

export function getFunctionText(diff: ProfileDiff, row: number, folder?: string): FunctionText {
  const found = findFunction(diff, row);
  if (found === undefined) return { name: NO_STACK, tag: '', place: '' };
  return describeFunction(found.profile, found.row, folder);
}

/** Common rows of the functions of a call path, the outermost first; none for the root. */
export function getPathFunctions({ paths }: ProfileDiff, node: number): number[] {
  const rows: number[] = [];
  for (let at = node; at > 0; at = paths.parent[at]) rows.push(paths.function[at]);
  return rows.reverse();
}

/** What grew too much. */
export interface Growth {
  /** Common row of the function that grew most; undefined: the whole. */
  readonly row: number | undefined;
  readonly kind: 'self' | 'total';
  /** Part of the whole that it grew by. */
  readonly share: number;
  /** Other functions that grew by more than the limit. */
  readonly others: number;
}

/** What the last digits of sums may differ by: the whole counts as exact, and has no chance that would cover them. */
const ROUNDING = 1e-9;

/** The greatest growth that is more than chance and above the limit, a part of the whole of `before`. */
export function findGrowthAbove(diff: ProfileDiff, limit: number): Growth | undefined {
  const { whole } = diff.before;
  const wholeShare = (diff.after.whole - whole) / whole;
  if (wholeShare > limit + ROUNDING) return { row: undefined, kind: 'total', share: wholeShare, others: 0 };
  const found: Growth[] = [];
  for (let row = 0; row < diff.self.length; row++) {
    const grown = (['self', 'total'] as const)
      .filter((kind) => isMarked(diff[kind], row) && diff[kind].change[row] / whole > limit)
      .map((kind): Growth => ({ row, kind, share: diff[kind].change[row] / whole, others: 0 }));
    // Of the two, that which it did itself.
    if (grown.length > 0) found.push(grown[0]);
  }
  if (found.length === 0) return undefined;
  const [most] = found.sort((a, b) => b.share - a.share);
  return { ...most, others: found.length - 1 };
}
