// Lines of text files of any size, as bytes: most lines of a profile are names that were seen before, and no string needs
// to be made of those. UTF-8; UTF-16 with a byte order mark becomes UTF-8 on the way.

import { BlockReader } from '../base/block-reader.ts';
import { ProfilerError } from '../base/errors.ts';

/** Bytes of the longest line: a stack of 100,000 names of 600 bytes. A few compressed bytes may become such a line, which is held as a whole. */
export const MAX_LINE = 1 << 26;
const [NEW_LINE, RETURN, SPACE, TAB] = [0x0a, 0x0d, 0x20, 0x09];

/** What is no UTF-8 becomes the replacement character: a name that cannot be read is no reason to lose a profile. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Goes through the lines of a file. The line lies in `bytes` from `start` to `end`, until the next one is asked for. */
export class ByteLines {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  /** Behind the last byte of the line, without its line end. */
  end = 0;
  /** Of the line, from 1. */
  number = 0;
  readonly #input: BlockReader;

  constructor(blocks: Iterable<Uint8Array>) {
    this.#input = new BlockReader(toUtf8(blocks));
    const isMarked = this.#input.ensure(3) && hasMark(this.#input.bytes, this.#input.position);
    if (isMarked) this.#input.skip(3);
  }

  /** Goes to the next line; false when there is none. Throws `not-a-recording` at a line that no text has. */
  next(): boolean {
    const input = this.#input;
    if (input.isAtEnd) return false;
    let searched = 0;
    for (;;) {
      const found = findNewLine(input.bytes, input.position + searched, input.end);
      if (found >= 0 && found < input.end) {
        this.#take(found);
        input.position = found + 1;
        return true;
      }
      searched = input.end - input.position;
      if (searched > MAX_LINE) {
        throw new ProfilerError(
          'not-a-recording',
          `The file is no text: line ${this.number + 1} has more than ${MAX_LINE} bytes.`,
        );
      }
      if (input.more()) continue;
      this.#take(input.end);
      input.position = input.end;
      return true;
    }
  }

  /** The text of the line, or of a part of it. */
  text(start = this.start, end = this.end): string {
    return decoder.decode(this.bytes.subarray(start, end));
  }

  /** Leaves out white space at the end of the line. */
  trimEnd(): void {
    while (this.end > this.start && isBlank(this.bytes[this.end - 1])) this.end--;
  }

  #take(end: number): void {
    this.bytes = this.#input.bytes;
    this.start = this.#input.position;
    this.end = end > this.start && this.bytes[end - 1] === RETURN ? end - 1 : end;
    this.number++;
  }
}

/** Calls `visit` with each line as text, without its line end. */
export function forEachLine(blocks: Iterable<Uint8Array>, visit: (line: string) => void): void {
  const lines = new ByteLines(blocks);
  while (lines.next()) visit(lines.text());
}

/** A space, a tab or a carriage return. */
export function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

/** Bytes looked at one by one: a call that searches takes longer for the short lines of some formats. */
const SHORT = 24;

function findNewLine(bytes: Uint8Array, start: number, end: number): number {
  const near = Math.min(end, start + SHORT);
  for (let at = start; at < near; at++) if (bytes[at] === NEW_LINE) return at;
  return bytes.indexOf(NEW_LINE, near);
}

function hasMark(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}

function* toUtf8(blocks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const reader = new BlockReader(blocks);
  reader.ensure(2);
  const encoding = detectWideEncoding(reader.bytes.subarray(reader.position, reader.end));
  const wide = encoding === undefined ? undefined : new TextDecoder(encoding);
  const encoder = new TextEncoder();
  do {
    const block = reader.bytes.subarray(reader.position, reader.end);
    reader.position = reader.end;
    yield wide === undefined ? block : encoder.encode(wide.decode(block, { stream: true }));
  } while (reader.more());
  if (wide !== undefined) yield encoder.encode(wide.decode());
}

function detectWideEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}
