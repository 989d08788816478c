// What is lost of a `.prof` file, and where: sentences for the user.

import { formatCount, formatCounted } from '../../base/quantities.ts';

export interface Damage {
  readonly notes: readonly string[];
  /** Bytes were passed over. */
  readonly hasLosses: boolean;
}

/** Places that are told one by one. */
const TOLD = 3;

export class DamageLog {
  readonly #places: string[] = [];
  #losses = 0;
  #lostBytes = 0;
  #tail: string | undefined;
  #isUnended = false;

  /** Bytes were passed over, and something was found behind them. */
  addLoss(offset: number, length: number, reason: string): void {
    this.#losses++;
    this.#lostBytes += length;
    if (this.#places.length < TOLD)
      this.#places.push(
        `byte ${offset} (${reason}; ${length === 1 ? '1 byte is' : `${formatCount(length)} bytes are`} lost)`,
      );
  }

  /** Bytes were passed over, up to the end of the file. */
  addTail(offset: number, length: number, reason: string): void {
    this.#tail = `From byte ${offset} on the file cannot be read: ${reason}. The last ${length === 1 ? 'byte is' : `${formatCount(length)} bytes are`} lost.`;
  }

  /** The profile has no end mark. */
  addUnended(): void {
    this.#isUnended = true;
  }

  finish(length: number): Damage {
    const notes: string[] = [];
    if (this.#losses > 0) {
      const others = this.#losses - this.#places.length;
      const more = others > 0 ? ` and ${formatCounted(others, 'more place')}` : '';
      notes.push(
        `The file is damaged at ${this.#places.join(', ')}${more}: ${formatCount(this.#lostBytes)} of ${formatCount(length)} bytes are lost.`,
      );
    }
    if (this.#tail !== undefined) notes.push(this.#tail);
    if (this.#isUnended) {
      notes.push(
        'The profile has no end: the program was killed, or still runs. All that was written is shown; names and times may be missing.',
      );
    }
    return { notes, hasLosses: this.#losses > 0 || this.#tail !== undefined };
  }
}
