import { ProfilerError } from '../../base/errors.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';
import type { JsonReader } from '../json/json-reader.ts';

/** Makes stacks of lists of frames. One is mostly like the one before: only where they part, stacks are looked up. */
export class SampledStacks {
  readonly #builder: ProfileBuilder;
  readonly #frames: readonly FrameIndex[];
  readonly #before: number[] = [];
  readonly #stacks: StackIndex[] = [];
  #length = 0;

  constructor(builder: ProfileBuilder, frames: readonly FrameIndex[]) {
    this.#builder = builder;
    this.#frames = frames;
  }

  /** The list that comes next in the file. */
  read(json: JsonReader): StackIndex | -1 {
    let depth = 0;
    let isSame = true;
    for (json.enterArray(); json.nextItem(); depth++) {
      const frame = json.number();
      isSame = isSame && depth < this.#length && frame === this.#before[depth];
      if (isSame) continue;
      if (!Number.isInteger(frame) || frame < 0 || frame >= this.#frames.length)
        throw json.error('the number of a frame');
      const above = depth === 0 ? NONE : this.#stacks[depth - 1];
      this.#stacks[depth] = this.#builder.internStack(above, this.#frames[frame]);
      this.#before[depth] = frame;
    }
    this.#length = depth;
    return depth === 0 ? NONE : this.#stacks[depth - 1];
  }
}

/** Frames opened again because one further out was closed: more would take minutes, and no real file has them. */
export const MAX_REOPENED = 1_000_000;

/** The frames that are open at a moment, and the stack that they make. */
export class OpenFrames {
  readonly #builder: ProfileBuilder;
  readonly #frames: readonly FrameIndex[];
  readonly #open: number[] = [];
  /** How often each frame is open. */
  readonly #counts: Uint32Array;
  #reopened = 0;
  /** One for each number of open frames, from none. */
  readonly #stacks: (StackIndex | -1)[] = [NONE];

  constructor(builder: ProfileBuilder, frames: readonly FrameIndex[]) {
    this.#builder = builder;
    this.#frames = frames;
    this.#counts = new Uint32Array(frames.length);
  }

  get length(): number {
    return this.#open.length;
  }

  get stack(): StackIndex | -1 {
    return this.#stacks[this.#open.length];
  }

  open(frame: number): void {
    this.#stacks.push(this.#builder.internStack(this.stack, this.#frames[frame]));
    this.#open.push(frame);
    this.#counts[frame]++;
  }

  /** False when it was not the innermost. Those inside of it stay open: the file may name a sibling too late. */
  close(frame: number): boolean {
    if (this.#counts[frame] === 0) return false;
    const closed = this.#open.splice(this.#open.lastIndexOf(frame));
    for (const other of closed) this.#counts[other]--;
    const above = closed.slice(1);
    this.#reopened += above.length;
    if (this.#reopened > MAX_REOPENED) {
      throw new ProfilerError(
        'not-a-recording',
        `The file is no valid speedscope JSON: more than ${MAX_REOPENED} frames are closed in the wrong order.`,
      );
    }
    this.#stacks.length = this.#open.length + 1;
    for (const other of above) this.open(other);
    return above.length === 0;
  }
}
