// Attributes: keys with values, in the dictionary (which samples, locations and mappings refer to) and in resources.

import { FieldReader, WIRE_LENGTH } from '../protobuf/field-reader.ts';
import { assertRoom, MAX_ATTRIBUTES } from '../protobuf/limits.ts';
import type { TextReader } from '../protobuf/text-reader.ts';
import { ANY_VALUE, ATTRIBUTE, KEY_VALUE } from './otlp-fields.ts';
import { refuseVersion, UP_TO_1_7 } from './otlp-versions.ts';

/** Attributes as they come: texts of the dictionary by their rows, because those may come later. */
export class AttributeList {
  /** Row of the key, or -1 where the key itself is in `keyTexts`. */
  readonly #keys: number[] = [];
  readonly #keyTexts: string[] = [];
  /** Row of the value, or 0 where the value itself is in `texts` or `numbers`. */
  readonly #rows: number[] = [];
  readonly #texts: string[] = [];
  /** Lower and upper 32 bits. */
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #value = new FieldReader();

  get length(): number {
    return this.#keys.length;
  }

  /** Reads an attribute of the dictionary. */
  readAttribute(message: FieldReader, texts: TextReader): void {
    let key = 0;
    const value = new ValueReader(this.#value);
    while (message.next()) {
      if (message.field === ATTRIBUTE.key) {
        if (message.wire === WIRE_LENGTH) refuseVersion(UP_TO_1_7);
        key = message.row;
      } else if (message.field === ATTRIBUTE.value && message.wire === WIRE_LENGTH)
        value.read(message, texts);
    }
    this.#add(key, '', value);
  }

  /** Reads an attribute of a resource. */
  readKeyValue(message: FieldReader, texts: TextReader): void {
    let key = -1;
    let text = '';
    const value = new ValueReader(this.#value);
    while (message.next()) {
      if (message.field === KEY_VALUE.key && message.wire === WIRE_LENGTH) text = message.readText(texts);
      else if (message.field === KEY_VALUE.keyRow) key = message.row;
      else if (message.field === KEY_VALUE.value && message.wire === WIRE_LENGTH) value.read(message, texts);
    }
    this.#add(key, text, value);
  }

  key(row: number, strings: readonly string[]): string {
    return this.#keys[row] === -1 ? this.#keyTexts[row] : (strings[this.#keys[row]] ?? '');
  }

  /** Empty where the value is a number. */
  text(row: number, strings: readonly string[]): string {
    return this.#rows[row] > 0 ? (strings[this.#rows[row]] ?? '') : this.#texts[row];
  }

  low(row: number): number {
    return this.#low[row];
  }

  high(row: number): number {
    return this.#high[row];
  }

  #add(key: number, keyText: string, value: ValueReader): void {
    assertRoom(this.#keys.length, MAX_ATTRIBUTES, 'attributes');
    this.#keys.push(key);
    this.#keyTexts.push(keyText);
    this.#rows.push(value.row);
    this.#texts.push(value.text);
    this.#low.push(value.low);
    this.#high.push(value.high);
  }
}

/** A value as far as it is needed: a text, or a whole number. */
class ValueReader {
  row = 0;
  text = '';
  low = 0;
  high = 0;
  readonly #reader: FieldReader;

  constructor(reader: FieldReader) {
    this.#reader = reader;
  }

  read(outer: FieldReader, texts: TextReader): void {
    const reader = this.#reader.enter(outer);
    while (reader.next()) {
      if (reader.field === ANY_VALUE.string && reader.wire === WIRE_LENGTH)
        this.text = reader.readText(texts);
      else if (reader.field === ANY_VALUE.stringRow) this.row = Math.max(0, reader.row);
      else if (reader.field === ANY_VALUE.int || reader.field === ANY_VALUE.bool) {
        this.low = reader.low;
        this.high = reader.high;
      }
    }
  }
}
