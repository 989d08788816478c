// Where a reader of JSON is in its file, and what is wrong there.

import { BlockReader } from '../../base/block-reader.ts';
import { ProfilerError } from '../../base/errors.ts';
import { isSpace } from './json-bytes.ts';

/** Texts and numbers may be this long, in bytes. Longer ones can be skipped only. */
export const MAX_TOKEN = 1 << 26;

/** The file ends in the middle of a value. */
export class JsonCutError extends ProfilerError {}

/** The bytes of a file, and the place in its values that they have been read to. */
export class JsonSource {
  readonly input: BlockReader;
  /** Where we are: for each open object the last key, for each open array the number of the item. */
  readonly path: (string | number)[] = [];
  readonly #title: string;

  /** `title` is what the file should be, in sentences. */
  constructor(blocks: Iterable<Uint8Array>, title: string) {
    this.input = new BlockReader(blocks);
    this.#title = title;
    // A byte order mark.
    if (this.input.ensure(3) && this.input.bytes[this.input.position] === 0xef) this.input.skip(3);
  }

  /** The next byte that is no white space; it is not taken. */
  peek(): number {
    const input = this.input;
    for (;;) {
      if (input.position === input.end && !input.more()) throw this.cut();
      const byte = input.bytes[input.position];
      if (!isSpace(byte)) return byte;
      input.position++;
    }
  }

  /** Makes sure that the byte at `length` behind the position is there. */
  reach(length: number): boolean {
    if (length > MAX_TOKEN) throw this.error(`a text or number of less than ${MAX_TOKEN} bytes`);
    return this.input.end - this.input.position > length || this.input.ensure(length + 1);
  }

  /** Takes `true`, `false` or `null`. */
  word(word: string): void {
    if (!this.input.ensure(word.length)) throw this.cut();
    for (let i = 0; i < word.length; i++) {
      if (this.input.bytes[this.input.position + i] !== word.charCodeAt(i)) throw this.error('JSON');
    }
    this.input.position += word.length;
  }

  /** What is wrong, and where: `"profiles[2].unit" is not a known unit`; its facts are `offset` and, without the file, `problem`. */
  error(expected: string): ProfilerError {
    const { offset } = this.input;
    const place = this.#place();
    const rest = `is not ${expected} (at byte ${offset})`;
    return new ProfilerError(
      'not-a-recording',
      `The file is no valid ${this.#title}: ${place === '' ? 'The file' : `"${place}"`} ${rest}.`,
      { facts: { offset, problem: `${place === '' ? 'it' : `"${place}"`} ${rest}` } },
    );
  }

  /** That the file ends here; with the facts of `error`. */
  cut(): JsonCutError {
    const { offset } = this.input;
    const place = this.#place();
    const problem = `it ends at byte ${offset}${place === '' ? '' : `, within "${place}"`}`;
    return new JsonCutError('not-a-recording', `The file is no valid ${this.#title}: ${problem}.`, {
      facts: { offset, problem },
    });
  }

  #place(): string {
    let place = '';
    for (const step of this.path) {
      if (typeof step === 'number') place += `[${Math.max(0, step)}]`;
      else if (step !== '') place += place === '' ? step : `.${step}`;
    }
    return place;
  }
}
