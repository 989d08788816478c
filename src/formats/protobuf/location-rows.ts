import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { NONE, type Profile } from '../../profile/tables.ts';

/**
 * The locations of a profile's stacks, for writing. Frames inlined into the frame before them, at the same address, are one
 * location with it. Rows are a tree: a location is its innermost frame and the location of the frames before.
 */
export class LocationRows {
  length = 0;
  /** Location without the innermost frame; -1 where that is the only one. */
  parent = new Int32Array(256);
  /** Innermost frame. */
  frame = new Int32Array(256);
  readonly #index = new RowIndex();
  readonly #profile: Profile;
  /** By row of the stack table: the location that it ends in, and the stack without that location. */
  readonly #ofStack: Int32Array;
  readonly #outer: Int32Array;

  constructor(profile: Profile) {
    this.#profile = profile;
    const { stacks } = profile;
    this.#ofStack = new Int32Array(stacks.length);
    this.#outer = new Int32Array(stacks.length);
    for (let row = 0; row < stacks.length; row++) this.#addStack(row);
  }

  /** Visits the locations of a stack, the innermost first. */
  visit(stack: number, visit: (location: number) => void): void {
    for (let row = stack; row !== NONE; row = this.#outer[row]) visit(this.#ofStack[row]);
  }

  #addStack(row: number): void {
    const { stacks, frames } = this.#profile;
    const above = stacks.parent[row];
    const frame = stacks.frame[row];
    const caller = above === NONE ? NONE : stacks.frame[above];
    const isInlined =
      caller !== NONE &&
      frames.inlineDepth[frame] === frames.inlineDepth[caller] + 1 &&
      frames.address[frame] === frames.address[caller] &&
      frames.mapping[frame] === frames.mapping[caller];
    this.#ofStack[row] = this.#intern(isInlined ? this.#ofStack[above] : NONE, frame);
    this.#outer[row] = isInlined ? this.#outer[above] : above;
  }

  #intern(parent: number, frame: number): number {
    const hash = hashPair(parent, frame);
    let slot = this.#index.firstSlot(hash);
    for (let row = this.#index.rowAt(slot); row !== -1; row = this.#index.rowAt(slot)) {
      if (this.parent[row] === parent && this.frame[row] === frame) return row;
      slot = this.#index.nextSlot(slot);
    }
    if (this.length === this.frame.length) {
      this.parent = resizeColumn(this.parent, grownCapacity(this.length));
      this.frame = resizeColumn(this.frame, grownCapacity(this.length));
    }
    const row = this.length++;
    this.parent[row] = parent;
    this.frame[row] = frame;
    this.#index.insert(slot, hash, row);
    return row;
  }
}
