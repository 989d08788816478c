// The registers of a stopped thread: PTRACE_GETREGSET with NT_PRSTATUS, see ptrace(2). The kernel's structures,
// user_regs_struct and user_pt_regs, have another order than DWARF.

import type { InstructionAddress } from '../../symbols/unwind/code-address.ts';
import { ARM64, type UnwindArchitecture, X86_64 } from '../../symbols/unwind/unwind-table.ts';
import { addressOf, ptrace, setWords } from '../process/libc.ts';

const PTRACE_GETREGSET = 0x4204;
const NT_PRSTATUS = 1;

/** DWARF number of each 64-bit word of the kernel's structure; -1 for those that unwinding has no use for. */
const X86_64_ORDER = [
  15, 14, 13, 12, 6, 3, 11, 10, 9, 8, 0, 2, 1, 4, 5, -1, 16, -1, -1, 7, -1, -1, -1, -1, -1, -1, -1,
];
/** x0 to x30 and sp; then pc and the flags. */
const ARM64_ORDER = [...Array.from({ length: 32 }, (_, number) => number), -1, -1];
const ARM64_INSTRUCTION = 32;

/** `foreign`: a 32-bit program; `failed`: the thread is not stopped any more. */
export type RegisterResult = 'read' | 'foreign' | 'failed';

/** The processor that we, and so everything we can look at, run on; undefined where unwinding is not supported. */
export function ownArchitecture(): UnwindArchitecture | undefined {
  return process.arch === 'x64' ? X86_64 : process.arch === 'arm64' ? ARM64 : undefined;
}

/** Reads registers into arrays that it keeps. */
export class RegisterReader {
  /** By DWARF number. */
  readonly registers: Float64Array;
  /** What the thread executes. */
  instruction = 0 as InstructionAddress;
  readonly #architecture: UnwindArchitecture;
  readonly #order: readonly number[];
  readonly #words: Uint32Array;
  /** A struct iovec: address and length of 64 bits, in halves. */
  readonly #iovec = new Uint32Array(4);
  readonly #iovecAddress = addressOf(this.#iovec);

  constructor(architecture: UnwindArchitecture) {
    this.#architecture = architecture;
    this.#order = architecture === X86_64 ? X86_64_ORDER : ARM64_ORDER;
    this.registers = new Float64Array(architecture.registers);
    this.#words = new Uint32Array(this.#order.length * 2);
    setWords(this.#iovec, 0, addressOf(this.#words));
  }

  /** Reads those of a thread that the caller has stopped. */
  read(tid: number): RegisterResult {
    const size = this.#words.byteLength;
    this.#iovec[2] = size;
    if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, this.#iovecAddress) !== 0) return 'failed';
    if (this.#iovec[2] !== size) return 'foreign';
    const words = this.#words;
    for (let index = 0; index < this.#order.length; index++) {
      const register = this.#order[index];
      if (register >= 0) this.registers[register] = words[index * 2] + words[index * 2 + 1] * 0x1_0000_0000;
    }
    const at = this.#architecture === ARM64 ? ARM64_INSTRUCTION * 2 : -1;
    this.instruction = (
      at >= 0 ? words[at] + words[at + 1] * 0x1_0000_0000 : this.registers[this.#architecture.returnAddress]
    ) as InstructionAddress;
    return 'read';
  }

  /** What the kernel tells of a thread that is blocked in a system call. All other registers are unknown. */
  set(instruction: number, stackPointer: number): void {
    this.registers.fill(Number.NaN);
    this.registers[this.#architecture.stackPointer] = stackPointer;
    if (this.#architecture === X86_64) this.registers[X86_64.returnAddress] = instruction;
    this.instruction = instruction as InstructionAddress;
  }

  get stackPointer(): number {
    return this.registers[this.#architecture.stackPointer];
  }
}
