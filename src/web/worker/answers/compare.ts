// What changed between two views: a flame graph of one of them with the change of every box, and a table of functions.

import { ProfilerError } from '../../../base/errors.ts';
import type { CostChanges } from '../../../profile/cost-changes.ts';
import type { ProfileDiff } from '../../../profile/diff.ts';
import { type FlameBoxes, layoutFlame } from '../../../profile/flame-layout.ts';
import { parseSearch } from '../../../profile/function-search.ts';
import { listChildren, orderChildren } from '../../../profile/open-tree.ts';
import { type FunctionIndex, NONE } from '../../../profile/tables.ts';
import type { Derived } from '../derived.ts';
import { labelFunction } from '../function-keys.ts';
import type { ChangeRow, CompareAnswer, CompareRequest, FunctionLabel } from '../messages.ts';
import { search, toTotals } from './totals.ts';

/** Throws `no-samples` when one of the views has none: nothing can be compared with nothing. */
export function answerCompare(
  derived: Derived,
  request: CompareRequest,
  find: (recording: number) => Derived,
): CompareAnswer {
  const { view, normalisation, from, count } = request;
  const other = find(request.before.recording);
  const before = { ...request.before, measure: view.measure };
  const totals = [toTotals(other.getWeights(before)), toTotals(derived.getWeights(view))] as const;
  if (totals.some(({ sum }) => !(sum > 0))) {
    throw new ProfilerError(
      'no-samples',
      'One of the two has no samples in view, so there is nothing to compare.',
    );
  }
  const diff = derived.getDiff(view, other, before, normalisation);
  const boxes = layOut(diff, request);
  const { problem } = search(diff.after.profile, request.search);
  const rows = listFunctions(diff, problem === undefined ? request.search : '');
  return {
    before: totals[0],
    after: totals[1],
    boxes,
    changes: Array.from(boxes.node, (node) => describePath(diff, node)),
    length: rows.length,
    from,
    rows: rows.slice(from, from + count).map((row) => describeRow(diff.self, row, labelRow(diff, row))),
    largest: diff.paths.total.change.reduce((most, change) => Math.max(most, Math.abs(change)), 0),
    searchProblem: problem,
  };
}

/** Boxes of the paths of both, as wide as they are on one side. */
function layOut({ paths }: ProfileDiff, { widths, minWidth }: CompareRequest): FlameBoxes {
  const lists = listChildren(paths.parent);
  const total = paths.total[widths];
  return layoutFlame(
    {
      parent: paths.parent,
      depth: paths.depth,
      self: paths.self[widths],
      total,
      childrenOf: (node) => orderChildren(lists, node, total, undefined),
    },
    { minWidth },
  );
}

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

function describePath(diff: ProfileDiff, node: number): ChangeRow {
  if (node === NONE) {
    return { label: undefined, before: 0, after: 0, change: 0, error: 0, isSignificant: false };
  }
  return describeRow(diff.paths.total, node, labelRow(diff, diff.paths.function[node]));
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
