import { type FunctionIndex, NONE } from '../../profile/tables.ts';
import { describeHead, functionToJson, shareToJson, threadToJson } from './json.ts';
import { computeTrees, type TreeOptions, type TreePart } from './tree.ts';
import { selectNodes } from './tree-lines.ts';
import type { View } from './view.ts';

/** The tree view as a value for `--json`: nodes in depth-first order, since deep nesting is more than many readers bear. */
export function describeTree(view: View, options: TreeOptions, notes: readonly string[]) {
  const parts = computeTrees(view, options);
  return {
    ...describeHead(view, 'tree', notes),
    measure: view.measure,
    inverted: options.isInverted,
    trees: parts.map((part) => describePart(view, part, options)),
  };
}

function describePart(view: View, { tree, profile, thread }: TreePart, options: TreeOptions) {
  const isShown = selectNodes(tree, options);
  const positions = new Int32Array(tree.length).fill(NONE);
  const nodes = [];
  for (let row = 0; row < tree.length; row++) {
    if (isShown[row] === 0) continue;
    positions[row] = nodes.length;
    const cut = sumCutChildren(tree, isShown, row);
    nodes.push({
      parent: row === 0 ? null : positions[tree.parent[row]],
      depth: tree.depth[row],
      ...(row === 0
        ? { name: null, file: null, line: null, kind: null }
        : functionToJson(profile, tree.function[row] as FunctionIndex)),
      self: { amount: tree.self[row], samples: tree.selfSamples[row] },
      total: {
        amount: tree.total[row],
        samples: tree.totalSamples[row],
        ...shareToJson(tree.total[row], tree.total[0], tree.effectiveSamples),
      },
      left: { ...cut, isIncomplete: tree.isCut[row] === 1 },
    });
  }
  return {
    thread: thread === undefined ? null : threadToJson(view.recording, thread),
    unit: tree.unit,
    sum: tree.total[0],
    effectiveSamples: tree.effectiveSamples,
    nodes,
  };
}

/** Children that are not shown, and their total. */
function sumCutChildren(
  tree: TreePart['tree'],
  isShown: Uint8Array,
  row: number,
): { nodes: number; total: number } {
  let nodes = 0;
  let total = 0;
  for (let child = row + 1; child < tree.subtreeEnd[row]; child = tree.subtreeEnd[child]) {
    if (isShown[child] === 1) continue;
    nodes++;
    total += tree.total[child];
  }
  return { nodes, total };
}
