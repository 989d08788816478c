// What the entries of a stack mean. Four ways to write one, the innermost frame first in all of them:
//
//   plain    ids of code; odd ones are addresses of native code (vmprof for CPython)
//   lines    pairs of the executed line and an id or address
//   tagged   pairs of a tag and a value (PyPy since version 2)
//   legacy   program counters of all C frames, and ids of Python code among them (versions 0 and 1, and before)

import type { RawSample } from './prof-parser.ts';
import { MODE, type ProfSection } from './section.ts';

/** What a frame is; from 1 to 7 the tags that PyPy writes. */
export const ENTRY = {
  /** An id or a program counter: whether it has a name tells. */
  either: 0,
  code: 1,
  blackhole: 2,
  jitted: 3,
  jitting: 4,
  gc: 5,
  assembler: 6,
  native: 7,
} as const;

/** The frames of a stack, the innermost first. The columns are used again for the next stack. */
export class Entries {
  length = 0;
  kind = new Uint8Array(1024);
  low = new Uint32Array(1024);
  high = new Uint32Array(1024);
  /** The executed line; 0: unknown. */
  line = new Int32Array(1024);
  /** Start of the machine code that a jitted frame ran in; 0: unknown. */
  assembler = new Float64Array(1024);

  /** Takes the place of what was there. */
  decode(section: ProfSection, sample: RawSample): void {
    this.length = 0;
    if (sample.depth > this.kind.length) this.#grow(sample.depth * 2);
    if (section.isTagged) this.#decodeTagged(sample);
    else if ((section.mode & MODE.lines) !== 0) this.#decodeLines(sample);
    else if (section.version <= 1) this.#decodeLegacy(sample);
    else this.#decodePlain(sample);
  }

  #decodePlain({ depth, low, high }: RawSample): void {
    for (let i = 0; i < depth; i++) {
      const kind = (low[i] & 1) === 1 && high[i] < 0x8000_0000 ? ENTRY.native : ENTRY.code;
      this.#add(kind, low[i], high[i], 0, 0);
    }
  }

  #decodeLines({ depth, low, high }: RawSample): void {
    for (let i = 1; i < depth; i += 2) {
      // Only the second of a pair is an address: an odd line is no native code.
      const isNative = (low[i] & 1) === 1 && high[i] < 0x8000_0000;
      const line = high[i - 1] === 0 && low[i - 1] <= 0x7fff_ffff ? low[i - 1] : 0;
      this.#add(isNative ? ENTRY.native : ENTRY.code, low[i], high[i], line, 0);
    }
  }

  #decodeTagged({ depth, low, high }: RawSample): void {
    let assembler = 0;
    for (let i = 1; i < depth; i += 2) {
      const tag = high[i - 1] === 0 && low[i - 1] <= ENTRY.native ? low[i - 1] : ENTRY.either;
      if (tag === ENTRY.assembler) assembler = high[i] * 0x1_0000_0000 + low[i];
      else if (!this.#isPortal(tag, low[i], high[i])) {
        this.#add(tag, low[i], high[i], 0, tag === ENTRY.jitted ? assembler : 0);
      }
    }
  }

  #decodeLegacy({ depth, low, high }: RawSample): void {
    let isJitted = false;
    let assembler = 0;
    // The interrupted program counter stands there twice.
    const first = depth > 1 && low[0] === low[1] && high[0] === high[1] ? 1 : 0;
    for (let i = first; i < depth; i++) {
      if (high[i] === 0 && low[i] <= 3) {
        // 2 and 3 stand around the ids of what the machine code before them was made of; 0 ends a stack.
        if (low[i] === 2) {
          isJitted = true;
          assembler = this.#takeProgramCounter();
        } else if (low[i] === 3) isJitted = false;
        continue;
      }
      const top = high[i] >>> 24;
      const isId = top === 0x70 || top === 0x77;
      if (isId && !isJitted && this.#isPortal(ENTRY.code, low[i], high[i])) continue;
      const kind = !isId && !isJitted ? ENTRY.either : isJitted ? ENTRY.jitted : ENTRY.code;
      this.#add(kind, low[i], high[i], 0, isJitted ? assembler : 0);
    }
  }

  /** The interpreter frame that a loop was entered from: PyPy writes it as jitted, and then again as code. */
  #isPortal(tag: number, low: number, high: number): boolean {
    const last = this.length - 1;
    return (
      tag === ENTRY.code &&
      last >= 0 &&
      this.kind[last] === ENTRY.jitted &&
      this.low[last] === low &&
      this.high[last] === high
    );
  }

  #takeProgramCounter(): number {
    const last = this.length - 1;
    if (last < 0 || this.kind[last] !== ENTRY.either) return 0;
    this.length = last;
    return this.high[last] * 0x1_0000_0000 + this.low[last];
  }

  #add(kind: number, low: number, high: number, line: number, assembler: number): void {
    const row = this.length++;
    this.kind[row] = kind;
    this.low[row] = low;
    this.high[row] = high;
    this.line[row] = line;
    this.assembler[row] = assembler;
  }

  #grow(capacity: number): void {
    this.kind = new Uint8Array(capacity);
    this.low = new Uint32Array(capacity);
    this.high = new Uint32Array(capacity);
    this.line = new Int32Array(capacity);
    this.assembler = new Float64Array(capacity);
  }
}
