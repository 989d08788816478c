// Reading what identifies many code objects along with a sample. Those of one module lie close together, and a piece of memory
// costs more to ask for than a kilobyte to copy: neighbours are read as one piece.

import type { ReadPlan } from '../process/read-plan.ts';
import type { CodeEntry } from './code-cache.ts';

/** Pieces with a smaller gap between them are read as one, gap included. Below a page, so that the gap is readable too. */
const SMALL_GAP = 2048;

/** Which pieces to read for a list of code objects, and where each one's bytes are found among them. */
export class IdentityPlan {
  entries: readonly CodeEntry[] = [];
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  /** Where the pieces of each entry lie behind the first byte read, in the order of the entries. */
  #offsets = new Int32Array(0);
  #at = 0;

  /** Takes up another list. */
  build(entries: readonly CodeEntry[]): void {
    this.entries = entries;
    const pieces = entries.flatMap((entry) => entry.object.identity);
    const order = [...pieces.keys()].sort((a, b) => pieces[a].address - pieces[b].address);
    this.#offsets = new Int32Array(pieces.length);
    this.#starts.length = 0;
    this.#lengths.length = 0;
    let size = 0;
    let end = Number.NEGATIVE_INFINITY;
    for (const piece of order) {
      const { address, length } = pieces[piece];
      const last = this.#starts.length - 1;
      if (address - end <= SMALL_GAP) {
        const more = Math.max(0, address + length - end);
        this.#offsets[piece] = size - (end - address);
        this.#lengths[last] += more;
        size += more;
        end += more;
      } else {
        this.#starts.push(address);
        this.#lengths.push(length);
        this.#offsets[piece] = size;
        size += length;
        end = address + length;
      }
    }
  }

  addTo(plan: ReadPlan): void {
    this.#at = plan.size;
    for (let range = 0; range < this.#starts.length; range++) {
      plan.add(this.#starts[range], this.#lengths[range]);
    }
  }

  /** After the plan was read: calls back for each entry with whether it is unchanged. */
  compare(plan: ReadPlan, tell: (entry: CodeEntry, isUnchanged: boolean) => void): void {
    let piece = 0;
    for (const entry of this.entries) {
      const { identity, fingerprint } = entry.object;
      let isUnchanged = true;
      let word = 0;
      for (let part = 0; part < identity.length; part++, piece++) {
        const begin = (this.#at + this.#offsets[piece]) >>> 2;
        const end = begin + (identity[part].length >>> 2);
        for (let at = begin; at < end; at++) if (plan.words[at] !== fingerprint[word++]) isUnchanged = false;
      }
      tell(entry, isUnchanged);
    }
  }
}
