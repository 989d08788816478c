import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  type FrameTier,
  FUNCTION_KINDS,
  type FunctionIndex,
  type MappingIndex,
  NONE,
} from '../../profile/tables.ts';
import { WEIGHT_KEY } from './clock.ts';
import { parseCodeName } from './code-name.ts';
import { ENTRY, type Entries } from './entries.ts';
import { findMapping } from './maps.ts';
import type { ProfMapping } from './section.ts';
import type { SectionSurvey } from './survey.ts';

/** How frames of each kind of entry were executed. */
const TIERS: readonly FrameTier[] = [
  'interpreted',
  'interpreted',
  // Carries on interpreting where machine code was left.
  'interpreted',
  'jit',
  'jit',
  'gc',
  'jit',
  'native',
];

const GC_KIND = FUNCTION_KINDS.indexOf('gc');

/** Phases of PyPy that have no code of their own. */
const PHASES = new Map<number, string>([
  [ENTRY.blackhole, '(blackhole interpreter)'],
  [ENTRY.jitting, '(tracing)'],
  [ENTRY.gc, '(garbage collection)'],
]);

/** Functions without a name that are kept apart; no program has so many, but noise has. */
const MAX_UNNAMED = 1 << 16;

/** Turns entries of the stacks of one profile into frames. */
export class CodeFrames {
  readonly #builder: ProfileBuilder;
  readonly #survey: SectionSurvey;
  /** By rows of `codes`; NONE: not made yet. */
  readonly #functions: Int32Array;
  /** By row and kind; NONE: not made yet. Those with a line or with machine code are looked up in the builder. */
  readonly #frames: Int32Array;
  /** Our own writer has made the file. */
  readonly #isOwn: boolean;
  /** Functions without a name that stand in a stack. */
  unnamed = 0;

  constructor(builder: ProfileBuilder, survey: SectionSurvey) {
    this.#builder = builder;
    this.#survey = survey;
    this.#isOwn = survey.section.meta.has(WEIGHT_KEY);
    this.#functions = new Int32Array(survey.codes.length).fill(NONE);
    this.#frames = new Int32Array(survey.codes.length * TIERS.length).fill(NONE);
    // In the order of their names, so that a file read back has its functions in the order they were written in.
    for (const row of survey.namedRows) if (survey.used[row] === 1) this.#getFunction(row, ENTRY.either);
  }

  /** The frame of an entry. */
  get(entries: Entries, i: number): FrameIndex {
    const kind = entries.kind[i];
    const row = this.#survey.codes.intern(entries.low[i], entries.high[i]);
    const line = entries.line[i];
    const assembler = entries.assembler[i];
    if (line === 0 && assembler === 0) {
      const slot = row * TIERS.length + kind;
      if (this.#frames[slot] === NONE) this.#frames[slot] = this.#internFrame(row, kind);
      return this.#frames[slot] as FrameIndex;
    }
    const func = this.#getFunction(row, kind);
    if (kind === ENTRY.code) return this.#builder.internFrameLine(func, line);
    return this.#builder.internFrame({
      function: func,
      tier: TIERS[kind],
      ...(line > 0 ? { line } : {}),
      ...(assembler > 0 && assembler <= Number.MAX_SAFE_INTEGER ? { address: assembler } : {}),
    });
  }

  #internFrame(row: number, kind: number): FrameIndex {
    const isNative = kind === ENTRY.native || (kind === ENTRY.either && this.#isProgramCounter(row));
    const func = this.#getFunction(row, isNative ? ENTRY.native : kind);
    if (!isNative) {
      const isCollector = this.#builder.functions.kind[func] === GC_KIND;
      return this.#builder.internFrame({ function: func, tier: isCollector ? 'gc' : TIERS[kind] });
    }
    // Our own writer makes ids up.
    const address = this.#isOwn ? 0 : this.#addressOf(row);
    const mapping = findMapping(this.#survey.section.mappings, address);
    return this.#builder.internFrame({
      function: func,
      tier: 'native',
      ...(address > 0 && address <= Number.MAX_SAFE_INTEGER ? { address } : {}),
      ...(mapping === undefined ? {} : { mapping: this.#internMapping(mapping) }),
    });
  }

  #getFunction(row: number, kind: number): FunctionIndex {
    if (this.#functions[row] === NONE) {
      this.#functions[row] = this.#internFunction(row, kind);
    }
    return this.#functions[row] as FunctionIndex;
  }

  #internFunction(row: number, kind: number): FunctionIndex {
    const name = this.#survey.names[row];
    if (name !== undefined) return this.#builder.internFunction(parseCodeName(name, this.#isOwn));
    const phase = PHASES.get(kind);
    if (phase !== undefined) {
      return this.#builder.internFunction({ name: phase, kind: kind === ENTRY.gc ? 'gc' : 'jit' });
    }
    if (this.unnamed++ > MAX_UNNAMED)
      return this.#builder.internFunction({ name: '<unknown>', kind: 'native' });
    const isNative = kind === ENTRY.native || kind === ENTRY.assembler;
    const mapping = isNative ? findMapping(this.#survey.section.mappings, this.#addressOf(row)) : undefined;
    if (mapping === undefined) {
      const text = `<unknown ${this.#survey.codes.format(row)}>`;
      return this.#builder.internFunction({ name: text, kind: isNative ? 'native' : 'python' });
    }
    const { file, start, offset } = mapping;
    const place = (this.#addressOf(row) - start + offset).toString(16);
    const name2 = `${file.slice(file.lastIndexOf('/') + 1)}+0x${place}`;
    return this.#builder.internFunction({ name: name2, file, kind: 'native' });
  }

  /** What has no name and no mark of an id is an address that the program counter had. */
  #isProgramCounter(row: number): boolean {
    if (this.#survey.names[row] !== undefined) return false;
    return this.#survey.section.mappings.length > 0 || this.#survey.section.isSlots;
  }

  /** Addresses of native code are marked by a bit; program counters are as they were. */
  #addressOf(row: number): number {
    const { codes, section } = this.#survey;
    const low = section.version >= 2 ? codes.low[row] & ~1 : codes.low[row];
    return codes.high[row] * 0x1_0000_0000 + (low >>> 0);
  }

  #internMapping({ file, start, end, offset }: ProfMapping): MappingIndex {
    return this.#builder.internMapping({ file, start, end, offset });
  }
}
