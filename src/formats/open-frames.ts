// The frames that are open at a moment, where a file says when functions begin and end.

import type { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { type FrameIndex, NONE, type StackIndex } from '../profile/tables.ts';

/** What closes somewhere below the innermost frame is looked for this deep; files that need more are noise. */
export const MAX_MISPLACED_DEPTH = 1000;

/** A stack that frames are put on and taken off, mostly in order. */
export class OpenFrames {
  readonly #builder: ProfileBuilder;
  readonly #frames: FrameIndex[] = [];
  /** What each frame is known by when it closes. */
  readonly #keys: number[] = [];
  readonly #openedAt: number[] = [];
  /** One for each number of open frames, from none. */
  readonly #stacks: (StackIndex | -1)[] = [NONE];

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  get length(): number {
    return this.#frames.length;
  }

  get stack(): StackIndex | -1 {
    return this.#stacks[this.#frames.length];
  }

  open(frame: FrameIndex, key: number, at: number): void {
    this.#stacks.push(this.#builder.internStack(this.stack, frame));
    this.#frames.push(frame);
    this.#keys.push(key);
    this.#openedAt.push(at);
  }

  /** Closes the innermost, whatever it is. */
  closeInnermost(): void {
    if (this.#frames.length === 0) return;
    this.#frames.pop();
    this.#keys.pop();
    this.#openedAt.pop();
    this.#stacks.pop();
  }

  /**
   * Closes the innermost of those with the key. Those inside of it stay open. Gives how many of them had begun before
   * `at`; -1 when none has the key.
   */
  close(key: number, at: number): number {
    const last = this.#keys.length - 1;
    if (this.#keys[last] === key) {
      this.closeInnermost();
      return 0;
    }
    const lowest = Math.max(0, last - MAX_MISPLACED_DEPTH);
    let position = last;
    while (position >= lowest && this.#keys[position] !== key) position--;
    if (position < lowest) return NONE;
    const frames = this.#frames.splice(position);
    const keys = this.#keys.splice(position);
    const times = this.#openedAt.splice(position);
    this.#stacks.length = position + 1;
    let earlier = 0;
    for (let i = 1; i < frames.length; i++) {
      if (times[i] < at) earlier++;
      this.open(frames[i], keys[i], times[i]);
    }
    return earlier;
  }
}
