// The tree with callers below callees, made of the tree with callees below callers: each of its nodes that samples ended in is
// a path, which walks towards its root. A node of the inverted tree holds the paths that came to it, and hands them out to its
// callers when it is opened: the paths of all nodes that are not opened yet stand in two columns, those of a node together.

import { grownCapacity, resizeColumn } from '../base/typed-array.ts';
import { sortByTotal } from './child-lists.ts';
import type { OpenTree } from './open-tree.ts';
import { NONE, type WeightUnit } from './tables.ts';

/** The root's self is the weight of the samples without a stack. */
export function invertTree(tree: OpenTree): InvertedTree {
  return new InvertedTree(tree);
}

/** Nodes know which paths came to them. */
export class InvertedTree implements OpenTree {
  readonly unit: WeightUnit;
  readonly effectiveSamples: number;
  length = 1;
  parent = new Int32Array(1024).fill(NONE, 0, 1);
  function = new Int32Array(1024).fill(NONE, 0, 1);
  depth = new Int32Array(1024);
  self = new Float64Array(1024);
  total = new Float64Array(1024);
  selfSamples = new Uint32Array(1024);
  totalSamples = new Uint32Array(1024);
  readonly #tree: OpenTree;
  /** Ends of paths, those of a node together; and of each the node that goes on behind them, or NONE. */
  readonly #leaf: Int32Array;
  readonly #next: Int32Array;
  /** By node: the first of its paths, and the first behind them. */
  #from = new Int32Array(1024);
  #to = new Int32Array(1024);
  readonly #known = new Map<number, Int32Array>();
  /** By function: its place among the children of the node that is being opened, + 1. */
  readonly #place: Int32Array;

  constructor(tree: OpenTree) {
    this.unit = tree.unit;
    this.effectiveSamples = tree.effectiveSamples;
    this.#tree = tree;
    const leaf = new Int32Array(tree.length);
    let length = 0;
    let lastFunction = NONE;
    for (let node = 1; node < tree.length; node++) {
      leaf[length] = node;
      length += tree.selfSamples[node] > 0 ? 1 : 0;
      lastFunction = Math.max(lastFunction, tree.function[node]);
    }
    this.#leaf = leaf.subarray(0, length);
    this.#next = this.#leaf.slice();
    this.#place = new Int32Array(lastFunction + 1);
    this.#to[0] = length;
    this.self[0] = tree.self[0];
    this.selfSamples[0] = tree.selfSamples[0];
    this.total[0] = tree.total[0];
    this.totalSamples[0] = tree.totalSamples[0];
  }

  /** The nodes of the other tree whose samples these are. */
  leavesOf(node: number): Int32Array {
    return this.#leaf.subarray(this.#from[node], this.#to[node]);
  }

  childrenOf(node: number): Int32Array {
    let ordered = this.#known.get(node);
    if (ordered === undefined) {
      ordered = sortByTotal(this.#open(node), this.total);
      this.#known.set(node, ordered);
    }
    return ordered;
  }

  /** Makes the node's children, in the order they are found in. Their paths take the places of those of the node. */
  #open(node: number): Int32Array {
    const { parent, function: functionOf } = this.#tree;
    const from = this.#from[node];
    const to = this.#to[node];
    const leaf = this.#leaf.slice(from, to);
    const next = this.#next.slice(from, to);
    const functions: number[] = [];
    const counts: number[] = [];
    for (let i = 0; i < next.length; i++) {
      if (next[i] === NONE) continue;
      const functionRow = functionOf[next[i]];
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
      this.#add(node, functions[place], start);
      start += counts[place];
    }
    for (let i = 0; i < next.length; i++) {
      if (next[i] === NONE) continue;
      const child = first + this.#place[functionOf[next[i]]] - 1;
      this.#give(child, leaf[i], parent[next[i]] === 0 ? NONE : parent[next[i]]);
    }
    // Those that end here stand behind the others, so that the node's own places have all of its paths.
    for (let i = 0; i < next.length; i++) if (next[i] === NONE) this.#leaf[start++] = leaf[i];
    for (const functionRow of functions) this.#place[functionRow] = 0;
    return Int32Array.from(functions, (_, place) => first + place);
  }

  #add(parent: number, functionRow: number, from: number): void {
    if (this.length === this.parent.length) this.#grow();
    const node = this.length++;
    this.parent[node] = parent;
    this.function[node] = functionRow;
    this.depth[node] = this.depth[parent] + 1;
    this.#from[node] = from;
    this.#to[node] = from;
  }

  #give(node: number, leaf: number, next: number): void {
    const place = this.#to[node]++;
    this.#leaf[place] = leaf;
    this.#next[place] = next;
    const weight = this.#tree.self[leaf];
    const samples = this.#tree.selfSamples[leaf];
    this.total[node] += weight;
    this.totalSamples[node] += samples;
    if (next !== NONE) return;
    this.self[node] += weight;
    this.selfSamples[node] += samples;
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
    this.#to = resizeColumn(this.#to, capacity);
  }
}
