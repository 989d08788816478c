// Source places of addresses: the line, and the chain of functions that were inlined there. Read as far as it is asked for:
// at the first question the head of every unit, then only those units that hold the addresses.

import { MalformedError } from '../base/malformed.ts';
import { DwarfCursor } from './dwarf-cursor.ts';
import { type FormContext, isAddressForm, readNumberForm, readTextForm, skipForm } from './dwarf-forms.ts';
import { findLineRow, type LineTable, readLineTable } from './dwarf-lines.ts';
import { readRanges } from './dwarf-ranges.ts';
import { AT_HIGH_PC, AT_LOW_PC, type LoadedUnit, readScopes, type ScopeTable } from './dwarf-scopes.ts';
import type { DwarfSections } from './dwarf-sections.ts';
import { type Abbreviation, readAbbreviations, readUnitHeaders, type UnitHeader } from './dwarf-unit.ts';

/** One function of an inlined chain, or the function itself. */
export interface SourcePlace {
  /** Mangled where there is such a name; undefined when the debug information has none. */
  readonly name: string | undefined;
  /** Where the address (or the call of what was inlined there) is. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** Where the function is declared. */
  readonly declarationFile: string | undefined;
  readonly declarationLine: number | undefined;
}

/** Debug information of one file. Not to be used by several at a time. */
export interface DebugInfo {
  /** Innermost first; empty when the address is in no unit. Damage makes for fewer places and is no error. */
  placesAt(address: number): readonly SourcePlace[];
}

const AT_NAME = 0x03;
const AT_STMT_LIST = 0x10;
const AT_COMP_DIR = 0x1b;
const AT_ABSTRACT_ORIGIN = 0x31;
const AT_DECL_FILE = 0x3a;
const AT_DECL_LINE = 0x3b;
const AT_SPECIFICATION = 0x47;
const AT_RANGES = 0x55;
const AT_LINKAGE_NAME = 0x6e;
const AT_STR_OFFSETS_BASE = 0x72;
const AT_ADDR_BASE = 0x73;
const AT_RNGLISTS_BASE = 0x74;
const AT_MIPS_LINKAGE_NAME = 0x2007;
/** Heads of units are shorter than this; those with long texts in them are read again. */
const HEAD_SIZE = 512;
/** The largest units, of programs that were optimised as a whole, have some hundred megabytes. */
const MAX_UNIT = 256 << 20;
/** Units whose tables are kept. */
const KEPT_UNITS = 64;
/** An inlined function refers to its abstract one, that to its declaration. */
const MAX_REFERENCES = 8;

/** Opens nothing yet. */
export function openDebugInfo(sections: DwarfSections): DebugInfo {
  const reader = new DebugInfoReader(sections);
  return { placesAt: (address) => orElse(() => reader.placesAt(address), []) };
}

/** A unit with its tables. */
interface Unit extends LoadedUnit {
  readonly scopes: ScopeTable;
  readonly lines: LineTable | undefined;
}

/** What the first entry of a unit tells. */
interface UnitHead extends FormContext {
  readonly rangeListsBase: number;
  readonly lowAddress: number;
  readonly high: number;
  readonly ranges: { readonly value: number; readonly form: number } | undefined;
  readonly lineTable: number | undefined;
  readonly folder: string;
}

class DebugInfoReader {
  readonly #sections: DwarfSections;
  readonly #headers: readonly UnitHeader[];
  /** Ranges of units, in order of their beginning. */
  #low = new Float64Array();
  #high = new Float64Array();
  #unit = new Uint32Array();
  #isIndexed = false;
  readonly #units = new Map<number, Unit | undefined>();

  constructor(sections: DwarfSections) {
    this.#sections = sections;
    this.#headers = readUnitHeaders(sections.info);
  }

