// Units of .debug_info: their headers, and the abbreviations that say which attributes their entries have. DWARF 5 section 7.5.

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';
import type { SectionData } from '../elf/elf-section-data.ts';

/** A unit, mostly one source file. Offsets are positions in .debug_info. */
export interface UnitHeader {
  readonly offset: number;
  /** Where its first entry stands, and the first byte behind the unit. */
  readonly begin: number;
  readonly end: number;
  readonly version: number;
  /** Bytes of an offset: 8 in 64-bit DWARF. */
  readonly offsetSize: 4 | 8;
  readonly abbreviations: number;
  /** Of a skeleton, and of what belongs to it in another file, since DWARF 5: 16 hexadecimal digits that both have. */
  readonly splitId: string | undefined;
}

/** What entries of one kind consist of. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Three numbers for each attribute: name, form, and the value of DW_FORM_implicit_const. */
  readonly attributes: readonly number[];
}

const HEADER_SIZE = 48;
const TYPE_COMPILE = 1;
const TYPE_PARTIAL = 3;
/** What is left of a unit whose functions stand in a file of their own (.dwo): its addresses and its lines. */
const TYPE_SKELETON = 4;
/** What stands in that file. */
const TYPE_SPLIT_COMPILE = 5;
/** Programs of a hundred megabytes have some ten thousand. */
const MAX_UNITS = 1 << 18;
const MAX_ABBREVIATIONS = 4 << 20;
const IMPLICIT_CONST = 0x21;

/** The headers of all units that hold code. Ends where one makes no sense. */
export function readUnitHeaders(info: SectionData): UnitHeader[] {
  const units: UnitHeader[] = [];
  for (let offset = 0; offset < info.size && units.length < MAX_UNITS; ) {
    const next = readHeader(info, offset);
    if (next === undefined) break;
    if (next.unit !== undefined) units.push(next.unit);
    offset = next.end;
  }
  return units;
}

function readHeader(
  info: SectionData,
  offset: number,
): { readonly unit: UnitHeader | undefined; readonly end: number } | undefined {
  try {
    const cursor = new DwarfCursor(info.read(offset, HEADER_SIZE));
    let length = cursor.u32();
    const offsetSize = length === 0xffff_ffff ? 8 : 4;
    if (offsetSize === 8) length = cursor.u64();
    const end = offset + cursor.at + length;
    if (length === 0 || end > info.size) return undefined;
    const version = cursor.u16();
    if (version < 2 || version > 5) return { unit: undefined, end };
    let type = TYPE_COMPILE;
    if (version === 5) {
      type = cursor.u8();
      cursor.skip(1);
    }
    const abbreviations = cursor.unsigned(offsetSize);
    if (version < 5) cursor.skip(1);
    let splitId: string | undefined;
    if (type === TYPE_SKELETON || type === TYPE_SPLIT_COMPILE) splitId = cursor.hex64();
    else if (type !== TYPE_COMPILE && type !== TYPE_PARTIAL) return { unit: undefined, end };
    return {
      unit: { offset, begin: offset + cursor.at, end, version, offsetSize, abbreviations, splitId },
      end,
    };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** The abbreviations at an offset, by their code. Up to `last`, where no others are needed. */
export function readAbbreviations(
  section: SectionData,
  offset: number,
  last = Number.POSITIVE_INFINITY,
): Map<number, Abbreviation> {
  let size = 1 << 10;
  for (;;) {
    const bytes = section.read(offset, size);
    const isAll = bytes.length < size || size >= MAX_ABBREVIATIONS;
    try {
      return parseAbbreviations(new DwarfCursor(bytes), last);
    } catch (error) {
      // The table goes on behind what was read.
      if (!(error instanceof MalformedError) || isAll) throw error;
      size *= 8;
    }
  }
}

function parseAbbreviations(cursor: DwarfCursor, last: number): Map<number, Abbreviation> {
  const found = new Map<number, Abbreviation>();
  for (;;) {
    const code = cursor.uleb();
    if (code === 0) return found;
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    const attributes: number[] = [];
    for (;;) {
      const name = cursor.uleb();
      const form = cursor.uleb();
      const value = form === IMPLICIT_CONST ? cursor.sleb() : 0;
      if (name === 0 && form === 0) break;
      attributes.push(name, form, value);
    }
    found.set(code, { tag, hasChildren, attributes });
    if (code === last) return found;
  }
}
