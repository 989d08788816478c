// The nodes of a call tree in the order they are found in: parents before children.

import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { NONE } from '../tables.ts';

/** Grows call nodes; row 0 is the root. The same function below the same parent is the same node. */
export class CallNodes {
  length = 1;
  parent = new Int32Array(1024).fill(NONE, 0, 1);
  function = new Int32Array(1024).fill(NONE, 0, 1);
  depth = new Int32Array(1024);
  self = new Float64Array(1024);
  selfSamples = new Uint32Array(1024);
  /** What passes through the node and ends below it, in nodes that were left out. */
  rest = new Float64Array(1024);
  restSamples = new Uint32Array(1024);
  isCut = new Uint8Array(1024);
  readonly #index = new RowIndex();

  intern(parent: number, functionRow: number): number {
    const hash = hashPair(parent, functionRow);
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.parent[row] === parent && this.function[row] === functionRow) return row;
      slot = this.#index.nextSlot(slot);
    }
    if (this.length === this.parent.length) this.#grow();
    const row = this.length++;
    this.parent[row] = parent;
    this.function[row] = functionRow;
    this.depth[row] = this.depth[parent] + 1;
    this.#index.insert(slot, hash, row);
    return row;
  }

  addSelf(node: number, weight: number, samples: number): void {
    this.self[node] += weight;
    this.selfSamples[node] += samples;
  }

  /** Adds a weight that belongs below the node, and marks the node as cut. */
  addRest(node: number, weight: number, samples: number): void {
    this.rest[node] += weight;
    this.restSamples[node] += samples;
    this.isCut[node] = 1;
  }

  #grow(): void {
    const capacity = grownCapacity(this.parent.length);
    this.parent = resizeColumn(this.parent, capacity);
    this.function = resizeColumn(this.function, capacity);
    this.depth = resizeColumn(this.depth, capacity);
    this.self = resizeColumn(this.self, capacity);
    this.selfSamples = resizeColumn(this.selfSamples, capacity);
    this.rest = resizeColumn(this.rest, capacity);
    this.restSamples = resizeColumn(this.restSamples, capacity);
    this.isCut = resizeColumn(this.isCut, capacity);
  }
}
