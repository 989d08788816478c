/** Places for lists; a power of two. */
const PLACES = 1 << 17;
/** Numbers in all lists together: when they are full, all are forgotten. */
const MAX_NUMBERS = 1 << 21;
/** From so many looks in vain on, every other look has to find its list. */
const MIN_MISSES = 1 << 14;

/** Remembers what was made of lists of numbers, some of which come again and again. Takes 9 MB at most, once it is used. */
export class RecentLists {
  /** By the low bits of the hash: where the list begins, and what was made of it; -1: none. */
  #places = new Int32Array(0);
  /** Each list behind its length. */
  #numbers = new Int32Array(0);
  #length = 0;
  #found = 0;
  #missed = 0;

  /** What was made of the first `count` numbers; -1 when that is not known. */
  find(hash: number, numbers: Int32Array, count: number): number {
    if (this.#isUseless()) return -1;
    const place = (hash & (PLACES - 1)) * 2;
    const start = this.#length === 0 ? -1 : this.#places[place];
    if (start === -1 || !this.#isEqual(start, numbers, count)) {
      this.#missed++;
      return -1;
    }
    this.#found++;
    return this.#places[place + 1];
  }

  /** Remembers what was made of the first `count` numbers, which is not negative, in the place of another list. */
  add(hash: number, numbers: Int32Array, count: number, made: number): void {
    if (this.#isUseless() || count >= MAX_NUMBERS / 16) return;
    if (this.#places.length === 0) {
      this.#places = new Int32Array(PLACES * 2).fill(-1);
      this.#numbers = new Int32Array(MAX_NUMBERS);
    }
    if (this.#length + 1 + count > MAX_NUMBERS) {
      this.#places.fill(-1);
      this.#length = 0;
    }
    const place = (hash & (PLACES - 1)) * 2;
    this.#places[place] = this.#length;
    this.#places[place + 1] = made;
    const own = this.#numbers;
    own[this.#length++] = count;
    for (let at = 0; at < count; at++) own[this.#length++] = numbers[at];
  }

  /** Too few lists come again in this file. */
  #isUseless(): boolean {
    return this.#missed > MIN_MISSES + this.#found;
  }

  #isEqual(start: number, numbers: Int32Array, count: number): boolean {
    const own = this.#numbers;
    if (own[start] !== count) return false;
    for (let at = 0; at < count; at++) if (own[start + 1 + at] !== numbers[at]) return false;
    return true;
  }
}