  placesAt(address: number): readonly SourcePlace[] {
    const unit = this.#findUnit(address);
    if (unit === undefined) return [];
    const { scopes, lines } = unit;
    const rows: number[] = [];
    for (let row = 0; row < scopes.length; row++) {
      if (address >= scopes.low[row] && address < scopes.high[row]) rows[scopes.depth[row]] = row;
    }
    const lineRow = lines === undefined ? -1 : findLineRow(lines, address);
    let file = lines === undefined || lineRow < 0 ? undefined : lines.paths[lines.files[lineRow]];
    let line = lines === undefined || lineRow < 0 ? undefined : lines.lines[lineRow];
    const places: SourcePlace[] = [];
    for (let depth = rows.length - 1; depth >= 0; depth--) {
      const row = rows[depth];
      if (row === undefined) continue;
      places.push({ ...this.#describe(unit, scopes.entry[row]), file, line });
      file = lines?.paths[scopes.callFile[row]];
      line = scopes.callLine[row] === 0 ? undefined : scopes.callLine[row];
    }
    if (places.length === 0 && line !== undefined) {
      places.push({ name: undefined, declarationFile: undefined, declarationLine: undefined, file, line });
    }
    return places;
  }

  #findUnit(address: number): Unit | undefined {
    if (!this.#isIndexed) this.#index();
    let low = 0;
    let high = this.#low.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#low[middle] <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0 || address >= this.#high[low - 1]) return undefined;
    return this.#load(this.#unit[low - 1]);
  }

  /** Finds the ranges of all units. */
  #index(): void {
    this.#isIndexed = true;
    const ranges: { low: number; high: number; unit: number }[] = [];
    this.#headers.forEach((header, unit) => {
      orElse(() => {
        const head = this.#readHead(header);
        if (head === undefined) return;
        const add = (low: number, high: number): void => {
          if (low > 0 && high > low) ranges.push({ low, high, unit });
        };
        if (head.ranges !== undefined) readRanges(head, { ...head.ranges, base: head.lowAddress }, add);
        else add(head.lowAddress, head.high);
      }, undefined);
    });
    ranges.sort((a, b) => a.low - b.low);
    this.#low = Float64Array.from(ranges, ({ low }) => low);
    this.#high = Float64Array.from(ranges, ({ high }) => high);
    this.#unit = Uint32Array.from(ranges, ({ unit }) => unit);
  }

  #readHead(header: UnitHeader): UnitHead | undefined {
    const { info } = this.#sections;
    const whole = header.end - header.begin;
    try {
      return this.#parseHead(header, info.read(header.begin, Math.min(whole, HEAD_SIZE)));
    } catch (error) {
      if (!(error instanceof MalformedError) || whole <= HEAD_SIZE || whole > MAX_UNIT) throw error;
      return this.#parseHead(header, info.read(header.begin, whole));
    }
  }

  #parseHead(header: UnitHeader, bytes: Uint8Array): UnitHead | undefined {
    const cursor = new DwarfCursor(bytes);
    const code = cursor.uleb();
    const table = readAbbreviations(this.#sections.abbreviations, header.abbreviations, code);
    const abbreviation = table.get(code);
    if (abbreviation === undefined) return undefined;
    const { version, offsetSize, offset } = header;
    // Attributes by which others are found may stand behind these: two passes.
    const bases = { stringOffsetsBase: offsetSize * 2, addressBase: 8, rangeListsBase: 0 };
    const begin = cursor.at;
    const unit = (): FormContext => ({ sections: this.#sections, offset, version, offsetSize, ...bases });
    forEachAttribute(abbreviation, (name, form, implicit) => {
      const isBase = name === AT_STR_OFFSETS_BASE || name === AT_ADDR_BASE || name === AT_RNGLISTS_BASE;
      if (!isBase) return skipForm(cursor, form, unit());
      const value = readNumberForm(cursor, form, implicit, unit());
      if (name === AT_STR_OFFSETS_BASE) bases.stringOffsetsBase = value;
      else if (name === AT_ADDR_BASE) bases.addressBase = value;
      else bases.rangeListsBase = value;
    });
    cursor.at = begin;
    const head = { lowAddress: 0, high: 0, ranges: undefined, lineTable: undefined, folder: '' } as {
      -readonly [Key in 'lowAddress' | 'high' | 'ranges' | 'lineTable' | 'folder']: UnitHead[Key];
    };
    let length = Number.NaN;
    const context = unit();
    forEachAttribute(abbreviation, (name, form, implicit) => {
      if (name === AT_COMP_DIR) {
        head.folder = readTextForm(cursor, form, context);
        return;
      }
      if (![AT_LOW_PC, AT_HIGH_PC, AT_RANGES, AT_STMT_LIST].includes(name)) {
        return skipForm(cursor, form, context);
      }
      const value = readNumberForm(cursor, form, implicit, context);
      if (name === AT_LOW_PC) head.lowAddress = value;
      else if (name === AT_RANGES) head.ranges = { value, form };
      else if (name === AT_STMT_LIST) head.lineTable = value;
      else if (isAddressForm(form)) head.high = value;
      else length = value;
    });
    if (!Number.isNaN(length)) head.high = head.lowAddress + length;
    return { ...context, ...bases, ...head };
  }

  #load(index: number): Unit | undefined {
    const known = this.#units.get(index);
    if (known !== undefined || this.#units.has(index)) return known;
    if (this.#units.size >= KEPT_UNITS) this.#units.clear();
    const unit = orElse(() => this.#readUnit(this.#headers[index]), undefined);
    this.#units.set(index, unit);
    return unit;
  }

  #readUnit(header: UnitHeader): Unit | undefined {
    const head = this.#readHead(header);
    const size = header.end - header.offset;
    if (head === undefined || size > MAX_UNIT) return undefined;
    const loaded: LoadedUnit = {
      ...head,
      bytes: this.#sections.info.read(header.offset, size),
      begin: header.begin - header.offset,
      abbreviations: readAbbreviations(this.#sections.abbreviations, header.abbreviations),
    };
    const { lineTable, folder } = head;
    const lines =
      lineTable === undefined ? undefined : orElse(() => readLineTable(loaded, lineTable, folder), undefined);
    return { ...loaded, scopes: readScopes(loaded), lines };
  }

  /** Name and declaration of the function of an entry, which often stand in others that it refers to. */
  #describe(
    first: Unit,
    firstEntry: number,
  ): Pick<SourcePlace, 'name' | 'declarationFile' | 'declarationLine'> {
    const found: { plain?: string; linkage?: string; file?: string | undefined; line?: number } = {};
    let unit: Unit | undefined = first;
    let entry = firstEntry;
    for (let count = 0; count < MAX_REFERENCES && unit !== undefined && entry > 0; count++) {
      const within: Unit = unit;
      const cursor = new DwarfCursor(within.bytes, entry - within.offset);
      const abbreviation = within.abbreviations.get(cursor.uleb());
      if (abbreviation === undefined) break;
      let next = 0;
      forEachAttribute(abbreviation, (name, form, implicit) => {
        if (name === AT_NAME && found.plain === undefined) found.plain = readTextForm(cursor, form, within);
        else if (name === AT_LINKAGE_NAME || name === AT_MIPS_LINKAGE_NAME) {
          found.linkage ??= readTextForm(cursor, form, within);
        } else if (name === AT_DECL_FILE) {
          found.file ??= within.lines?.paths[readNumberForm(cursor, form, implicit, within)];
        } else if (name === AT_DECL_LINE) {
          const line = readNumberForm(cursor, form, implicit, within);
          found.line ??= line;
        } else if (name === AT_ABSTRACT_ORIGIN || name === AT_SPECIFICATION) {
          next = readNumberForm(cursor, form, implicit, within);
        } else skipForm(cursor, form, within);
      });
      entry = next;
      if (entry > 0 && !contains(within, entry)) unit = this.#unitOf(entry);
    }
    const name = found.linkage || found.plain;
    return { name: name || undefined, declarationFile: found.file, declarationLine: found.line };
  }

  /** The unit that an entry stands in. */
  #unitOf(entry: number): Unit | undefined {
    const index = this.#headers.findIndex(({ begin, end }) => entry >= begin && entry < end);
    return index < 0 ? undefined : this.#load(index);
  }
}

function contains(unit: LoadedUnit, entry: number): boolean {
  return entry >= unit.offset + unit.begin && entry < unit.offset + unit.bytes.length;
}

function forEachAttribute(
  { attributes }: Abbreviation,
  visit: (name: number, form: number, implicit: number) => void,
): void {
  for (let at = 0; at < attributes.length; at += 3)
    visit(attributes[at], attributes[at + 1], attributes[at + 2]);
}

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return otherwise;
    throw error;
  }
}
