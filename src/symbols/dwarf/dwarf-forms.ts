// How attributes are written: DWARF 5 section 7.5.5, and the GNU extensions of DWARF 4.

import { MalformedError } from '../../base/malformed.ts';
import type { DwarfCursor } from '../dwarf-cursor.ts';
import { type DwarfSections, readNumberAt, readTextAt } from './dwarf-sections.ts';

/** What decoding an attribute needs to know of its unit. */
export interface FormContext {
  readonly sections: DwarfSections;
  /** Position of the unit in .debug_info, which references are relative to. */
  readonly offset: number;
  readonly version: number;
  readonly offsetSize: 4 | 8;
  /** Where the unit's part of the sections begins (DWARF 5). */
  readonly stringOffsetsBase: number;
  readonly addressBase: number;
}

/** Whether a number of this form is an address rather than a distance. */
export function isAddressForm(form: number): boolean {
  return form === 0x01 || form === 0x1b || form === 0x1f01 || (form >= 0x29 && form <= 0x2c);
}

/** An address, constant, flag, or position; references as positions in .debug_info. NaN for what is no such thing. */
export function readNumberForm(
  cursor: DwarfCursor,
  form: number,
  implicit: number,
  unit: FormContext,
): number {
  switch (form) {
    case 0x01: // addr
    case 0x07: // data8
      return cursor.u64();
    case 0x05:
      return cursor.u16();
    case 0x06:
      return cursor.u32();
    case 0x0b: // data1
    case 0x0c: // flag
      return cursor.u8();
    case 0x0d:
      return cursor.sleb();
    case 0x0f: // udata
    case 0x22: // loclistx
    case 0x23: // rnglistx
      return cursor.uleb();
    case 0x10: // ref_addr
      return cursor.unsigned(unit.version < 3 ? 8 : unit.offsetSize);
    case 0x11:
      return unit.offset + cursor.u8();
    case 0x12:
      return unit.offset + cursor.u16();
    case 0x13:
      return unit.offset + cursor.u32();
    case 0x14:
      return unit.offset + cursor.u64();
    case 0x15:
      return unit.offset + cursor.uleb();
    case 0x17: // sec_offset
      return cursor.unsigned(unit.offsetSize);
    case 0x19: // flag_present
      return 1;
    case 0x1b: // addrx
    case 0x1f01: // GNU_addr_index
      return readIndexedAddress(cursor.uleb(), unit);
    case 0x21: // implicit_const
      return implicit;
    case 0x29:
    case 0x2a:
    case 0x2b:
    case 0x2c:
      return readIndexedAddress(cursor.unsigned(form - 0x28), unit);
    default:
      skipForm(cursor, form, unit);
      return Number.NaN;
  }
}

/** A text; empty for what is none, or is in another file. */
export function readTextForm(cursor: DwarfCursor, form: number, unit: FormContext): string {
  const { sections, offsetSize } = unit;
  switch (form) {
    case 0x08:
      return cursor.text();
    case 0x0e:
      return readTextAt(sections.strings, cursor.unsigned(offsetSize));
    case 0x1f:
      return readTextAt(sections.lineStrings, cursor.unsigned(offsetSize));
    case 0x1a: // strx
    case 0x1f02: // GNU_str_index
      return readIndexedText(cursor.uleb(), unit);
    case 0x25:
    case 0x26:
    case 0x27:
    case 0x28:
      return readIndexedText(cursor.unsigned(form - 0x24), unit);
    default:
      skipForm(cursor, form, unit);
      return '';
  }
}

/** Goes to the next attribute. */
export function skipForm(cursor: DwarfCursor, form: number, unit: FormContext): void {
  cursor.skip(lengthOf(cursor, form, unit));
}

/** How many bytes are left of an attribute, after its length was read. */
function lengthOf(cursor: DwarfCursor, form: number, unit: FormContext): number {
  switch (form) {
    case 0x03: // block2
      return cursor.u16();
    case 0x04: // block4
      return cursor.u32();
    case 0x09: // block
    case 0x18: // exprloc
      return cursor.uleb();
    case 0x0a: // block1
      return cursor.u8();
    case 0x08: // string
      cursor.skipText();
      return 0;
    case 0x0b: // data1
    case 0x0c: // flag
    case 0x11: // ref1
    case 0x25: // strx1
    case 0x29: // addrx1
      return 1;
    case 0x05: // data2
    case 0x12: // ref2
    case 0x26: // strx2
    case 0x2a: // addrx2
      return 2;
    case 0x27: // strx3
    case 0x2b: // addrx3
      return 3;
    case 0x06: // data4
    case 0x13: // ref4
    case 0x1c: // ref_sup4
    case 0x28: // strx4
    case 0x2c: // addrx4
      return 4;
    case 0x01: // addr
    case 0x07: // data8
    case 0x14: // ref8
    case 0x20: // ref_sig8
    case 0x24: // ref_sup8
      return 8;
    case 0x1e: // data16
      return 16;
    case 0x0d: // sdata
    case 0x0f: // udata
    case 0x15: // ref_udata
    case 0x1a: // strx
    case 0x1b: // addrx
    case 0x22: // loclistx
    case 0x23: // rnglistx
    case 0x1f01: // GNU_addr_index
    case 0x1f02: // GNU_str_index
      cursor.uleb();
      return 0;
    case 0x0e: // strp
    case 0x17: // sec_offset
    case 0x1d: // strp_sup
    case 0x1f: // line_strp
    case 0x1f20: // GNU_ref_alt
    case 0x1f21: // GNU_strp_alt
      return unit.offsetSize;
    case 0x10: // ref_addr
      return unit.version < 3 ? 8 : unit.offsetSize;
    case 0x19: // flag_present
    case 0x21: // implicit_const
      return 0;
    default:
      // DW_FORM_indirect is written by nobody.
      throw new MalformedError(`an attribute has the form 0x${form.toString(16)}`);
  }
}

function readIndexedAddress(index: number, unit: FormContext): number {
  return readNumberAt(unit.sections.addresses, unit.addressBase + index * 8, 8);
}

function readIndexedText(index: number, unit: FormContext): string {
  const { sections, offsetSize, stringOffsetsBase } = unit;
  const offset = readNumberAt(sections.stringOffsets, stringOffsetsBase + index * offsetSize, offsetSize);
  return readTextAt(sections.strings, offset);
}
