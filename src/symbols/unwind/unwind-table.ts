// What unwinding needs of one file: for every address a rule how to find the caller's registers, in typed arrays.
//
//   rows   first address (sorted) → rule number      one row for each place where the rule changes
//   rules  words: [CFA, CFA value, rule of register 0, rule of register 1, …]
//
// The CFA is the canonical frame address: the caller's stack pointer. Many rows share few rules (a prologue is like any
// other), so each rule exists once.

import { hashPair, RowIndex } from '../../base/row-index.ts';
import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';

/** What differs between processors, in DWARF's register numbers. */
export interface UnwindArchitecture {
  /** `machine` of ELF files. */
  readonly machine: number;
  /** Registers that are followed. */
  readonly registers: number;
  readonly stackPointer: number;
  readonly framePointer: number;
  /** Holds the address to return to: a column of its own on x86-64, the link register on arm64. */
  readonly returnAddress: number;
}

/** System V ABI, AMD64 supplement, figure 3.36. */
export const X86_64: UnwindArchitecture = {
  machine: 62,
  registers: 17,
  stackPointer: 7,
  framePointer: 6,
  returnAddress: 16,
};

/** DWARF for the Arm 64-bit architecture, section 4.1. */
export const ARM64: UnwindArchitecture = {
  machine: 183,
  registers: 32,
  stackPointer: 31,
  framePointer: 29,
  returnAddress: 30,
};

// How a register of the caller is found: value << 3 | one of these.
/** It still has its value. */
export const RULE_SAME = 0;
/** It has none; of the return address: this is the outermost frame. */
export const RULE_UNDEFINED = 1;
/** It was saved at CFA + value. */
export const RULE_AT = 2;
/** It is CFA + value. */
export const RULE_VALUE = 3;
/** It is in register number value. */
export const RULE_REGISTER = 4;
/** It was saved where expression number value says. */
export const RULE_AT_EXPRESSION = 5;
/** It is what expression number value says. */
export const RULE_VALUE_EXPRESSION = 6;

/** Words of a rule before those of the registers. */
export const RULE_HEAD = 2;
/** Low bits of the first word: the register that the CFA is relative to, or that an expression gives it. */
export const CFA_REGISTER_MASK = 0xff;
export const CFA_EXPRESSION = 0xff;
/** Flag of the first word: the frame of a signal handler's caller, which was interrupted and made no call. */
export const RULE_SIGNAL = 0x100;
/** The rule of addresses that nothing is known of. */
export const NO_RULE = 0;

/** A file's unwinding rules. Addresses are link-time ones. */
export interface UnwindTable {
  readonly architecture: UnwindArchitecture;
  /** Added to `starts`. */
  readonly base: number;
  readonly length: number;
  /** First address of each row minus base, ascending. A row ends where the next one begins. */
  readonly starts: Uint32Array;
  /** Rule number of each row. */
  readonly rules: Uint32Array;
  /** RULE_HEAD + registers words for each rule. Rule 0 is NO_RULE. */
  readonly words: Int32Array;
  /** DWARF expressions that rules refer to. */
  readonly expressions: readonly Uint8Array[];
  /** Where each described function, or part of one, begins, minus base; ascending. */
  readonly functions: Uint32Array;
}

/** The rule for an address: its number, NO_RULE when there is none. */
export function findRule(table: UnwindTable, address: number): number {
  const row = findLast(table.starts, address - table.base);
  return row < 0 ? NO_RULE : table.rules[row];
}

/** Where the function at an address begins, which stripped files tell in no other way; undefined when it is not described. */
export function findFunctionStart(table: UnwindTable, address: number): number | undefined {
  if (findRule(table, address) === NO_RULE) return undefined;
  const row = findLast(table.functions, address - table.base);
  return row < 0 ? undefined : table.functions[row] + table.base;
}

/** The last row that is not above `wanted`; -1 when there is none. */
function findLast(column: Uint32Array, wanted: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Grows a table. Rows are added in ascending order. */
export class UnwindTableBuilder {
  readonly #architecture: UnwindArchitecture;
  readonly #base: number;
  readonly #stride: number;
  #starts = new Uint32Array(256);
  #rules = new Uint32Array(256);
  #length = 0;
  readonly #functions: number[] = [];
  #words = new Int32Array(1024);
  #ruleCount = 0;
  readonly #index = new RowIndex();
  readonly #expressions: Uint8Array[] = [];
  readonly #expressionNumbers = new Map<string, number>();

  constructor(architecture: UnwindArchitecture, base: number) {
    this.#architecture = architecture;
    this.#base = base;
    this.#stride = RULE_HEAD + architecture.registers;
    this.internRule(new Int32Array(this.#stride));
  }

  /** The number of a rule: `words` are copied. */
  internRule(words: Int32Array): number {
    const stride = this.#stride;
    let hash = 0;
    for (let at = 0; at < stride; at++) hash = hashPair(hash, words[at]);
    let slot = this.#index.firstSlot(hash);
    for (let rule = this.#index.rowAt(slot); rule !== -1; rule = this.#index.rowAt(slot)) {
      let at = 0;
      while (at < stride && this.#words[rule * stride + at] === words[at]) at++;
      if (at === stride) return rule;
      slot = this.#index.nextSlot(slot);
    }
    const rule = this.#ruleCount++;
    if (this.#ruleCount * stride > this.#words.length) {
      this.#words = resizeColumn(this.#words, grownCapacity(this.#words.length));
    }
    this.#words.set(words, rule * stride);
    this.#index.insert(slot, hash, rule);
    return rule;
  }

  internExpression(bytes: Uint8Array): number {
    const key = bytes.join();
    const known = this.#expressionNumbers.get(key);
    if (known !== undefined) return known;
    this.#expressionNumbers.set(key, this.#expressions.length);
    return this.#expressions.push(bytes.slice()) - 1;
  }

  /** A function begins; before its first row. */
  addFunction(start: number): void {
    const relative = start - this.#base;
    if (relative >= 0 && relative <= 0xffff_ffff) this.#functions.push(relative);
  }

  /** From `start` on, `rule` holds. Starts below the last one are ignored: damaged files have such. */
  addRow(start: number, rule: number): void {
    const relative = start - this.#base;
    const last = this.#length - 1;
    if (!(relative >= 0 && relative <= 0xffff_ffff)) return;
    if (last >= 0) {
      if (relative < this.#starts[last]) return;
      if (relative === this.#starts[last]) {
        this.#rules[last] = rule;
        return;
      }
      if (this.#rules[last] === rule) return;
    }
    if (this.#length === this.#starts.length) {
      const capacity = grownCapacity(this.#length);
      this.#starts = resizeColumn(this.#starts, capacity);
      this.#rules = resizeColumn(this.#rules, capacity);
    }
    this.#starts[this.#length] = relative;
    this.#rules[this.#length] = rule;
    this.#length++;
  }

  build(): UnwindTable {
    return {
      architecture: this.#architecture,
      base: this.#base,
      length: this.#length,
      starts: this.#starts.slice(0, this.#length),
      rules: this.#rules.slice(0, this.#length),
      words: this.#words.slice(0, this.#ruleCount * this.#stride),
      expressions: this.#expressions,
      functions: Uint32Array.from(this.#functions),
    };
  }
}
