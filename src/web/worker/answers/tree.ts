// The call tree as rows: those whose callers are all expanded, a window of them at a time.

import type { OpenTree } from '../../../profile/trees/open-tree.ts';
import type { Derived } from '../derived.ts';
import { hashKey } from '../function-keys.ts';
import type { TreeAnswer, TreeRequest } from '../messages.ts';
import { toTotals } from './totals.ts';

/** Visible rows from `from` on. The cost is that of the rows above the window, not of the whole tree. */
export function answerTree(derived: Derived, request: TreeRequest): TreeAnswer {
  const { view, inverted, from, count } = request;
  const labels = derived.getLabels(view);
  const tree = derived.getTree(view, inverted);
  const visible = listVisible(tree, new Set(request.expanded), (row) => hashKey(labels.of(row).key));
  const rows = visible.slice(from, from + count).map(({ node, path, hashes, isExpanded }) => ({
    label: labels.of(tree.function[node]),
    self: tree.self[node],
    total: tree.total[node],
    selfSamples: tree.selfSamples[node],
    totalSamples: tree.totalSamples[node],
    path,
    hashes,
    depth: tree.depth[node] - 1,
    hasChildren: hasChildren(tree, node),
    isExpanded,
  }));
  return { totals: toTotals(derived.getWeights(view)), length: visible.length, from, rows };
}

interface VisibleRow {
  readonly node: number;
  readonly path: string;
  readonly hashes: string;
  readonly isExpanded: boolean;
}

/** In the order they are shown in. Subtrees that are closed are not opened. */
function listVisible(
  tree: OpenTree,
  expanded: ReadonlySet<string>,
  hashOf: (functionRow: number) => string,
): VisibleRow[] {
  const rows: VisibleRow[] = [];
  const waiting: Pick<VisibleRow, 'node' | 'path' | 'hashes'>[] = [];
  const push = (node: number, path: string, hashes: string) => {
    const children = tree.childrenOf(node);
    for (let i = children.length - 1; i >= 0; i--) {
      const row = tree.function[children[i]];
      waiting.push({ node: children[i], path: join(path, String(row)), hashes: join(hashes, hashOf(row)) });
    }
  };
  push(0, '', '');
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, path, hashes } = next;
    const isExpanded = hasChildren(tree, node) && expanded.has(hashes);
    rows.push({ node, path, hashes, isExpanded });
    if (isExpanded) push(node, path, hashes);
  }
  return rows;
}

function join(path: string, step: string): string {
  return path === '' ? step : `${path}/${step}`;
}

/** Some of its samples go on. */
function hasChildren({ selfSamples, totalSamples }: OpenTree, node: number): boolean {
  return totalSamples[node] > selfSamples[node];
}
