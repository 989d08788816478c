// Compiles the call frame instructions of a file into its unwind table. DWARF 5 section 6.4.2.

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';
import {
  type FrameDescription,
  type FrameSection,
  readFrameDescriptions,
  readPointer,
} from './call-frame-entries.ts';
import {
  CFA_EXPRESSION,
  CFA_REGISTER_MASK,
  NO_RULE,
  RULE_AT,
  RULE_AT_EXPRESSION,
  RULE_HEAD,
  RULE_REGISTER,
  RULE_SAME,
  RULE_SIGNAL,
  RULE_UNDEFINED,
  RULE_VALUE,
  RULE_VALUE_EXPRESSION,
  type UnwindArchitecture,
  type UnwindTable,
  UnwindTableBuilder,
} from './unwind-table.ts';

/** States can be remembered this deep; compilers need one level. */
const MAX_REMEMBERED = 64;

/**
 * The unwind table of a file from its sections; undefined when there is nothing in them. Where sections overlap, the
 * first one counts. Damaged entries leave gaps, which is no error.
 */
export function compileUnwindTable(
  architecture: UnwindArchitecture,
  sections: readonly FrameSection[],
): UnwindTable | undefined {
  const described = sections.flatMap((section, rank) =>
    readFrameDescriptions(section).map((description) => ({ description, section, rank })),
  );
  if (described.length === 0) return undefined;
  described.sort((a, b) => a.description.start - b.description.start || a.rank - b.rank);
  const builder = new UnwindTableBuilder(architecture, described[0].description.start);
  const programs = sections.map((section) => new FrameProgram(section, architecture, builder));
  let covered = 0;
  for (const { description, rank } of described) {
    if (description.start < covered) continue;
    if (description.start > covered) builder.addRow(covered, NO_RULE);
    builder.addFunction(description.start);
    programs[rank].run(description);
    covered = description.limit;
  }
  builder.addRow(covered, NO_RULE);
  return builder.build();
}

/** Runs the instructions of one section. */
class FrameProgram {
  readonly #section: FrameSection;
  readonly #builder: UnwindTableBuilder;
  readonly #registers: number;
  /** The rule that holds at the moment. */
  #rule: Int32Array;
  /** The rule that the common instructions made. */
  #initial: Int32Array;
  readonly #remembered: Int32Array[] = [];
  #location = 0;
  #limit = 0;

  constructor(section: FrameSection, architecture: UnwindArchitecture, builder: UnwindTableBuilder) {
    this.#section = section;
    this.#builder = builder;
    this.#registers = architecture.registers;
    this.#rule = new Int32Array(RULE_HEAD + architecture.registers);
    this.#initial = this.#rule.slice();
  }

  /** Adds the rows of one function. After damage it has no rule. */
  run(description: FrameDescription): void {
    const { common } = description;
    this.#rule.fill(0);
    this.#remembered.length = 0;
    this.#location = description.start;
    this.#limit = description.limit;
    try {
      this.#execute(description, common.begin, common.end);
      if (common.isSignal) this.#rule[0] |= RULE_SIGNAL;
      this.#initial.set(this.#rule);
      this.#execute(description, description.begin, description.end);
      this.#emit();
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#builder.addRow(this.#location, NO_RULE);
    }
  }

  #emit(): void {
    if (this.#location < this.#limit)
      this.#builder.addRow(this.#location, this.#builder.internRule(this.#rule));
  }

