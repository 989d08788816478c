// Flame graphs: the boxes that can be seen, with names and costs.

import type { CallTree } from '../../../profile/call-tree.ts';
import { layoutFlame } from '../../../profile/flame-layout.ts';
import { computeMatchedWeight } from '../../../profile/function-search.ts';
import { type FunctionIndex, NONE, type Profile } from '../../../profile/tables.ts';
import type { Derived } from '../derived.ts';
import { getFunctionKey, LabelTable, labelFunction } from '../function-keys.ts';
import type { FlameAnswer, FlameRequest, FunctionKey } from '../messages.ts';
import { search, toTotals } from './totals.ts';

/** Lays out the tree of a view, as wide as the zoomed node. */
export function answerFlame(derived: Derived, request: FlameRequest): FlameAnswer {
  const { view, inverted, minWidth } = request;
  const profile = derived.getTables(view);
  const weights = derived.getWeights(view);
  const { tree, node } = findZoom(derived, request);
  const boxes = layoutFlame(tree, { zoom: node, minWidth });
  const table = new LabelTable(profile);
  const columns = {
    label: new Int32Array(boxes.length),
    self: new Float64Array(boxes.length),
    total: new Float64Array(boxes.length),
    selfSamples: new Uint32Array(boxes.length),
    totalSamples: new Uint32Array(boxes.length),
  };
  for (let box = 0; box < boxes.length; box++) {
    const row = boxes.node[box];
    columns.label[box] = row === NONE ? -1 : table.place(tree.function[row]);
    columns.total[box] = row === NONE ? boxes.width[box] * tree.total[node] : tree.total[row];
    if (row === NONE) continue;
    columns.self[box] = tree.self[row];
    columns.selfSamples[box] = tree.selfSamples[row];
    columns.totalSamples[box] = tree.totalSamples[row];
  }
  const { marks, problem } = search(profile, request.search);
  return {
    totals: toTotals(weights),
    boxes,
    ...columns,
    labels: table.labels,
    matches: Uint8Array.from(table.labels, ({ row }) => marks?.[row] ?? 0),
    matched: marks === undefined ? undefined : computeMatchedWeight(profile, weights, marks),
    zoom: listPath(tree, node).map((row) => labelFunction(profile, row)),
    searchProblem: problem,
  };

  function findZoom(source: Derived, { zoom }: FlameRequest): { tree: CallTree; node: number } {
    const whole = source.getTree(view, inverted);
    const found = walk(profile, whole, zoom);
    // Small nodes of the inverted tree have no callers yet: a tree that begins at the node has them.
    if (!inverted || found === 0 || whole.isCut.subarray(found, whole.subtreeEnd[found]).indexOf(1) === -1) {
      return { tree: whole, node: found };
    }
    const path = listPath(whole, found);
    const closer = source.getTree(view, inverted, path);
    return { tree: closer, node: walk(profile, closer, zoom) };
  }
}

/** The node at the end of the path, or of as much of it as there is. */
function walk(profile: Profile, tree: CallTree, path: readonly FunctionKey[]): number {
  let node = 0;
  for (const key of path) {
    let child = node + 1;
    while (
      child < tree.subtreeEnd[node] &&
      getFunctionKey(profile, tree.function[child] as FunctionIndex) !== key
    ) {
      child = tree.subtreeEnd[child];
    }
    if (child >= tree.subtreeEnd[node]) break;
    node = child;
  }
  return node;
}

/** Functions from below the root to the node. */
function listPath(tree: CallTree, node: number): FunctionIndex[] {
  const path: FunctionIndex[] = [];
  for (let row = node; row > 0; row = tree.parent[row]) path.push(tree.function[row] as FunctionIndex);
  return path.reverse();
}
