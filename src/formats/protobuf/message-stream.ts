// Protocol buffer messages of any size, read through a window: a message of gigabytes is walked field by field, and only the
// small ones inside of it (a sample, a function) are ever in memory as a whole.

import { BlockReader } from '../../base/block-reader.ts';
import { MalformedError } from '../../base/malformed.ts';
import { FieldReader, WIRE_LENGTH, WIRE_VARINT } from './field-reader.ts';
import type { TextReader } from './text-reader.ts';

/** The largest message that is taken into memory as a whole: a sample with a stack of five million frames. */
export const MAX_MESSAGE = 1 << 24;

/** A tag and a number have ten bytes each at most. */
const LONGEST_HEAD = 20;

export class MessageStream {
  /** Number and wire type of the current field. */
  field = 0;
  wire = 0;
  /** Bytes of the current field's value, not read yet, where it has a length. */
  length = 0;
  /** The input ended inside of the value that was asked for: nothing comes after it. */
  isCut = false;
  readonly #input: BlockReader;
  readonly #head = new FieldReader();
  readonly #message = new FieldReader();

  constructor(blocks: Iterable<Uint8Array>) {
    this.#input = new BlockReader(blocks);
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.#input.offset;
  }

  /** The current number, where the field is one: see FieldReader. */
  get number(): FieldReader {
    return this.#head;
  }

  /**
   * Reads the next field of the message that ends at offset `end` (Infinity: with the input); false at its end. A value with
   * a length is left to be read: by `readMessage`, `skip`, or by walking its fields up to `contentEnd`. Throws MalformedError.
   */
  next(end: number): boolean {
    const input = this.#input;
    if (input.end - input.position < LONGEST_HEAD) input.ensure(LONGEST_HEAD);
    const { offset } = input;
    if (offset >= end) return false;
    if (input.position === input.end) {
      if (end === Number.POSITIVE_INFINITY) return false;
      throw new MalformedError(`the file ends at byte ${offset}, ${end - offset} bytes too early`);
    }
    const head = this.#head.reset(input.bytes, input.position, input.end, offset - input.position);
    head.readTag();
    this.field = head.field;
    this.wire = head.wire;
    this.length = 0;
    if (head.wire === WIRE_VARINT || head.wire === WIRE_LENGTH) head.readVarint();
    else head.readFixed();
    input.position = head.position;
    if (head.wire === WIRE_LENGTH) this.length = head.unsigned;
    if (input.offset + this.length > end) {
      throw new MalformedError(`the field at byte ${offset} has more bytes than its message`);
    }
    return true;
  }

  /** Where the value of the current field ends. */
  get contentEnd(): number {
    return this.#input.offset + this.length;
  }

  /**
   * The value of the current field, in memory: valid until the next call. Throws MalformedError when it is cut off, or too large;
   * the next field can be read after the latter.
   */
  readMessage(): FieldReader {
    const input = this.#input;
    const { length } = this;
    if (length > MAX_MESSAGE) {
      const { offset } = input;
      this.skip();
      throw new MalformedError(
        `the field at byte ${offset} has ${length} bytes; at most ${MAX_MESSAGE} are read as one`,
      );
    }
    if (!input.ensure(length)) this.#failCut(input.end - input.position);
    const start = input.position;
    const base = input.offset - start;
    input.position += length;
    return this.#message.reset(input.bytes, start, start + length, base);
  }

  /** The value of the current field as text. */
  readText(decoder: TextReader): string {
    const { bytes, position, end } = this.readMessage();
    return decoder.decode(bytes.subarray(position, end));
  }

  /** Passes over the value of the current field. Throws MalformedError when it is cut off. */
  skip(): void {
    const { length } = this;
    const skipped = this.#input.skip(length);
    if (skipped < length) this.#failCut(skipped);
  }

  #failCut(left: number): never {
    this.isCut = true;
    throw new MalformedError(
      `the file ends inside of a field of ${this.length} bytes, of which it holds ${left}`,
    );
  }
}
