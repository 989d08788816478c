// Flame graphs: the boxes that can be seen, with names and costs.

import { computeMatchedWeight } from '../../../profile/costs/function-search.ts';
import { type FunctionIndex, NONE } from '../../../profile/tables.ts';
import { layoutFlame } from '../../../profile/trees/flame-layout.ts';
import type { Derived } from '../derived.ts';
import { getFunctionKey, LabelTable } from '../function-keys.ts';
import type { FlameAnswer, FlameRequest } from '../messages.ts';
import { search, toTotals } from './totals.ts';
import { listPath, walkTree } from './tree-paths.ts';

/** Lays out the tree of a view, as wide as the zoomed node. */
export function answerFlame(derived: Derived, request: FlameRequest): FlameAnswer {
  const { view, inverted, minWidth } = request;
  const profile = derived.getTables(view);
  const weights = derived.getWeights(view);
  const tree = derived.getTree(view, inverted);
  const node = walkTree(tree, request.zoom, (row) => getFunctionKey(profile, row as FunctionIndex));
  const boxes = layoutFlame(tree, { zoom: node, minWidth });
  const labels = derived.getLabels(view);
  const table = new LabelTable(labels);
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
    zoom: listPath(tree, node).map((row) => labels.of(row)),
    searchProblem: problem,
  };
}
