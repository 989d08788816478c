// Source places of addresses: the line, and the chain of functions that were inlined there. Read as far as it is asked for:
// at the first question the head of every unit, then only those units that hold the addresses.

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';
import { readNumberForm, readTextForm, skipForm } from './dwarf-forms.ts';
import { findLineRow, type LineTable, readLineTable } from './dwarf-lines.ts';
import { readRanges } from './dwarf-ranges.ts';
import { type LoadedUnit, readScopes, type ScopeTable } from './dwarf-scopes.ts';
import type { DwarfSections } from './dwarf-sections.ts';
import { type SplitSource, SplitUnits } from './dwarf-split.ts';
import { readAbbreviations, readUnitHeaders, type UnitHeader } from './dwarf-unit.ts';
import { forEachAttribute, MAX_UNIT, readUnitHead } from './dwarf-unit-head.ts';

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
const AT_ABSTRACT_ORIGIN = 0x31;
const AT_DECL_FILE = 0x3a;
const AT_DECL_LINE = 0x3b;
const AT_SPECIFICATION = 0x47;
const AT_LINKAGE_NAME = 0x6e;
const AT_MIPS_LINKAGE_NAME = 0x2007;
/** Units whose tables are kept. */
const KEPT_UNITS = 64;
/** An inlined function refers to its abstract one, that to its declaration. */
const MAX_REFERENCES = 8;

/** Opens nothing yet. `split`: where functions are whose units stand in files of their own; without it, these have lines alone. */
export function openDebugInfo(sections: DwarfSections, split?: SplitSource): DebugInfo {
  const reader = new DebugInfoReader(sections, split);
  return { placesAt: (address) => orElse(() => reader.placesAt(address), []) };
}

/** A unit with its tables. */
interface Unit extends LoadedUnit {
  readonly scopes: ScopeTable;
  readonly lines: LineTable | undefined;
  /** Closes the file that the unit stands in; undefined where that is the program. */
  readonly close: (() => void) | undefined;
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
  readonly #split: SplitUnits | undefined;

  constructor(sections: DwarfSections, split: SplitSource | undefined) {
    this.#sections = sections;
    this.#split = split && new SplitUnits(split);
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
        const head = readUnitHead(this.#sections, header);
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

  #load(index: number): Unit | undefined {
    const known = this.#units.get(index);
    if (known !== undefined || this.#units.has(index)) return known;
    if (this.#units.size >= KEPT_UNITS) {
      for (const unit of this.#units.values()) unit?.close?.();
      this.#units.clear();
    }
    const unit = orElse(() => this.#readUnit(this.#headers[index]), undefined);
    this.#units.set(index, unit);
    return unit;
  }

  #readUnit(header: UnitHeader): Unit | undefined {
    const head = readUnitHead(this.#sections, header);
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
    const split = this.#split?.find(head);
    if (split !== undefined) {
      const scopes = orElse(() => readScopes(split.unit), undefined);
      if (scopes !== undefined) return { ...split.unit, scopes, lines, close: split.close };
      split.close();
    }
    return { ...loaded, scopes: readScopes(loaded), lines, close: undefined };
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
      if (entry > 0 && !contains(within, entry)) {
        // In a file of its own, a unit refers to none but itself.
        unit = within.close === undefined ? this.#unitOf(entry) : undefined;
      }
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

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return otherwise;
    throw error;
  }
}
