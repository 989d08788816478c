// The table in a pstats file, row by row: {(file, line, name): (cc, nc, tt, ct, callers)}, where `tt` is a function's own time in
// seconds, `ct` that with everything below it, `nc` its calls and `cc` those that were no recursion, and `callers` has the
// same numbers (nc, cc, tt, ct) for the calls from each caller. Python's own `profile` knows only how often each caller called.
// https://github.com/python/cpython/blob/main/Lib/pstats.py
//
// `profiling.sampling` of Python 3.15 writes the same with a marker, `('__sampled__',)`: lines are those that were executed,
// cc and nc are samples, and callers have samples, too.

import { MalformedError } from '../../base/malformed.ts';
import { type MarshalDict, MarshalReader, type MarshalValue } from './marshal-reader.ts';

/** Rows of functions, in columns, and the calls between them. Times in seconds. */
export interface PstatsTable {
  readonly files: readonly string[];
  readonly lines: readonly number[];
  readonly names: readonly string[];
  readonly self: Float64Array;
  /** NaN for functions that are known as callers only. */
  readonly total: Float64Array;
  readonly callCaller: Int32Array;
  readonly callCallee: Int32Array;
  readonly callCost: Float64Array;
  readonly isSampled: boolean;
  /** What callers cost was computed from how often they called. */
  readonly isGuessed: boolean;
  /** What is wrong with the file behind the last row; undefined when it is whole. */
  readonly damage: string | undefined;
}

type Key = readonly [file: string, line: number, name: string];

/** Whether the bytes begin as such a table does. */
export function isPstats(bytes: Uint8Array): boolean {
  if ((bytes[0] & 0x7f) !== 0x7b) return false;
  const reader = new MarshalReader([bytes]);
  try {
    reader.enterDict();
    const key = reader.nextKey();
    if (key === undefined) return bytes.length === 2;
    return isSampledMark(key) || (parseKey(key) !== undefined && parseRow(reader.value()) !== undefined);
  } catch (error) {
    if (error instanceof MalformedError) return false;
    throw error;
  }
}

/** Throws MalformedError when not a single row can be read. */
export function readPstatsTable(blocks: Iterable<Uint8Array>): PstatsTable {
  const reader = new MarshalReader(blocks);
  const table = new TableBuilder();
  reader.enterDict();
  let damage: string | undefined;
  try {
    for (let key = reader.nextKey(); key !== undefined; key = reader.nextKey()) {
      const value = reader.value();
      if (isSampledMark(key)) table.isSampled = true;
      else table.addRow(key, value, reader.offset);
    }
  } catch (error) {
    if (!(error instanceof MalformedError) || table.length === 0) throw error;
    damage = error.message;
  }
  return table.build(damage);
}

function isSampledMark(key: MarshalValue): boolean {
  return Array.isArray(key) && key.length === 1 && key[0] === '__sampled__';
}

function parseKey(value: MarshalValue): Key | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [file, line, name] = value as readonly MarshalValue[];
  if (typeof file !== 'string' || typeof line !== 'number' || typeof name !== 'string') return undefined;
  return [file, line, name];
}

interface Row {
  readonly calls: number;
  readonly self: number;
  readonly total: number;
  readonly callers: MarshalDict;
}

function parseRow(value: MarshalValue): Row | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined;
  const [, calls, self, total, callers] = value as readonly MarshalValue[];
  if (typeof calls !== 'number' || typeof self !== 'number' || typeof total !== 'number') return undefined;
  if (!isDict(callers)) return undefined;
  return { calls, self, total, callers };
}

function isDict(value: MarshalValue | undefined): value is MarshalDict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class TableBuilder {
  isSampled = false;
  /** Rows read; functions that are known as callers only are none. */
  length = 0;
  /** By line and the numbers of file and name. */
  readonly #rows = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #textNumbers = new Map<string, number>();
  readonly #files: string[] = [];
  readonly #lines: number[] = [];
  readonly #names: string[] = [];
  readonly #self: number[] = [];
  readonly #total: number[] = [];
  readonly #calls: number[] = [];
  readonly #callers: number[] = [];
  readonly #callees: number[] = [];
  /** NaN where the file has a number of calls, or of samples, instead. */
  readonly #costs: number[] = [];
  readonly #counts: number[] = [];

  addRow(key: MarshalValue, value: MarshalValue, offset: number): void {
    const place = parseKey(key);
    const row = parseRow(value);
    if (place === undefined || row === undefined) {
      throw new MalformedError(`what ends at offset ${offset} is no function with its times`);
    }
    const callee = this.#intern(place);
    this.length++;
    this.#self[callee] += row.self;
    this.#total[callee] = (Number.isNaN(this.#total[callee]) ? 0 : this.#total[callee]) + row.total;
    this.#calls[callee] += row.calls;
    for (const [callerKey, call] of row.callers.entries) {
      const caller = parseKey(callerKey);
      const isCount = typeof call === 'number';
      const cost = isCount ? Number.NaN : Array.isArray(call) && call.length === 4 ? call[3] : undefined;
      if (caller === undefined || typeof cost !== 'number') {
        throw new MalformedError(`a caller before offset ${offset} is no function with its times`);
      }
      this.#callers.push(this.#intern(caller));
      this.#callees.push(callee);
      this.#costs.push(cost);
      this.#counts.push(isCount ? call : 0);
    }
  }

  build(damage: string | undefined): PstatsTable {
    const counted = new Float64Array(this.#files.length);
    this.#counts.forEach((count, call) => {
      counted[this.#callees[call]] += count;
    });
    // Samples are all worth the same; of calls only the sum of their costs is known.
    const wholes = this.isSampled ? this.#calls : counted;
    const costs = this.#costs.map((cost, call) => {
      const callee = this.#callees[call];
      return Number.isNaN(cost)
        ? (this.#counts[call] * this.#total[callee]) / Math.max(1, wholes[callee])
        : cost;
    });
    return {
      files: this.#files,
      lines: this.#lines,
      names: this.#names,
      self: Float64Array.from(this.#self),
      total: Float64Array.from(this.#total),
      callCaller: Int32Array.from(this.#callers),
      callCallee: Int32Array.from(this.#callees),
      callCost: Float64Array.from(costs),
      isSampled: this.isSampled,
      isGuessed: !this.isSampled && this.#costs.some((cost) => Number.isNaN(cost)),
      damage,
    };
  }

  #intern([file, line, name]: Key): number {
    const fileText = this.#internText(file);
    const nameText = this.#internText(name);
    const key = `${line} ${fileText} ${nameText}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = this.#files.length;
    this.#rows.set(key, row);
    this.#files.push(this.#texts[fileText]);
    this.#lines.push(line);
    this.#names.push(this.#texts[nameText]);
    this.#self.push(0);
    this.#total.push(Number.NaN);
    this.#calls.push(0);
    return row;
  }

  /** The number of a text: functions of a file share one. */
  #internText(text: string): number {
    const known = this.#textNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.push(text) - 1;
    this.#textNumbers.set(text, number);
    return number;
  }
}
