// Functions across recordings and page loads: by name and file instead of by row.

import { getFunctionFile, getFunctionName } from '../../profile/stack-text.ts';
import { FUNCTION_KINDS, type FunctionIndex, NONE, type Profile } from '../../profile/tables.ts';
import type { FunctionKey, FunctionLabel } from './messages.ts';

/** `qualified name@file`; without a file the name alone. */
export function getFunctionKey(profile: Profile, row: FunctionIndex): FunctionKey {
  const file = getFunctionFile(profile, row);
  const name = getFunctionName(profile, row);
  return file === undefined ? name : `${name}@${file}`;
}

/** A short name of a function for addresses: letters and digits, the same wherever the key is. Seldom two have the same one. */
export function hashKey(key: FunctionKey): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** One slot a function: 1 where it has this key. Several functions may have the same one: lambdas of a file. */
export function markFunctions(profile: Profile, key: FunctionKey): Uint8Array {
  const marks = new Uint8Array(profile.functions.length);
  for (let row = 0; row < marks.length; row++) {
    if (getFunctionKey(profile, row as FunctionIndex) === key) marks[row] = 1;
  }
  return marks;
}

/** What the page shows of a function. */
export function labelFunction(profile: Profile, row: FunctionIndex): FunctionLabel {
  const line = profile.functions.firstLine[row];
  return {
    row,
    key: getFunctionKey(profile, row),
    name: getFunctionName(profile, row) || '(unnamed)',
    file: getFunctionFile(profile, row) ?? '',
    line: line === NONE ? 0 : line,
    kind: FUNCTION_KINDS[profile.functions.kind[row]],
  };
}

/** Labels of a profile's functions: each is made once, and is the same object each time. */
export class Labels {
  readonly #profile: Profile;
  readonly #known: (FunctionLabel | undefined)[] = [];

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  of(row: number): FunctionLabel {
    let label = this.#known[row];
    if (label === undefined) {
      label = labelFunction(this.#profile, row as FunctionIndex);
      this.#known[row] = label;
    }
    return label;
  }
}

/** Labels of the functions that an answer names, each once. */
export class LabelTable {
  readonly labels: FunctionLabel[] = [];
  readonly #all: Labels;
  readonly #places: number[] = [];

  constructor(all: Labels) {
    this.#all = all;
  }

  /** Place of the function's label; -1 for NONE. */
  place(row: number): number {
    if (row === NONE) return -1;
    let place = this.#places[row];
    if (place === undefined) {
      place = this.labels.length;
      this.#places[row] = place;
      this.labels.push(this.#all.of(row));
    }
    return place;
  }
}
