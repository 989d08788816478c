// From the registers and the stack of a stopped thread to the code addresses of its calls. Reads nothing but what it is given,
// so the thread can go on long before.
//
// Each step finds the rule for the frame's address and computes the caller's registers. Where a file has no rules (code
// made at run time, assembly), the frame pointer is followed: it points to the caller's, with the return address behind.

import { MalformedError } from '../../base/malformed.ts';
import type { AddressChain, InstructionAddress, LookupAddress, ReturnAddress } from './code-address.ts';
import { lookupOfInstruction, lookupOfReturn } from './code-address.ts';
import { evaluateExpression } from './dwarf-expression.ts';
import {
  CFA_EXPRESSION,
  CFA_REGISTER_MASK,
  findRule,
  NO_RULE,
  RULE_AT,
  RULE_AT_EXPRESSION,
  RULE_HEAD,
  RULE_REGISTER,
  RULE_SIGNAL,
  RULE_UNDEFINED,
  RULE_VALUE,
  RULE_VALUE_EXPRESSION,
  type UnwindArchitecture,
  type UnwindTable,
  X86_64,
} from './unwind-table.ts';

/** Code that is mapped into a process. */
export interface CodeRange {
  /** Addresses in the process: the first, and the first behind. */
  readonly start: number;
  readonly end: number;
  /** Process address minus link-time address. */
  readonly bias: number;
  /** Undefined where there are no rules. */
  readonly table: UnwindTable | undefined;
}

/** Finds the code that an address of the process lies in; undefined when there is none. */
export type FindCode = (address: number) => CodeRange | undefined;

/** Eight bytes of the stack; NaN when they are not known. */
export type ReadStack = (address: number) => number;

/**
 * How a stack ended. `root`: at the thread's first function. `cut`: more of the stack, or an unknown register,
 * would have been needed.
 * `lost`: no rule, and the frame pointer leads nowhere. `endless`: longer than any real stack.
 */
export type UnwindEnd = 'root' | 'cut' | 'lost' | 'endless';

/** Real stacks of 8 MB have at most half a million frames of 16 bytes; damaged ones may go round in circles. */
const MAX_FRAMES = 600_000;
/** On arm64, return addresses may be signed in their upper bits: user addresses have 48. */
const ADDRESS_SPACE = 2 ** 48;
/** Places remembered: see RuleCache. */
const CACHE_SIZE = 1024;

type Step = 'caller' | 'signal' | Exclude<UnwindEnd, 'endless'>;

/** Unwinds stacks of one process. Remembers what it found, until `forget`. */
export class Unwinder {
  readonly #architecture: UnwindArchitecture;
  #findCode: FindCode;
  #registers: Float64Array;
  #caller: Float64Array;
  #readStack: ReadStack = () => Number.NaN;
  // Direct-mapped: stacks of a program go through the same few hundred places again and again.
  readonly #cachedAddresses = new Float64Array(CACHE_SIZE);
  readonly #cachedRules = new Int32Array(CACHE_SIZE);
  readonly #cachedCode: (CodeRange | undefined)[] = new Array(CACHE_SIZE).fill(undefined);

  constructor(architecture: UnwindArchitecture, findCode: FindCode) {
    this.#architecture = architecture;
    this.#findCode = findCode;
    this.#registers = new Float64Array(architecture.registers);
    this.#caller = new Float64Array(architecture.registers);
  }

  /** Code was mapped or unmapped. */
  forget(): void {
    this.#cachedAddresses.fill(0);
    this.#cachedCode.fill(undefined);
  }

