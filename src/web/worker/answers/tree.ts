// The call tree as rows: those whose callers are all expanded, a window of them at a time.

import type { CallTree } from '../../../profile/call-tree.ts';
import { type FunctionIndex, NONE } from '../../../profile/tables.ts';
import type { Derived } from '../derived.ts';
import { labelFunction } from '../function-keys.ts';
import type { TreeAnswer, TreeRequest } from '../messages.ts';
import { toTotals } from './totals.ts';

/** Visible rows from `from` on. The cost is that of the rows above the window, not of the whole tree. */
export function answerTree(derived: Derived, request: TreeRequest): TreeAnswer {
  const { view, inverted, from, count } = request;
  const profile = derived.getTables(view);
  const tree = derived.getTree(view, inverted);
  const visible = listVisible(tree, new Set(request.expanded));
  const rows = visible.slice(from, from + count).map(({ row, path, isExpanded }) => ({
    label: labelFunction(profile, tree.function[row] as FunctionIndex),
    self: tree.self[row],
    total: tree.total[row],
    selfSamples: tree.selfSamples[row],
    totalSamples: tree.totalSamples[row],
    path,
    depth: tree.depth[row] - 1,
    hasChildren: tree.subtreeEnd[row] > row + 1,
    isExpanded,
  }));
  return { totals: toTotals(derived.getWeights(view)), length: visible.length, from, rows };
}

interface VisibleRow {
  readonly row: number;
  readonly path: string;
  readonly isExpanded: boolean;
}

/** In the order they are shown in. Subtrees that are closed are stepped over. */
function listVisible(tree: CallTree, expanded: ReadonlySet<string>): VisibleRow[] {
  const rows: VisibleRow[] = [];
  const paths: string[] = [''];
  let row = 1;
  while (row < tree.length) {
    const depth = tree.depth[row];
    const path = depth === 1 ? String(tree.function[row]) : `${paths[depth - 1]}/${tree.function[row]}`;
    paths[depth] = path;
    const hasChildren = tree.subtreeEnd[row] > row + 1;
    const isExpanded = hasChildren && expanded.has(path);
    if (tree.function[row] !== NONE) rows.push({ row, path, isExpanded });
    row = isExpanded ? row + 1 : tree.subtreeEnd[row];
  }
  return rows;
}
