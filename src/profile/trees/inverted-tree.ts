// The tree with callers below callees, made of the tree with callees below callers: each of its nodes is a path, which walks
// towards its root. A node of the inverted tree holds the paths that came to it, and hands them out to its callers when it is
// opened: the paths of all nodes stand in columns, those of a node together.
//
// Which paths a node has does not depend on what they weigh. So nodes that were opened once stay, and another selection of
// the samples only weighs those that are looked at: by adding up numbers that stand side by side.

import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { NONE, type WeightUnit } from '../tables.ts';
import { orderRows } from './child-lists.ts';
import type { OpenTree } from './open-tree.ts';

/** The root's self is the weight of the samples without a stack. */
export function invertTree(tree: OpenTree): InvertedTree {
  const inverted = new InvertedTree(tree, tree.selfSamples);
  inverted.weigh(tree);
  return inverted;
}

/** Nodes know which paths came to them. */
export class InvertedTree implements OpenTree {
  unit: WeightUnit;
  effectiveSamples = 0;
  length = 1;
  parent = new Int32Array(1024).fill(NONE, 0, 1);
  function = new Int32Array(1024).fill(NONE, 0, 1);
  depth = new Int32Array(1024);
  self = new Float64Array(1024);
  total = new Float64Array(1024);
  selfSamples = new Uint32Array(1024);
  totalSamples = new Uint32Array(1024);
  readonly #parentOf: Int32Array;
  readonly #functionOf: Int32Array;
  /** Ends of paths, those of a node together; and of each the node that goes on behind them, or NONE. */
  readonly #leaf: Int32Array;
  readonly #next: Int32Array;
  /** What the paths weigh, in the same order. */
  readonly #weight: Float64Array;
  readonly #samples: Uint32Array;
  /** By node: the first of its paths, the first of those that end in it, which stand behind the others, and the first behind them. */
  #from = new Int32Array(1024);
  #ends = new Int32Array(1024);
  #to = new Int32Array(1024);
  /** By node: its first child, and how many it has; NONE before it is opened. */
  #child = new Int32Array(1024).fill(NONE, 0, 1);
  #children = new Int32Array(1024);
  /** By node: whether its weights are those of the last weighing. */
  #weighing = new Uint32Array(1024);
  #weighings = 0;
  /** By function: its place among the children of the node that is being opened, + 1. */
  readonly #place: Int32Array;

  /** `ends`: by node, not 0 where samples end, in any selection that is weighed. */
  constructor({ length, parent, function: functionOf, unit }: OpenTree, ends: ArrayLike<number>) {
    this.unit = unit;
    this.#parentOf = parent;
    this.#functionOf = functionOf;
    const leaf = new Int32Array(length);
    let paths = 0;
    let last = NONE;
    for (let node = 1; node < length; node++) {
      leaf[paths] = node;
      paths += ends[node] > 0 ? 1 : 0;
      last = Math.max(last, functionOf[node]);
    }
    this.#leaf = leaf.slice(0, paths);
    this.#next = this.#leaf.slice();
    this.#weight = new Float64Array(paths);
    this.#samples = new Uint32Array(paths);
    this.#place = new Int32Array(last + 1);
    this.#ends[0] = paths;
    this.#to[0] = paths;
  }

