// The code objects of one process: read once, and from then on known to be the same ones.
//
// Code objects are freed, and their addresses used again. From 3.14 a counter of the interpreter tells: it is increased
// before one is freed, and read before and behind every stack. Up to 3.13 the bytes that identify a code object are read
// again with every sample that uses it. From 3.12 on they hold a version that is never given twice; up to 3.11 the
// beginning of the name is read as well, since all pointers may repeat.

import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { FrameIndex, FunctionIndex } from '../../profile/tables.ts';
import type { ProcessMemory } from '../process/memory.ts';
import type { ReadPlan } from '../process/read-plan.ts';
import { type CodeObject, readCode } from './code-object.ts';
import type { Layout } from './layout.ts';
import { lineAt } from './line-table.ts';

/** Instruction of a frame that was not found in its code object, in bytes from its beginning: "before the first". */
const NOT_STARTED = -2;
/** Byte code of one function larger than this is not believed. */
const MAX_CODE_SIZE = 1 << 28;

/** A code object that was read, with the frames of the profile that run it. */
export interface CodeEntry {
  readonly object: CodeObject;
  readonly function: FunctionIndex;
  /** Byte offset of the instruction → frame. */
  readonly frames: Map<number, FrameIndex>;
  /** Value of the interpreter's counter up to whose next change it is known to be unchanged. */
  generation: number;
  /** Number of the sample that found it unchanged, and of the one that met it last in a stack. */
  verifiedFor: number;
  usedFor: number;
}

/** Known code objects of one process. */
export class CodeCache {
  readonly memory: ProcessMemory;
  readonly #layout: Layout;
  readonly #builder: ProfileBuilder;
  readonly #entries = new Map<number, CodeEntry>();
  readonly #generationAddress: number | undefined;
  #firstAt = 0;
  #lastAt = 0;
  #firstGeneration = -1;
  #lastGeneration = -1;
  #samples = 0;

  /** @param interpreter address of an interpreter of the process, for its counter of freed code objects */
  constructor(memory: ProcessMemory, layout: Layout, builder: ProfileBuilder, interpreter: number) {
    this.memory = memory;
    this.#layout = layout;
    this.#builder = builder;
    const { codeGeneration } = layout.interpreter;
    this.#generationAddress = codeGeneration === undefined ? undefined : interpreter + codeGeneration;
  }

  /** Whether a counter tells when code objects were freed: then hardly any has to be verified. */
  get hasGeneration(): boolean {
    return this.#generationAddress !== undefined;
  }

  /** Gives the next sample its number, and reads the counter before its stack. */
  beginSample(plan: ReadPlan): number {
    if (this.#generationAddress !== undefined) this.#firstAt = plan.add(this.#generationAddress, 8);
    return ++this.#samples;
  }

  /** Reads the counter once more, behind the stack. */
  endSample(plan: ReadPlan): void {
    if (this.#generationAddress !== undefined) this.#lastAt = plan.add(this.#generationAddress, 8);
  }

  /** The plan was read: takes the counter from it. */
  readGenerations(plan: ReadPlan): void {
    if (this.#generationAddress === undefined) return;
    this.#firstGeneration = plan.addressAt(this.#firstAt);
    this.#lastGeneration = plan.addressAt(this.#lastAt);
  }

  /** The entry of an address, which may be outdated; undefined when it was never read. */
  find(address: number): CodeEntry | undefined {
    return this.#entries.get(address);
  }

  /** Reads the code object at an address; undefined when there is none. */
  load(address: number): CodeEntry | undefined {
    const object = readCode(this.memory, this.#layout, address);
    if (object === undefined) return undefined;
    const entry: CodeEntry = {
      object,
      function: this.#builder.internFunction({
        name: object.name,
        ...(object.qualifiedName !== undefined &&
          object.qualifiedName !== object.name && { qualifiedName: object.qualifiedName }),
        file: object.fileName,
        ...(object.firstLine > 0 && { firstLine: object.firstLine }),
        kind: 'python',
      }),
      frames: new Map(),
      generation: -1,
      verifiedFor: -1,
      usedFor: -1,
    };
    this.#entries.set(address, entry);
    return entry;
  }

  forget(entry: CodeEntry): void {
    this.#entries.delete(entry.object.address);
  }

  /** Whether the entry may be outdated, as far as is known without reading its identity. */
  mustVerify(entry: CodeEntry): boolean {
    return this.#generationAddress === undefined || entry.generation !== this.#lastGeneration;
  }

  /**
   * The entry is part of the stack that was read, and unchanged: it was alive when the counter was read first. Of entries that are
   * not part of the stack nothing is known, since one that was freed looks unchanged until its memory is used again.
   */
  confirm(entry: CodeEntry): void {
    entry.generation = this.#firstGeneration;
  }

  /** The frame of an entry at an instruction, as FrameChain holds it. */
  frameAt(entry: CodeEntry, instruction: number, threadCode: number): FrameIndex {
    const offset = this.#byteOffset(entry.object, instruction, threadCode);
    let frame = entry.frames.get(offset);
    if (frame === undefined) {
      frame = this.#builder.internFrameLine(entry.function, lineAt(entry.object.lines, offset));
      entry.frames.set(offset, frame);
    }
    return frame;
  }

  #byteOffset(object: CodeObject, instruction: number, threadCode: number): number {
    const { frame } = this.#layout;
    if (frame.kind === 'frame-object') return instruction * frame.instructionUnit;
    const start = threadCode === 0 ? object.codeStart : object.threadCodeStart(threadCode);
    const offset = instruction - start;
    return offset >= 0 && offset < MAX_CODE_SIZE ? offset : NOT_STARTED;
  }
}
