// Small files of /proc that are read again and again: opened once, read with pread into one buffer that all share.

import { closeSync, openSync } from 'node:fs';
import { addressOf, pread } from './libc.ts';

const SIZE = 4096;
const buffer = new Uint8Array(SIZE);
const bufferAddress = addressOf(buffer);
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const MINUS = 45;

/** An open file of /proc. `read` fills a buffer that the next read of any ProcFile overwrites. */
export class ProcFile {
  #fd: number;
  #position = 0;
  #length = 0;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Undefined when the file is not there or must not be opened. */
  static open(path: string): ProcFile | undefined {
    try {
      return new ProcFile(openSync(path, 'r'));
    } catch {
      return undefined;
    }
  }

  /** Reads the file anew; false when what it describes has ended. */
  read(): boolean {
    this.#length = pread(this.#fd, bufferAddress, SIZE, 0);
    this.#position = 0;
    return this.#length > 0;
  }

  /** The next decimal number; NaN when there is none before the end of the line. */
  nextNumber(): number {
    let at = this.#position;
    while (at < this.#length && !isDigit(buffer[at]) && buffer[at] !== MINUS) at++;
    const negative = buffer[at] === MINUS;
    if (negative) at++;
    if (at >= this.#length) return Number.NaN;
    let value = 0;
    while (at < this.#length && isDigit(buffer[at])) {
      value = value * 10 + (buffer[at] - DIGIT_0);
      at++;
    }
    this.#position = at;
    return negative ? -value : value;
  }

  /** The whole text that was read last. */
  text(): string {
    return Buffer.from(buffer.buffer, 0, this.#length).toString('latin1');
  }

  /** First byte of what was read last. */
  firstByte(): number {
    return buffer[0];
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_9;
}
