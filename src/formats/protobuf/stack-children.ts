import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { StackTableBuilder } from '../../profile/stack-table-builder.ts';
import { NONE, type StackIndex } from '../../profile/tables.ts';

/** Callees of one stack that are looked through one by one; a stack that has more is found in an index. */
const FEW = 8;

/**
 * Finds the callees of stacks, and adds those that are new: what `intern` does, faster for millions of stacks that are added from
 * the outside inwards. A hash table of that size is slow memory at every frame; most frames stand right behind their caller, most
 * others are the callee that was met last. Nobody else may add stacks meanwhile.
 */
export class StackChildren {
  readonly #stacks: StackTableBuilder;
  #firstRoot = NONE;
  /** By stack: the callee that was met last, and the next callee of the same caller. */
  #first = new Int32Array(1024).fill(NONE);
  #next = new Int32Array(1024).fill(NONE);
  /** All callees of stacks that have FEW or more. */
  readonly #ofMany = new RowIndex();

  constructor(stacks: StackTableBuilder) {
    this.#stacks = stacks;
  }

  /** The stack of this frame called from `parent`. */
  find(parent: number, frame: number): StackIndex {
    const stacks = this.#stacks;
    const behind = parent + 1;
    if (behind < stacks.length && stacks.parent[behind] === parent && stacks.frame[behind] === frame) {
      return behind as StackIndex;
    }
    const first = parent === NONE ? this.#firstRoot : this.#first[parent];
    let before = NONE;
    let row = first;
    let steps = 0;
    for (; row !== NONE && steps < FEW; steps++) {
      if (stacks.frame[row] === frame) {
        if (before !== NONE) {
          this.#next[before] = this.#next[row];
          this.#putFirst(parent, row, first);
        }
        return row as StackIndex;
      }
      before = row;
      row = this.#next[row];
    }
    return steps < FEW ? this.#add(parent, frame, first, steps + 1) : this.#findOfMany(parent, frame, first);
  }

  #findOfMany(parent: number, frame: number, first: number): StackIndex {
    const { frame: frames, parent: parents } = this.#stacks;
    let slot = this.#ofMany.firstSlot(hashPair(parent, frame));
    for (let row = this.#ofMany.rowAt(slot); row !== -1; row = this.#ofMany.rowAt(slot)) {
      if (frames[row] === frame && parents[row] === parent) return row as StackIndex;
      slot = this.#ofMany.nextSlot(slot);
    }
    const added = this.#add(parent, frame, first, 0);
    this.#ofMany.append(hashPair(parent, frame), added);
    return added;
  }

  /** Adds a callee; `count` is how many there are then, if they are few. */
  #add(parent: number, frame: number, first: number, count: number): StackIndex {
    const stacks = this.#stacks;
    const added = stacks.append(parent, frame);
    this.#reserve(stacks.length);
    this.#putFirst(parent, added, first);
    if (count === FEW) {
      for (let row: number = added; row !== NONE; row = this.#next[row]) {
        this.#ofMany.append(hashPair(parent, stacks.frame[row]), row);
      }
    }
    return added;
  }

  #putFirst(parent: number, row: number, first: number): void {
    this.#next[row] = first;
    if (parent === NONE) this.#firstRoot = row;
    else this.#first[parent] = row;
  }

  #reserve(length: number): void {
    const before = this.#first.length;
    if (length <= before) return;
    const capacity = grownCapacity(before);
    this.#first = resizeColumn(this.#first, capacity).fill(NONE, before);
    this.#next = resizeColumn(this.#next, capacity).fill(NONE, before);
  }
}
