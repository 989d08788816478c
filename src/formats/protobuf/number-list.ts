import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';

/** Numbers of one message after the other: emptied for each without giving its memory back. */
export class NumberList {
  length = 0;
  /** Valid up to `length`. It is exchanged when it is full. */
  values = new Float64Array(16);

  push(value: number): void {
    if (this.length === this.values.length) {
      this.values = resizeColumn(this.values, grownCapacity(this.length));
    }
    this.values[this.length++] = value;
  }

  clear(): void {
    this.length = 0;
  }
}
