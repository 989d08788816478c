// From the frames of one thread's stack to a stack of the profile. What did not change since the last sample, from the
// outermost frame on, is not looked up again.

import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';

/** The last stack of one thread. */
export class StackPath {
  readonly #builder: ProfileBuilder;
  #length = 0;
  #frames = new Int32Array(64);
  #stacks = new Int32Array(64);

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  /** The stack with these frames, outermost first; NONE for no frames. */
  intern(frames: readonly FrameIndex[]): StackIndex | -1 {
    let level = 0;
    while (level < frames.length && level < this.#length && this.#frames[level] === frames[level]) level++;
    let stack: StackIndex | -1 = level === 0 ? NONE : (this.#stacks[level - 1] as StackIndex);
    while (frames.length > this.#frames.length) this.#grow();
    for (; level < frames.length; level++) {
      stack = this.#builder.internStack(stack, frames[level]);
      this.#frames[level] = frames[level];
      this.#stacks[level] = stack;
    }
    this.#length = frames.length;
    return stack;
  }

  #grow(): void {
    const capacity = grownCapacity(this.#frames.length);
    this.#frames = resizeColumn(this.#frames, capacity);
    this.#stacks = resizeColumn(this.#stacks, capacity);
  }
}
