// Flame graphs: where the call nodes of a tree lie as boxes, as wide as their totals, callees on the level below.
//
// Only what can be seen is laid out. Siblings stand in descending order of their totals, so the first one that is too
// narrow ends its level, and the walk goes on behind its parent: the cost is that of the boxes shown, however large the
// tree is. What is left out below a node is one box without a node, as wide as all of it.

import type { CallTreeColumns } from './call-tree-order.ts';
import { NONE } from './tables.ts';

/** Boxes in depth-first order. */
export interface FlameBoxes {
  readonly length: number;
  /** Row of the call tree; NONE for what is too narrow to be shown, of the same parent, in one box. */
  readonly node: Int32Array;
  /** Level of the box: 0 for the root of the tree. */
  readonly depth: Int32Array;
  /** Left side, 0 to 1. */
  readonly start: Float64Array;
  /** Width, 0 to 1. */
  readonly width: Float64Array;
  /** Levels down to the deepest box. */
  readonly levels: number;
}

export interface FlameLayoutOptions {
  /** The node that is as wide as the graph; its callers stand above it, as wide. Default: the root. */
  readonly zoom?: number;
  /** Narrower boxes, in parts of the whole width, are left out. Default: 0. */
  readonly minWidth?: number;
  /** Most boxes to lay out, so that a tree with millions of nodes on the edge of the limit cannot fill the memory. */
  readonly maxBoxes?: number;
}

/** Far more boxes than a screen has room for at a glance. */
const MAX_BOXES = 200_000;

/** Lays out the part of the tree that can be seen. */
export function layoutFlame(tree: CallTreeColumns, options: FlameLayoutOptions = {}): FlameBoxes {
  const { zoom = 0, minWidth = 0, maxBoxes = MAX_BOXES } = options;
  const boxes: MutableBoxes = { node: [], depth: [], start: [], width: [] };
  for (const row of listCallers(tree.parent, zoom)) addBox(boxes, row, tree.depth[row], 0, 1);
  const scale = tree.total[zoom] > 0 ? 1 / tree.total[zoom] : 0;
  const end = tree.subtreeEnd[zoom];
  const top = tree.depth[zoom];
  // By level below the zoomed node: where the next child goes, and its parent's right side without its self.
  const next: number[] = [0];
  const limit: number[] = [1];
  let row = zoom;
  while (row < end) {
    const level = tree.depth[row] - top;
    closeLevels(boxes, next, limit, level, top, minWidth);
    const width = row === zoom ? 1 : tree.total[row] * scale;
    if (row !== zoom && (width < minWidth || width === 0 || boxes.node.length >= maxBoxes)) {
      // All that follow below the same parent are narrower still.
      row = tree.subtreeEnd[tree.parent[row]];
      continue;
    }
    addBox(boxes, row, tree.depth[row], next[level], width);
    next[level + 1] = next[level];
    limit[level + 1] = next[level] + width - tree.self[row] * scale;
    next[level] += width;
    row++;
  }
  closeLevels(boxes, next, limit, 0, top, minWidth);
  return toColumns(boxes);
}

interface MutableBoxes {
  readonly node: number[];
  readonly depth: number[];
  readonly start: number[];
  readonly width: number[];
}

/** Rounding errors of sums are no boxes. */
const ROUNDING = 1e-9;

/** Ends the levels below `level`: what they have not shown becomes one box each. */
function closeLevels(
  boxes: MutableBoxes,
  next: number[],
  limit: number[],
  level: number,
  top: number,
  minWidth: number,
): void {
  while (next.length > level + 1) {
    const from = next.pop() ?? 0;
    const to = limit.pop() ?? 0;
    const rest = to - from;
    if (rest > ROUNDING && rest >= minWidth) addBox(boxes, NONE, top + next.length, from, rest);
  }
}

function addBox(boxes: MutableBoxes, node: number, depth: number, start: number, width: number): void {
  boxes.node.push(node);
  boxes.depth.push(depth);
  boxes.start.push(start);
  boxes.width.push(width);
}

/** From the root down to above the node. */
function listCallers(parent: Int32Array, node: number): number[] {
  const rows: number[] = [];
  for (let row = parent[node]; row !== NONE; row = parent[row]) rows.push(row);
  return rows.reverse();
}

function toColumns(boxes: MutableBoxes): FlameBoxes {
  let levels = 0;
  for (const depth of boxes.depth) levels = Math.max(levels, depth + 1);
  return {
    length: boxes.node.length,
    node: Int32Array.from(boxes.node),
    depth: Int32Array.from(boxes.depth),
    start: Float64Array.from(boxes.start),
    width: Float64Array.from(boxes.width),
    levels,
  };
}