  /**
   * Fills `chain` with the stack of a thread.
   *
   * @param registers by DWARF number; NaN for those that are not known
   * @param instruction what the thread executes
   */
  unwind(
    registers: Float64Array,
    instruction: InstructionAddress,
    readStack: ReadStack,
    chain: AddressChain,
  ): UnwindEnd {
    const { returnAddress, stackPointer } = this.#architecture;
    this.#registers.set(registers.subarray(0, this.#registers.length));
    this.#readStack = readStack;
    chain.clear();
    chain.pushInstruction(instruction, this.#registers[stackPointer]);
    let lookup = lookupOfInstruction(instruction);
    let isInterrupted = true;
    while (chain.length < MAX_FRAMES) {
      const step = this.#step(lookup, isInterrupted);
      if (step !== 'caller' && step !== 'signal') return step;
      const address = this.#registers[returnAddress];
      if (address === 0) return 'root';
      isInterrupted = step === 'signal';
      // What is no code is no address to return to: the rules do not fit, or there are none further out.
      if (this.#findCode(address) === undefined) return 'lost';
      const sp = this.#registers[stackPointer];
      if (isInterrupted) {
        lookup = lookupOfInstruction(address as InstructionAddress);
        chain.pushInstruction(address as InstructionAddress, sp);
      } else {
        lookup = lookupOfReturn(address as ReturnAddress);
        chain.pushReturn(address as ReturnAddress, sp);
      }
    }
    return 'endless';
  }

  /** Replaces the registers by those of the caller. `isInterrupted`: the frame made no call. */
  #step(lookup: LookupAddress, isInterrupted: boolean): Step {
    const slot = this.#look(lookup);
    const code = this.#cachedCode[slot];
    const rule = this.#cachedRules[slot];
    if (code === undefined || code.table === undefined || rule === NO_RULE) {
      const step = this.#stepByFramePointer(code);
      return step === 'caller' || isInterrupted || code === undefined
        ? step
        : (this.#stepThroughStub(code) ?? step);
    }
    try {
      return this.#stepByRule(code.table, rule, isInterrupted);
    } catch (error) {
      if (error instanceof MalformedError) return 'lost';
      throw error;
    }
  }

  #look(lookup: LookupAddress): number {
    const slot = (lookup ^ (lookup / 0x1_0000)) & (CACHE_SIZE - 1);
    if (this.#cachedAddresses[slot] === lookup) return slot;
    const code = this.#findCode(lookup);
    // Code that is not known yet may be soon.
    this.#cachedAddresses[slot] = code === undefined ? 0 : lookup;
    this.#cachedCode[slot] = code;
    this.#cachedRules[slot] = code?.table === undefined ? NO_RULE : findRule(code.table, lookup - code.bias);
    return slot;
  }

  #stepByRule(table: UnwindTable, rule: number, isInterrupted: boolean): Step {
    const { registers, returnAddress, stackPointer } = this.#architecture;
    const own = this.#registers;
    const caller = this.#caller;
    const { words } = table;
    const at = rule * (RULE_HEAD + registers);
    const head = words[at];
    if ((words[at + RULE_HEAD + returnAddress] & 7) === RULE_UNDEFINED) return 'root';
    const isSignal = (head & RULE_SIGNAL) !== 0;
    const cfaRegister = head & CFA_REGISTER_MASK;
    const cfa =
      cfaRegister === CFA_EXPRESSION
        ? this.#evaluate(table, words[at + 1], undefined)
        : own[cfaRegister] + words[at + 1];
    if (Number.isNaN(cfa)) return 'cut';
    // Stacks grow downwards. A leaf of arm64 may have no frame at all; signals may come with a stack of their own.
    if (!isSignal && (isInterrupted ? cfa < own[stackPointer] : cfa <= own[stackPointer])) return 'lost';
    for (let register = 0; register < registers; register++) {
      const how = words[at + RULE_HEAD + register];
      if (how === 0) {
        caller[register] = own[register];
        continue;
      }
      const value = how >> 3;
      switch (how & 7) {
        case RULE_AT:
          caller[register] = this.#readStack(cfa + value);
          break;
        case RULE_VALUE:
          caller[register] = cfa + value;
          break;
        case RULE_REGISTER:
          caller[register] = value < registers ? own[value] : 0;
          break;
        case RULE_AT_EXPRESSION:
          caller[register] = this.#readStack(this.#evaluate(table, value, cfa));
          break;
        case RULE_VALUE_EXPRESSION:
          caller[register] = this.#evaluate(table, value, cfa);
          break;
        case RULE_UNDEFINED:
          caller[register] = 0;
      }
    }
    if (words[at + RULE_HEAD + stackPointer] === 0) caller[stackPointer] = cfa;
    const address = caller[returnAddress];
    if (Number.isNaN(address)) return 'cut';
    caller[returnAddress] = address % ADDRESS_SPACE;
    this.#registers = caller;
    this.#caller = own;
    return isSignal ? 'signal' : 'caller';
  }

  #evaluate(table: UnwindTable, number: number, first: number | undefined): number {
    const own = this.#registers;
    const register = (index: number) => (index < own.length ? own[index] : 0);
    return evaluateExpression(table.expressions[number], { register, read: this.#readStack }, first);
  }

  /**
   * A stub that was made at run time and does nothing but call: `sub $8, %rsp; call; add $8, %rsp; ret`. CPython has one
   * for each function under -X perf. Undefined when this is none: then it would return to no file.
   */
  #stepThroughStub(code: CodeRange): Step | undefined {
    const { machine, stackPointer, returnAddress } = this.#architecture;
    if (machine !== X86_64.machine || code.table !== undefined) return undefined;
    const own = this.#registers;
    const address = this.#readStack(own[stackPointer] + 8);
    if (Number.isNaN(address) || this.#findCode(address)?.table === undefined) return undefined;
    own[stackPointer] += 16;
    own[returnAddress] = address;
    return 'caller';
  }

  #stepByFramePointer(code: CodeRange | undefined): Step {
    const { framePointer, stackPointer, returnAddress } = this.#architecture;
    const own = this.#registers;
    const frame = own[framePointer];
    // The first function of a thread begins with a frame pointer of zero.
    if (frame === 0) return code === undefined ? 'lost' : 'root';
    if (Number.isNaN(frame)) return 'cut';
    if (frame % 8 !== 0 || frame < own[stackPointer]) return 'lost';
    const next = this.#readStack(frame);
    const address = this.#readStack(frame + 8);
    if (Number.isNaN(next) || Number.isNaN(address)) return 'cut';
    const target = address % ADDRESS_SPACE;
    if (target !== 0 && this.#findCode(target) === undefined) return 'lost';
    own[framePointer] = next;
    own[stackPointer] = frame + 16;
    own[returnAddress] = target;
    return 'caller';
  }
}
