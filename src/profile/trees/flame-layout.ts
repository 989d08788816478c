// Flame graphs: where the call nodes of a tree lie as boxes, as wide as their totals, callees on the level below.
//
// Only what can be seen is laid out. Siblings stand in descending order of their totals, so the first one that is too
// narrow ends its level: the cost is that of the boxes shown, however large the tree is. What is left out below a node is
// one box without a node, as wide as all of it.

import { NONE } from '../tables.ts';
import type { OpenTree } from './open-tree.ts';

/** Boxes in depth-first order. */
export interface FlameBoxes {
  readonly length: number;
  /** Node of the tree; NONE for what is too narrow to be shown, of the same parent, in one box. */
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

/** What is laid out. */
export type LaidOutTree = Pick<OpenTree, 'parent' | 'depth' | 'self' | 'total' | 'childrenOf'>;

/** Lays out the part of the tree that can be seen. */
export function layoutFlame(tree: LaidOutTree, options: FlameLayoutOptions = {}): FlameBoxes {
  const { zoom = 0, minWidth = 0, maxBoxes = MAX_BOXES } = options;
  const boxes: MutableBoxes = { node: [], depth: [], start: [], width: [] };
  for (const node of listCallers(tree.parent, zoom)) addBox(boxes, node, tree.depth[node], 0, 1);
  const scale = tree.total[zoom] > 0 ? 1 / tree.total[zoom] : 0;
  // A little less: whether a box is wide enough is for its width to decide, and its product may be rounded otherwise.
  const least = scale > 0 ? (minWidth / scale) * (1 - 1e-9) : Number.NEGATIVE_INFINITY;
  const levels: Level[] = [];
  const open = (node: number, start: number, width: number) => {
    addBox(boxes, node, tree.depth[node], start, width);
    const limit = start + width - tree.self[node] * scale;
    // What is below it is too narrow altogether: nobody needs to know what it is.
    const isWorthIt = limit - start >= minWidth && limit > start;
    levels.push({
      children: isWorthIt ? tree.childrenOf(node, least) : NOTHING,
      place: 0,
      next: start,
      limit,
      depth: tree.depth[node] + 1,
    });
  };
  open(zoom, 0, 1);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const child = level.place < level.children.length ? level.children[level.place++] : NONE;
    const width = child === NONE ? 0 : tree.total[child] * scale;
    if (width < minWidth || width <= 0 || boxes.node.length >= maxBoxes) {
      // All that follow below the same parent are narrower still.
      levels.pop();
      const rest = level.limit - level.next;
      if (rest > ROUNDING && rest >= minWidth) addBox(boxes, NONE, level.depth, level.next, rest);
      continue;
    }
    const start = level.next;
    level.next += width;
    open(child, start, width);
  }
  return toColumns(boxes);
}

/** The children of a box that is being laid out, those before `place` are done. */
interface Level {
  readonly children: Int32Array;
  place: number;
  /** Where the next child goes, and the right side of the last. */
  next: number;
  readonly limit: number;
  readonly depth: number;
}

const NOTHING = new Int32Array(0);

interface MutableBoxes {
  readonly node: number[];
  readonly depth: number[];
  readonly start: number[];
  readonly width: number[];
}

/** Rounding errors of sums are no boxes. */
const ROUNDING = 1e-9;

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
