// What the first entry of a unit tells of all others. DWARF 5 section 3.1.1; of split units 3.1.2 and 3.1.3, and before DWARF 5
// https://gcc.gnu.org/wiki/DebugFission.

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';
import { type FormContext, isAddressForm, readNumberForm, readTextForm, skipForm } from './dwarf-forms.ts';
import type { DwarfSections } from './dwarf-sections.ts';
import { type Abbreviation, readAbbreviations, type UnitHeader } from './dwarf-unit.ts';

const AT_LOW_PC = 0x11;
const AT_HIGH_PC = 0x12;
const AT_STMT_LIST = 0x10;
const AT_COMP_DIR = 0x1b;
const AT_RANGES = 0x55;
const AT_STR_OFFSETS_BASE = 0x72;
const AT_ADDR_BASE = 0x73;
const AT_RNGLISTS_BASE = 0x74;
const AT_DWO_NAME = 0x76;
const AT_GNU_DWO_NAME = 0x2130;
const AT_GNU_DWO_ID = 0x2131;
const AT_GNU_RANGES_BASE = 0x2132;
const AT_GNU_ADDR_BASE = 0x2133;
/** Heads of units are shorter than this; those with long texts in them are read again. */
const HEAD_SIZE = 512;
/** The largest units, of programs that were optimised as a whole, have some hundred megabytes. */
export const MAX_UNIT = 256 << 20;

export interface UnitHead extends FormContext {
  readonly rangeListsBase: number;
  readonly lowAddress: number;
  readonly high: number;
  readonly ranges: { readonly value: number; readonly form: number } | undefined;
  readonly lineTable: number | undefined;
  readonly folder: string;
  /** The file that has the rest of it, and what that must say: of a skeleton. */
  readonly splitName: string | undefined;
  readonly splitId: string | undefined;
  /** What offsets of ranges in that file are relative to, before DWARF 5. */
  readonly splitRangesBase: number;
}

/** Undefined when it has none; MalformedError when it is damaged. */
export function readUnitHead(sections: DwarfSections, header: UnitHeader): UnitHead | undefined {
  const { info } = sections;
  const whole = header.end - header.begin;
  try {
    return parseHead(sections, header, info.read(header.begin, Math.min(whole, HEAD_SIZE)));
  } catch (error) {
    if (!(error instanceof MalformedError) || whole <= HEAD_SIZE || whole > MAX_UNIT) throw error;
    return parseHead(sections, header, info.read(header.begin, whole));
  }
}

function parseHead(sections: DwarfSections, header: UnitHeader, bytes: Uint8Array): UnitHead | undefined {
  const cursor = new DwarfCursor(bytes);
  const code = cursor.uleb();
  const abbreviation = readAbbreviations(sections.abbreviations, header.abbreviations, code).get(code);
  if (abbreviation === undefined) return undefined;
  const begin = cursor.at;
  const context = readContext(sections, header, cursor, abbreviation);
  cursor.at = begin;
  const head = {
    lowAddress: 0,
    high: 0,
    ranges: undefined,
    lineTable: undefined,
    folder: '',
    splitName: undefined,
    splitId: header.splitId,
  } as {
    -readonly [Key in
      | 'lowAddress'
      | 'high'
      | 'ranges'
      | 'lineTable'
      | 'folder'
      | 'splitName'
      | 'splitId']: UnitHead[Key];
  };
  let length = Number.NaN;
  forEachAttribute(abbreviation, (name, form, implicit) => {
    if (name === AT_COMP_DIR) head.folder = readTextForm(cursor, form, context);
    else if (name === AT_DWO_NAME || name === AT_GNU_DWO_NAME) {
      head.splitName = readTextForm(cursor, form, context);
    } else if (name === AT_GNU_DWO_ID) head.splitId = cursor.hex64();
    else if (![AT_LOW_PC, AT_HIGH_PC, AT_RANGES, AT_STMT_LIST].includes(name)) {
      skipForm(cursor, form, context);
    } else {
      const value = readNumberForm(cursor, form, implicit, context);
      if (name === AT_LOW_PC) head.lowAddress = value;
      else if (name === AT_RANGES) head.ranges = { value, form };
      else if (name === AT_STMT_LIST) head.lineTable = value;
      else if (isAddressForm(form)) head.high = value;
      else length = value;
    }
  });
  if (!Number.isNaN(length)) head.high = head.lowAddress + length;
  return { ...context, ...head };
}

/** Where the unit's parts of other sections begin: may stand behind attributes that refer to them. */
function readContext(
  sections: DwarfSections,
  { version, offsetSize, offset }: UnitHeader,
  cursor: DwarfCursor,
  abbreviation: Abbreviation,
): FormContext & { readonly rangeListsBase: number; readonly splitRangesBase: number } {
  const bases = {
    stringOffsetsBase: version < 5 ? 0 : offsetSize * 2,
    addressBase: version < 5 ? 0 : 8,
    rangeListsBase: 0,
    splitRangesBase: 0,
  };
  const plain: FormContext = { sections, offset, version, offsetSize, ...bases };
  forEachAttribute(abbreviation, (name, form, implicit) => {
    const key = BASES.get(name);
    if (key === undefined) skipForm(cursor, form, plain);
    else bases[key] = readNumberForm(cursor, form, implicit, plain);
  });
  return { ...plain, ...bases };
}

const BASES: ReadonlyMap<number, 'stringOffsetsBase' | 'addressBase' | 'rangeListsBase' | 'splitRangesBase'> =
  new Map([
    [AT_STR_OFFSETS_BASE, 'stringOffsetsBase'],
    [AT_ADDR_BASE, 'addressBase'],
    [AT_GNU_ADDR_BASE, 'addressBase'],
    [AT_RNGLISTS_BASE, 'rangeListsBase'],
    [AT_GNU_RANGES_BASE, 'splitRangesBase'],
  ]);

/** Calls `visit` with name, form and implicit value of each attribute that entries of a kind have. */
export function forEachAttribute(
  { attributes }: Abbreviation,
  visit: (name: number, form: number, implicit: number) => void,
): void {
  for (let at = 0; at < attributes.length; at += 3)
    visit(attributes[at], attributes[at + 1], attributes[at + 2]);
}
