// Things by the numbers that a file gives them. Those that begin at 0 and leave little out lie in a list; any other costs more, but
// no number makes room for those before it.

/** Numbers may be this much larger than twice the count of things before. */
const SLACK = 1024;

/** Takes memory for what is in it, whatever the numbers are. */
export class Numbered<T> {
  readonly #near: (T | undefined)[] = [];
  readonly #far = new Map<number, T>();
  #count = 0;

  /** The last thing set with this number; a whole number from 0 on. */
  get(number: number): T | undefined {
    return this.#near[number] ?? this.#far.get(number);
  }

  set(number: number, thing: T): void {
    if (number >= 2 * this.#count + SLACK) this.#far.set(number, thing);
    else {
      while (this.#near.length < number) this.#near.push(undefined);
      this.#near[number] = thing;
    }
    this.#count++;
  }
}
