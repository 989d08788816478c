// What changed from one profile to another: by function and by call path, with the standard error of each change and
// whether it is more than chance. docs/decisions/007-what-a-difference-is.md.

import type { Measure } from '../measure.ts';
import { NONE, type Profile, type WeightUnit } from '../tables.ts';
import { CallNodes } from '../trees/call-tree-nodes.ts';
import { type CostChanges, type CostColumn, type CostSide, compareCosts } from './cost-changes.ts';
import { addPaths, computeDiffSums, type DiffSums, sumByFunction, sumByPath } from './diff-sums.ts';
import { type FunctionMatch, matchFunctions } from './match-functions.ts';

/**
 * What makes the costs of two profiles comparable.
 *
 * - `samples`: each cost is a share of all that its profile counts
 * - `time`: each is divided by the length of its recording, in nanoseconds, and so is an amount per second
 * - `none`: amounts as they are
 */
export type Normalisation =
  | { readonly type: 'samples' }
  | { readonly type: 'time'; readonly before: number; readonly after: number }
  | { readonly type: 'none' };

/** One of the two profiles. */
export interface DiffSide {
  readonly profile: Profile;
  readonly unit: WeightUnit;
  /** Weight of all samples, in `unit`. */
  readonly sum: number;
  /** The same, normalised: 1 for shares. */
  readonly whole: number;
  readonly effectiveSamples: number;
}

/** Call nodes of both profiles; parents before children. Node 0 is the root: all samples. */
export interface DiffPaths {
  readonly length: number;
  /** Row of the caller; NONE for the root. */
  readonly parent: Int32Array;
  /** Common row of the function; NONE for the root. */
  readonly function: Int32Array;
  /** 0 for the root. */
  readonly depth: Int32Array;
  readonly self: CostChanges;
  readonly total: CostChanges;
  /** Sums that the paths' own samples have on both sides, for costs of groups of paths: see comparePathGroups. */
  readonly sums: readonly [CostColumn, CostColumn];
}

export interface ProfileDiff {
  readonly normalisation: Normalisation;
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** What costs of the two are compared by. */
  readonly costs: readonly [CostSide, CostSide];
  /** The functions of both. */
  readonly functions: FunctionMatch;
  /** By common row; the row behind the last function is that of the samples without a stack. */
  readonly self: CostChanges;
  readonly total: CostChanges;
  readonly paths: DiffPaths;
}

/** Compares two profiles. Both must have weight in the measure. Throws `bad-usage` where one does not have the measure. */
export function computeDiff(
  before: Profile,
  after: Profile,
  measure: Measure,
  normalisation: Normalisation,
): ProfileDiff {
  return compareSums(computeDiffSums(before, measure), computeDiffSums(after, measure), normalisation);
}

/** The same, of weights that are known already. */
export function compareSums(
  sumsBefore: DiffSums,
  sumsAfter: DiffSums,
  normalisation: Normalisation,
): ProfileDiff {
  const functions = matchFunctions(sumsBefore.profile, sumsAfter.profile);
  const sides = [
    describeSide(sumsBefore, normalisation, 'before'),
    describeSide(sumsAfter, normalisation, 'after'),
  ] as const;
  const costs = [sides[0].costs, sides[1].costs] as const;
  const [first, second] = [
    sumByFunction(sumsBefore, functions.ofBefore, functions.length),
    sumByFunction(sumsAfter, functions.ofAfter, functions.length),
  ];
  const isLeaf = (row: number) =>
    areEqual(first.self, first.total, row) && areEqual(second.self, second.total, row);
  const [self, total] = compareCosts(...costs, [
    { before: first.self, after: second.self, isRepeated: isLeaf },
    { before: first.total, after: second.total },
  ]);
  return {
    normalisation,
    before: sides[0].side,
    after: sides[1].side,
    costs,
    functions,
    self,
    total,
    paths: comparePaths([sumsBefore, sumsAfter], functions, costs),
  };
}

function describeSide(sums: DiffSums, normalisation: Normalisation, which: 'before' | 'after') {
  const { unit, sum, effectiveSamples } = sums.weights;
  const whole =
    normalisation.type === 'samples'
      ? 1
      : normalisation.type === 'time'
        ? (sum / normalisation[which]) * 1e9
        : sum;
  const side: DiffSide = { profile: sums.profile, unit, sum, whole, effectiveSamples };
  const costs: CostSide = { sum, squares: sums.squares, whole };
  return { side, costs };
}

function comparePaths(
  [before, after]: readonly [DiffSums, DiffSums],
  functions: FunctionMatch,
  costs: readonly [CostSide, CostSide],
): DiffPaths {
  const nodes = new CallNodes();
  const nodesBefore = addPaths(before, functions.ofBefore, nodes);
  const nodesAfter = addPaths(after, functions.ofAfter, nodes);
  const { length } = nodes;
  const parent = nodes.parent.slice(0, length);
  const first = sumByPath(before, nodesBefore, parent);
  const second = sumByPath(after, nodesAfter, parent);
  // A caller that does nothing but one call has the same total as what it calls: one comparison, not two.
  const isLikeCaller = (row: number) => {
    const above = parent[row];
    return above !== NONE && [first, second].every(({ total }) => total.amount[row] === total.amount[above]);
  };
  const isLeaf = (row: number) =>
    areEqual(first.self, first.total, row) && areEqual(second.self, second.total, row);
  const [self, total] = compareCosts(...costs, [
    { before: first.self, after: second.self, isRepeated: isLeaf },
    { before: first.total, after: second.total, isRepeated: isLikeCaller },
  ]);
  return {
    length,
    parent,
    function: nodes.function.slice(0, length),
    depth: nodes.depth.slice(0, length),
    self,
    total,
    sums: [first.self, second.self],
  };
}

/** Compares groups of paths, given as the nodes whose own samples each has; they share the chance of a false alarm. */
export function comparePathGroups(
  { paths, costs }: ProfileDiff,
  groups: readonly ArrayLike<number>[],
): CostChanges {
  const sumUp = ({ amount, squares }: CostColumn): CostColumn => ({
    amount: Float64Array.from(groups, (nodes) => sumOf(amount, nodes)),
    squares: Float64Array.from(groups, (nodes) => sumOf(squares, nodes)),
  });
  const [changes] = compareCosts(...costs, [{ before: sumUp(paths.sums[0]), after: sumUp(paths.sums[1]) }]);
  return changes;
}

function sumOf(column: Float64Array, rows: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += column[rows[i]];
  return sum;
}

function areEqual(a: CostColumn, b: CostColumn, row: number): boolean {
  return a.amount[row] === b.amount[row];
}
