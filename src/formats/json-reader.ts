// Reading JSON of unknown origin: every value is asked for by type, and what is wrong is named by its place.

import { messageOf, ProfilerError } from '../base/errors.ts';

/** The value in a JSON file. Throws `not-a-recording` when it is not JSON; `title` says what it should have been. */
export function parseJson(bytes: Uint8Array, title: string): unknown {
  let text: string;
  try {
    text = new TextDecoder().decode(bytes);
  } catch (error) {
    throw new ProfilerError(
      'not-a-recording',
      `The file is too large to be read as ${title}: ${Math.round(bytes.length / 2 ** 20)} MiB, and 512 are possible.`,
      { cause: error },
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProfilerError('not-a-recording', `The file is no valid ${title}: ${describe(error)}.`, {
      cause: error,
    });
  }
}

/** V8 quotes the text around the place, which may be anything. */
function describe(error: unknown): string {
  return messageOf(error)
    .replace(/, .*$/s, '')
    .replace(/ \(line .*$/s, '');
}

/** A value and where it stands, for example `profiles[2].weights`. */
export class JsonNode {
  readonly value: unknown;
  readonly #where: string;
  readonly #title: string;

  constructor(value: unknown, title: string, where = '') {
    this.value = value;
    this.#title = title;
    this.#where = where;
  }

  get isMissing(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** A field of an object; missing ones give a node that is missing. */
  field(name: string): JsonNode {
    if (typeof this.value !== 'object' || this.value === null) throw this.error('an object');
    const value: unknown = Object.hasOwn(this.value, name) ? Reflect.get(this.value, name) : undefined;
    return new JsonNode(value, this.#title, this.#where === '' ? name : `${this.#where}.${name}`);
  }

  items(): readonly unknown[] {
    if (!Array.isArray(this.value)) throw this.error('a list');
    return this.value;
  }

  /** One of `items()`, for looking into it. */
  item(index: number): JsonNode {
    return new JsonNode(this.items()[index], this.#title, `${this.#where}[${index}]`);
  }

  /** One of `items()` as a number, without a node for it. */
  asNumber(value: unknown, index: number): number {
    if (!isNumber(value)) throw this.item(index).error('a number');
    return value;
  }

  number(): number {
    if (!isNumber(this.value)) throw this.error('a number');
    return this.value;
  }

  /** A whole number from 0 to `length` - 1. */
  index(length: number): number {
    const value = this.number();
    if (!Number.isInteger(value) || value < 0 || value >= length)
      throw this.error(`a number below ${length}`);
    return value;
  }

  string(): string {
    if (typeof this.value !== 'string') throw this.error('a text');
    return this.value;
  }

  error(expected: string): ProfilerError {
    const where = this.#where === '' ? 'The file' : `"${this.#where}"`;
    return new ProfilerError(
      'not-a-recording',
      `The file is no valid ${this.#title}: ${where} is not ${expected}.`,
    );
  }
}

/** JSON can write numbers that are infinite here: 1e999. */
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
