// What changed between two views: a flame graph of one of them with the change of every box, and a table of functions.

import { ProfilerError } from '../../../base/errors.ts';
import { parseSearch } from '../../../profile/costs/function-search.ts';
import type { CostChanges } from '../../../profile/diff/cost-changes.ts';
import { comparePathGroups, type ProfileDiff } from '../../../profile/diff/diff.ts';
import { type FunctionIndex, NONE } from '../../../profile/tables.ts';
import { listChildren, orderChildren } from '../../../profile/trees/child-lists.ts';
import { layoutFlame } from '../../../profile/trees/flame-layout.ts';
import { InvertedTree, invertTree } from '../../../profile/trees/inverted-tree.ts';
import type { OpenTree } from '../../../profile/trees/open-tree.ts';
import type { Derived } from '../derived.ts';
import { labelFunction } from '../function-keys.ts';
import type { ChangeRow, CompareAnswer, CompareRequest, FunctionLabel } from '../messages.ts';
import { search, toTotals } from './totals.ts';
import { listPath, walkTree } from './tree-paths.ts';

/** Throws `no-samples` when one of the views has none: nothing can be compared with nothing. */
export function answerCompare(
  derived: Derived,
  request: CompareRequest,
  find: (recording: number) => Derived,
): CompareAnswer {
  const { view, normalisation, from, count } = request;
  const other = find(request.before.recording);
  const before = { ...request.before, measure: view.measure };
  const totals = [toTotals(other.getWeights(before, 'before')), toTotals(derived.getWeights(view))] as const;
  if (totals.some(({ sum }) => !(sum > 0))) {
    throw new ProfilerError(
      'no-samples',
      'One of the two has no samples in view, so there is nothing to compare.',
    );
  }
  const diff = derived.getDiff(view, other, before, normalisation);
  const { problem } = search(diff.after.profile, request.search);
  const rows = listFunctions(diff, problem === undefined ? request.search : '');
  return {
    before: totals[0],
    after: totals[1],
    ...layOut(diff, request),
    length: rows.length,
    from,
    rows: rows.slice(from, from + count).map((row) => describeRow(diff.self, row, labelRow(diff, row))),
    largest: diff.paths.total.change.reduce((most, change) => Math.max(most, Math.abs(change)), 0),
    searchProblem: problem,
  };
}

/** Boxes of the paths of both, as wide as they are on one side, with their changes. */
function layOut(
  diff: ProfileDiff,
  { widths, minWidth, inverted, zoom }: CompareRequest,
): Pick<CompareAnswer, 'boxes' | 'changes' | 'zoom'> {
  const paths = toTree(diff, widths);
  const tree = inverted ? invertTree(paths) : paths;
  const node = walkTree(tree, zoom, (functionRow) => labelRow(diff, functionRow)?.key);
  const boxes = layoutFlame(tree, { zoom: node, minWidth });
  const describe = (changes: CostChanges, row: number, box: number): ChangeRow =>
    boxes.node[box] === NONE
      ? NO_CHANGE
      : describeRow(changes, row, labelRow(diff, tree.function[boxes.node[box]]));
  const labels = listPath(tree, node).flatMap((row) => labelRow(diff, row) ?? []);
  if (!(tree instanceof InvertedTree)) {
    return {
      boxes,
      changes: Array.from(boxes.node, (row, box) => describe(diff.paths.total, row, box)),
      zoom: labels,
    };
  }
  // The root has the samples without a stack, too, which are no path of the inverted tree.
  const all = Int32Array.from({ length: diff.paths.length }, (_, row) => row);
  const groups = Array.from(boxes.node, (row) => {
    if (row === NONE) return [];
    return row === 0 ? all : tree.leavesOf(row);
  });
  const changes = comparePathGroups(diff, groups);
  return { boxes, changes: groups.map((_, box) => describe(changes, box, box)), zoom: labels };
}

/** The paths as a tree, as heavy as they are on one side. */
function toTree({ paths, before, after }: ProfileDiff, widths: CompareRequest['widths']): OpenTree {
  const { unit, effectiveSamples } = widths === 'before' ? before : after;
  const lists = listChildren(paths.parent);
  const self = paths.self[widths];
  const total = paths.total[widths];
  // Paths are not counted, only weighed: 1 stands for all samples of either side, so that an inverted node has both.
  const selfSamples = Uint32Array.from(self, (_, row) =>
    paths.self.before[row] === 0 && paths.self.after[row] === 0 ? 0 : 1,
  );
  return {
    length: paths.length,
    unit,
    effectiveSamples,
    parent: paths.parent,
    function: paths.function,
    depth: paths.depth,
    self,
    total,
    selfSamples,
    totalSamples: selfSamples,
    childrenOf: (node, least) => orderChildren(lists, node, { total, least }),
  };
}

const NO_CHANGE: ChangeRow = {
  label: undefined,
  before: 0,
  after: 0,
  change: 0,
  error: 0,
  isSignificant: false,
};

/** Rows of functions that cost something on a side, by how much their self changed; equal ones by total. */
function listFunctions(diff: ProfileDiff, text: string): number[] {
  const isMeant = parseSearch(text);
  const { self, total } = diff;
  const rows: number[] = [];
  for (let row = 0; row < total.length; row++) {
    if (total.before[row] === 0 && total.after[row] === 0) continue;
    const label = labelRow(diff, row);
    if (isMeant(label === undefined ? '' : `${label.name} ${label.file}:${label.line}`)) rows.push(row);
  }
  return rows.sort(
    (a, b) =>
      Math.abs(self.change[b]) - Math.abs(self.change[a]) ||
      Math.abs(total.change[b]) - Math.abs(total.change[a]) ||
      a - b,
  );
}

/** The function as it is now; as it was when it is gone. */
function labelRow({ functions, before, after }: ProfileDiff, row: number): FunctionLabel | undefined {
  if (row < 0 || row >= functions.length) return undefined;
  const now = functions.after[row];
  return now === NONE
    ? labelFunction(before.profile, functions.before[row] as FunctionIndex)
    : labelFunction(after.profile, now as FunctionIndex);
}

function describeRow(changes: CostChanges, row: number, label: FunctionLabel | undefined): ChangeRow {
  return {
    label,
    before: changes.before[row],
    after: changes.after[row],
    change: changes.change[row],
    error: changes.error[row],
    isSignificant: changes.isSignificant[row] === 1,
  };
}
