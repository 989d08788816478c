// Two kinds of code addresses, kept apart by their types. An instruction address is what a thread executes, or executed when a
// signal came. A return address is where a call will go on: the call itself stands before it, and may be the last
// instruction of its function (one that never returns), so what a return address belongs to is looked up one byte earlier.
// That rule is here alone.

import type { Brand } from '../../base/brand.ts';

/** An address that is being executed. */
export type InstructionAddress = Brand<number, 'InstructionAddress'>;
/** An address that a call returns to. */
export type ReturnAddress = Brand<number, 'ReturnAddress'>;
/** An address inside of the instruction that a frame stands at: what functions and lines are looked up by. */
export type LookupAddress = Brand<number, 'LookupAddress'>;

export function lookupOfInstruction(address: InstructionAddress): LookupAddress {
  return address as number as LookupAddress;
}

export function lookupOfReturn(address: ReturnAddress): LookupAddress {
  return (address - 1) as LookupAddress;
}

/** The code addresses of one stack, innermost first. Reused from stack to stack. */
export class AddressChain {
  length = 0;
  #lookups = new Float64Array(256);
  #stackPointers = new Float64Array(256);

  clear(): void {
    this.length = 0;
  }

  pushInstruction(address: InstructionAddress, stackPointer: number): void {
    this.#push(lookupOfInstruction(address), stackPointer);
  }

  pushReturn(address: ReturnAddress, stackPointer: number): void {
    this.#push(lookupOfReturn(address), stackPointer);
  }

  /** What to look up for a frame: 0 is the innermost. */
  lookupAt(level: number): LookupAddress {
    return this.#lookups[level] as LookupAddress;
  }

  /** Stack pointer of a frame, in its caller's eyes the end of its memory. */
  stackPointerAt(level: number): number {
    return this.#stackPointers[level];
  }

  #push(lookup: LookupAddress, stackPointer: number): void {
    if (this.length === this.#lookups.length) {
      this.#lookups = grown(this.#lookups);
      this.#stackPointers = grown(this.#stackPointers);
    }
    this.#lookups[this.length] = lookup;
    this.#stackPointers[this.length] = stackPointer;
    this.length++;
  }
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
