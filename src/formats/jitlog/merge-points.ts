// Merge points say where in the program the next operation comes from. Which fields they have is declared for each stage, and
// texts are shortened by a prefix that was given before.

import { MalformedError } from '../../base/malformed.ts';
import type { LogBuilder } from './log-builder.ts';
import type { LogReader } from './log-reader.ts';

/** Meanings of fields, and the columns for them. */
const MEANINGS = new Map<number, 'file' | 'line' | 'index' | 'scope' | 'opcode'>([
  [0x01, 'file'],
  [0x02, 'line'],
  [0x04, 'index'],
  [0x08, 'scope'],
  [0x10, 'opcode'],
]);

/** Longest prefix that is believed: a few bytes could ask for many copies of it. */
const MAX_PREFIX = 1 << 12;

interface Field {
  readonly meaning: number;
  readonly isText: boolean;
  prefix: string;
}

export class MergePoints {
  readonly #fields: LogReader;
  readonly #builder: LogBuilder;
  readonly #declared = new Map<number, Field[]>();

  constructor(fields: LogReader, builder: LogBuilder) {
    this.#fields = fields;
    this.#builder = builder;
  }

  /** Declares the fields for a stage. */
  readFields(stage: number): void {
    const declared: Field[] = [];
    for (let left = this.#fields.uint16(); left > 0; left--) {
      const meaning = this.#fields.byte();
      declared.push({ meaning, isText: this.#fields.byte() === 0x73, prefix: '' });
    }
    this.#declared.set(stage, declared);
  }

  readPrefix(stage: number): void {
    const index = this.#fields.byte();
    const prefix = this.#fields.text();
    const field = this.#declared.get(stage)?.[index];
    if (field === undefined) throw new MalformedError('a prefix belongs to no field of merge points');
    if (prefix.length > MAX_PREFIX) throw new MalformedError('a prefix of merge points is too long');
    field.prefix = prefix;
  }

  read(stage: number): void {
    const declared = this.#declared.get(stage);
    if (declared === undefined) throw new MalformedError('a merge point has no declared fields');
    const values: Record<string, number> = {};
    for (const field of declared) {
      const value = field.isText ? this.#builder.intern(this.#readText(field)) : this.#readInteger();
      const column = MEANINGS.get(field.meaning);
      if (column !== undefined) values[column] = value;
    }
    this.#builder.mergePoints.append({
      stage,
      position: this.#builder.countOperations(stage),
      ...values,
    });
  }

  #readText(field: Field): string {
    const coding = this.#fields.byte();
    switch (coding) {
      case 0xef:
        return field.prefix;
      case 0x00:
        return field.prefix + this.#fields.text();
      case 0xff:
        return this.#fields.text();
      default:
        throw new MalformedError(`a text of a merge point is coded by the byte ${coding.toString(16)}`);
    }
  }

  #readInteger(): number {
    if (this.#fields.byte() !== 0) throw new MalformedError('a number of a merge point has no mark');
    return Math.min(this.#fields.uint64(), 0x7fff_ffff);
  }
}
