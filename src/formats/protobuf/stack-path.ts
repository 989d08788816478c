import { ProfilerError } from '../../base/errors.ts';
import { formatCounted } from '../../base/quantities.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { StackTableBuilder } from '../../profile/builder/stack-table-builder.ts';
import type { StackIndex } from '../../profile/tables.ts';
import type { LocationFrames } from './code-tables.ts';
import { RecentLists } from './recent-lists.ts';

/** Frames that every file may unfold to, and more for each byte of its samples: far beyond what any real file does. */
const FREE_FRAMES = 1 << 20;
const FRAMES_PER_BYTE = 16;

/**
 * Turns lists of locations, the innermost first, into stacks. One that came before is recognized as a whole. Else, as neighbouring
 * samples often share their outer frames, frames are looked up only where a stack parts from the one before.
 */
export class StackPath {
  readonly #stackTable: StackTableBuilder;
  readonly #code: LocationFrames;
  /** Locations of the current sample, the innermost first, and of the one before, the outermost first. */
  #locations = new Int32Array(256);
  #count = 0;
  #path = new Int32Array(256);
  #pathLength = 0;
  /** The stack at each location of the path. */
  #stacks = new Int32Array(256);
  #walked = 0;
  #bytes = 0;
  #hash = 0;
  /** Undefined where no stack comes twice. */
  readonly #recent: RecentLists | undefined;

  constructor(builder: ProfileBuilder, code: LocationFrames, options: { readonly areDistinct: boolean }) {
    this.#stackTable = builder.stacks;
    this.#code = code;
    if (!options.areDistinct) this.#recent = new RecentLists();
  }

  /** Begins with another stack, which takes so many bytes in the file. */
  begin(bytes: number): void {
    this.#count = 0;
    this.#hash = 0;
    this.#bytes += bytes;
  }

  /** Adds the next location on the way outwards. */
  push(location: number): void {
    if (this.#count === this.#locations.length) {
      this.#locations = resizeColumn(this.#locations, grownCapacity(this.#count));
    }
    this.#locations[this.#count++] = location;
    this.#hash = Math.imul(this.#hash ^ location, 0x9e37_79b1);
    this.#hash ^= this.#hash >>> 15;
  }

  /** The stack of the locations since `begin`; -1 for none. Throws `not-a-recording` when the file unfolds without measure. */
  finish(): StackIndex | -1 {
    const count = this.#count;
    if (count === 0) return -1;
    const known = this.#recent?.find(this.#hash, this.#locations, count) ?? -1;
    if (known !== -1) return known as StackIndex;
    const stack = this.#find();
    if (stack !== -1) this.#recent?.add(this.#hash, this.#locations, count, stack);
    return stack;
  }

  #find(): StackIndex | -1 {
    const count = this.#count;
    const locations = this.#locations;
    if (this.#path.length < count) {
      this.#path = resizeColumn(this.#path, locations.length);
      this.#stacks = resizeColumn(this.#stacks, locations.length);
    }
    const path = this.#path;
    const stacks = this.#stacks;
    const known = Math.min(count, this.#pathLength);
    let depth = 0;
    while (depth < known && path[depth] === locations[count - 1 - depth]) depth++;
    let stack = (depth === 0 ? -1 : stacks[depth - 1]) as StackIndex | -1;
    const { start, frames } = this.#code;
    for (; depth < count; depth++) {
      const location = locations[count - 1 - depth];
      const end = start[location + 1];
      for (let i = start[location]; i < end; i++) {
        stack = this.#stackTable.intern(stack, frames[i]);
      }
      this.#walked += end - start[location];
      if (this.#walked > FREE_FRAMES + this.#bytes * FRAMES_PER_BYTE) this.#refuse();
      path[depth] = location;
      stacks[depth] = stack;
    }
    this.#pathLength = count;
    return stack;
  }

  #refuse(): never {
    throw new ProfilerError(
      'not-a-recording',
      `The samples of the file unfold to more than ${formatCounted(this.#walked, 'frame')} in ${formatCounted(this.#bytes, 'byte')}: no profile is like that.`,
    );
  }
}