  /** Takes the weights of a tree of the same shape, instead of those before. */
  weigh({ unit, effectiveSamples, self, selfSamples, total, totalSamples }: OpenTree): void {
    this.unit = unit;
    this.effectiveSamples = effectiveSamples;
    for (let i = 0; i < this.#leaf.length; i++) {
      const samples = selfSamples[this.#leaf[i]];
      this.#samples[i] = samples;
      this.#weight[i] = samples === 0 ? 0 : self[this.#leaf[i]];
    }
    this.#weighings++;
    this.self[0] = self[0];
    this.selfSamples[0] = selfSamples[0];
    this.total[0] = total[0];
    this.totalSamples[0] = totalSamples[0];
  }

  /** The nodes of the other tree whose samples these are; of a selection some of them may have none. */
  leavesOf(node: number): Int32Array {
    return this.#leaf.subarray(this.#from[node], this.#to[node]);
  }

  childrenOf(node: number, least?: number): Int32Array {
    if (this.#child[node] === NONE) this.#open(node);
    const first = this.#child[node];
    const rows = new Int32Array(this.#children[node]);
    for (let i = 0; i < rows.length; i++) {
      rows[i] = first + i;
      if (this.#weighing[first + i] !== this.#weighings) this.#weighNode(first + i);
    }
    return orderRows(rows, { total: this.total, samples: this.totalSamples, least });
  }

  #weighNode(node: number): void {
    const ends = this.#ends[node];
    const to = this.#to[node];
    let weight = 0;
    let samples = 0;
    for (let i = this.#from[node]; i < ends; i++) {
      weight += this.#weight[i];
      samples += this.#samples[i];
    }
    let self = 0;
    let selfSamples = 0;
    for (let i = ends; i < to; i++) {
      self += this.#weight[i];
      selfSamples += this.#samples[i];
    }
    this.self[node] = self;
    this.selfSamples[node] = selfSamples;
    this.total[node] = weight + self;
    this.totalSamples[node] = samples + selfSamples;
    this.#weighing[node] = this.#weighings;
  }

  /** Makes the node's children, in the order they are found in. Their paths take the places of those of the node. */
  #open(node: number): void {
    const from = this.#from[node];
    const ends = this.#ends[node];
    const leaf = this.#leaf.slice(from, ends);
    const next = this.#next.slice(from, ends);
    const weight = this.#weight.slice(from, ends);
    const samples = this.#samples.slice(from, ends);
    const functions: number[] = [];
    const counts: number[] = [];
    for (let i = 0; i < next.length; i++) {
      const functionRow = this.#functionOf[next[i]];
      let place = this.#place[functionRow] - 1;
      if (place === -1) {
        place = functions.length;
        this.#place[functionRow] = place + 1;
        functions.push(functionRow);
        counts.push(0);
      }
      counts[place]++;
    }
    const first = this.length;
    let start = from;
    for (let place = 0; place < functions.length; place++) {
      this.#add(node, functions[place], start, start + counts[place]);
      start += counts[place];
    }
    // Those that go on are put in from the front, those that end from behind.
    const front = this.#from.slice(first, this.length);
    for (let i = 0; i < next.length; i++) {
      const place = this.#place[this.#functionOf[next[i]]] - 1;
      const above = this.#parentOf[next[i]];
      const isEnd = above === 0;
      const to = isEnd ? --this.#ends[first + place] : front[place]++;
      this.#leaf[to] = leaf[i];
      this.#next[to] = isEnd ? NONE : above;
      this.#weight[to] = weight[i];
      this.#samples[to] = samples[i];
    }
    for (const functionRow of functions) this.#place[functionRow] = 0;
    this.#child[node] = first;
    this.#children[node] = functions.length;
  }

  #add(parent: number, functionRow: number, from: number, to: number): void {
    if (this.length === this.parent.length) this.#grow();
    const node = this.length++;
    this.parent[node] = parent;
    this.function[node] = functionRow;
    this.depth[node] = this.depth[parent] + 1;
    this.#from[node] = from;
    this.#ends[node] = to;
    this.#to[node] = to;
    this.#child[node] = NONE;
  }

  #grow(): void {
    const capacity = grownCapacity(this.parent.length);
    this.parent = resizeColumn(this.parent, capacity);
    this.function = resizeColumn(this.function, capacity);
    this.depth = resizeColumn(this.depth, capacity);
    this.self = resizeColumn(this.self, capacity);
    this.total = resizeColumn(this.total, capacity);
    this.selfSamples = resizeColumn(this.selfSamples, capacity);
    this.totalSamples = resizeColumn(this.totalSamples, capacity);
    this.#from = resizeColumn(this.#from, capacity);
    this.#ends = resizeColumn(this.#ends, capacity);
    this.#to = resizeColumn(this.#to, capacity);
    this.#child = resizeColumn(this.#child, capacity);
    this.#children = resizeColumn(this.#children, capacity);
    this.#weighing = resizeColumn(this.#weighing, capacity);
  }
}
