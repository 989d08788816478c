// Addresses of frames that lie by themselves on the heap: those of generators and coroutines, and before 3.11 all. Where they
// were in the last sample they most likely are in the next, so they are read along with it.

/** Frames that were not part of the last stack are remembered in this number. */
const MAX_STALE = 128;

/** Predicted addresses, innermost frame of the last stack first, then recently used ones. */
export class LooseFrames {
  addresses = new Float64Array(64);
  length = 0;
  #next = new Float64Array(64);
  #expected = 0;

  clear(): void {
    this.length = 0;
  }

  /** Call before the frames of a stack are looked up from the innermost outwards. */
  rewind(): void {
    this.#expected = 0;
  }

  /** Position of an address, or -1. Cheap when frames are asked for in the order of the last stack. */
  find(address: number): number {
    if (this.#expected < this.length && this.addresses[this.#expected] === address) return this.#expected++;
    for (let at = 0; at < this.length; at++) {
      if (this.addresses[at] === address) {
        this.#expected = at + 1;
        return at;
      }
    }
    return -1;
  }

  /** Adds a frame that was missed. */
  add(address: number): void {
    if (this.length === this.addresses.length) this.#grow(this.length * 2);
    this.addresses[this.length++] = address;
  }

  /** The stack that was found has these loose frames, innermost first: they come first from now on. */
  settle(chain: Float64Array, count: number): void {
    if (this.#startsWith(chain, count)) {
      this.length = Math.min(this.length, count + MAX_STALE);
      return;
    }
    const needed = count + Math.min(this.length, MAX_STALE);
    if (needed > this.#next.length) this.#grow(needed * 2);
    const next = this.#next;
    next.set(chain.subarray(0, count));
    let length = count;
    for (let at = 0; at < this.length && length < count + MAX_STALE; at++) {
      const address = this.addresses[at];
      if (!includes(chain, count, address)) next[length++] = address;
    }
    this.#next = this.addresses;
    this.addresses = next;
    this.length = length;
  }

  #startsWith(chain: Float64Array, count: number): boolean {
    if (this.length < count) return false;
    for (let at = 0; at < count; at++) if (this.addresses[at] !== chain[at]) return false;
    return true;
  }

  #grow(size: number): void {
    const addresses = new Float64Array(size);
    addresses.set(this.addresses.subarray(0, this.length));
    this.addresses = addresses;
    this.#next = new Float64Array(size);
  }
}

function includes(chain: Float64Array, count: number, address: number): boolean {
  for (let at = 0; at < count; at++) if (chain[at] === address) return true;
  return false;
}