  #advance(delta: number): void {
    this.#emit();
    this.#location += delta;
  }

  #execute(description: FrameDescription, begin: number, end: number): void {
    const { codeAlignment, dataAlignment, pointerEncoding } = description.common;
    const cursor = new DwarfCursor(this.#section.bytes, begin, end);
    while (!cursor.isAtEnd) {
      const opcode = cursor.u8();
      const low = opcode & 0x3f;
      if (opcode >= 0xc0) {
        this.#restore(low);
      } else if (opcode >= 0x80) {
        this.#set(low, RULE_AT, cursor.uleb() * dataAlignment);
      } else if (opcode >= 0x40) {
        this.#advance(low * codeAlignment);
      } else {
        switch (opcode) {
          case 0x00: // nop
            break;
          case 0x01: {
            const location = readPointer(cursor, pointerEncoding, this.#section.address);
            if (location < this.#location) throw new MalformedError('a location goes back');
            this.#advance(location - this.#location);
            break;
          }
          case 0x02:
            this.#advance(cursor.u8() * codeAlignment);
            break;
          case 0x03:
            this.#advance(cursor.u16() * codeAlignment);
            break;
          case 0x04:
            this.#advance(cursor.u32() * codeAlignment);
            break;
          case 0x05: // offset_extended
            this.#set(cursor.uleb(), RULE_AT, cursor.uleb() * dataAlignment);
            break;
          case 0x06:
            this.#restore(cursor.uleb());
            break;
          case 0x07:
            this.#set(cursor.uleb(), RULE_UNDEFINED, 0);
            break;
          case 0x08:
            this.#set(cursor.uleb(), RULE_SAME, 0);
            break;
          case 0x09:
            this.#set(cursor.uleb(), RULE_REGISTER, cursor.uleb());
            break;
          case 0x0a: // remember_state
            if (this.#remembered.length >= MAX_REMEMBERED) throw new MalformedError('too many states');
            this.#remembered.push(this.#rule.slice());
            break;
          case 0x0b: {
            const rule = this.#remembered.pop();
            if (rule === undefined) throw new MalformedError('no state to restore');
            this.#rule.set(rule);
            break;
          }
          case 0x0c: // def_cfa
            this.#setCfaRegister(cursor.uleb());
            this.#setCfaValue(cursor.uleb());
            break;
          case 0x0d:
            this.#setCfaRegister(cursor.uleb());
            break;
          case 0x0e:
            this.#setCfaValue(cursor.uleb());
            break;
          case 0x0f: // def_cfa_expression
            this.#rule[0] = (this.#rule[0] & RULE_SIGNAL) | CFA_EXPRESSION;
            this.#rule[1] = this.#expression(cursor);
            break;
          case 0x10:
            this.#set(cursor.uleb(), RULE_AT_EXPRESSION, this.#expression(cursor));
            break;
          case 0x11: // offset_extended_sf
            this.#set(cursor.uleb(), RULE_AT, cursor.sleb() * dataAlignment);
            break;
          case 0x12: // def_cfa_sf
            this.#setCfaRegister(cursor.uleb());
            this.#setCfaValue(cursor.sleb() * dataAlignment);
            break;
          case 0x13:
            this.#setCfaValue(cursor.sleb() * dataAlignment);
            break;
          case 0x14: // val_offset
            this.#set(cursor.uleb(), RULE_VALUE, cursor.uleb() * dataAlignment);
            break;
          case 0x15:
            this.#set(cursor.uleb(), RULE_VALUE, cursor.sleb() * dataAlignment);
            break;
          case 0x16:
            this.#set(cursor.uleb(), RULE_VALUE_EXPRESSION, this.#expression(cursor));
            break;
          case 0x2b: // arm64: negate_ra_state_with_pc
          case 0x2d: // arm64: negate_ra_state. Signatures are stripped from every return address.
            break;
          case 0x2e: // GNU_args_size: of no use for unwinding
            cursor.uleb();
            break;
          case 0x2f: // GNU_negative_offset_extended
            this.#set(cursor.uleb(), RULE_AT, -cursor.uleb() * dataAlignment);
            break;
          default:
            throw new MalformedError(`an instruction is 0x${opcode.toString(16)}`);
        }
      }
    }
  }

  #set(register: number, kind: number, value: number): void {
    // Other registers (vectors) hold no addresses.
    if (register >= this.#registers) return;
    if (!(Math.abs(value) < 1 << 28)) throw new MalformedError('an offset is too large');
    this.#rule[RULE_HEAD + register] = (value << 3) | kind;
  }

  #restore(register: number): void {
    if (register < this.#registers) this.#rule[RULE_HEAD + register] = this.#initial[RULE_HEAD + register];
  }

  #setCfaRegister(register: number): void {
    if (register >= this.#registers) throw new MalformedError('the frame is relative to an unknown register');
    this.#rule[0] = (this.#rule[0] & RULE_SIGNAL) | register;
  }

  #setCfaValue(value: number): void {
    if (!(Math.abs(value) <= 0x7fff_ffff)) throw new MalformedError('a frame is too large');
    if ((this.#rule[0] & CFA_REGISTER_MASK) === CFA_EXPRESSION) {
      throw new MalformedError('a distance from what an expression gives');
    }
    this.#rule[1] = value;
  }

  #expression(cursor: DwarfCursor): number {
    return this.#builder.internExpression(cursor.take(cursor.uleb()));
  }
}
