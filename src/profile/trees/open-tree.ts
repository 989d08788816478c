// Call trees for looking at: children are put in order, and inverted trees are grown, where somebody looks, and nowhere else.
// A screen shows some thousand nodes, a tree may have a million. tree-shape.ts makes those with callees below callers,
// inverted-tree.ts those with callers below callees.

import type { WeightUnit } from '../tables.ts';

/** Nodes with their children. Columns may be longer than `length`, and be replaced by longer ones when a node is opened. */
export interface OpenTree {
  /** Nodes there are so far. */
  readonly length: number;
  readonly unit: WeightUnit;
  /** For computeShareError. */
  readonly effectiveSamples: number;
  /** By node: node 0 is the root, which has neither. NONE there. */
  readonly parent: Int32Array;
  /** FunctionIndex. */
  readonly function: Int32Array;
  /** 0 for the root. */
  readonly depth: Int32Array;
  /** As in CallTreeColumns. */
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly selfSamples: Uint32Array;
  readonly totalSamples: Uint32Array;
  /** Those that have samples, and at least so much in total, by descending total; equal ones in the order of their numbers. */
  childrenOf(node: number, least?: number): Int32Array;
}
