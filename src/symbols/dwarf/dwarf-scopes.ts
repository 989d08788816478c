// The functions of one unit, and what was inlined into them: every range of addresses with the entry that it belongs to.
// DWARF 5 section 3.3.

import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';
import { type FormContext, isAddressForm, readNumberForm, skipForm } from './dwarf-forms.ts';
import { readRanges } from './dwarf-ranges.ts';
import type { Abbreviation } from './dwarf-unit.ts';

/** A unit whose entries can be read. */
export interface LoadedUnit extends FormContext {
  /** Bytes of the whole unit: byte 0 stands at `offset`. */
  readonly bytes: Uint8Array;
  /** Where the first entry stands in `bytes`. */
  readonly begin: number;
  readonly abbreviations: ReadonlyMap<number, Abbreviation>;
  readonly rangeListsBase: number;
  /** What addresses of range lists are relative to. */
  readonly lowAddress: number;
}

/** Rows: one for each range. */
export interface ScopeTable {
  readonly length: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** 0 for a function; n for one that was inlined n levels deep. */
  readonly depth: Uint16Array;
  /** Where its entry stands in .debug_info. */
  readonly entry: Float64Array;
  /** Where it was called, of inlined functions. */
  readonly callFile: Uint32Array;
  readonly callLine: Uint32Array;
}

const AT_SIBLING = 0x01;
const AT_LOW_PC = 0x11;
const AT_HIGH_PC = 0x12;
const AT_RANGES = 0x55;
const AT_CALL_FILE = 0x58;
const AT_CALL_LINE = 0x59;
const TAG_LEXICAL_BLOCK = 0x0b;
const TAG_COMPILE_UNIT = 0x11;
const TAG_INLINED = 0x1d;
const TAG_MODULE = 0x1e;
const TAG_FUNCTION = 0x2e;
const TAG_NAMESPACE = 0x39;
const TAG_PARTIAL_UNIT = 0x3c;
const WITH_CODE = new Set([
  TAG_LEXICAL_BLOCK,
  TAG_COMPILE_UNIT,
  TAG_INLINED,
  TAG_MODULE,
  TAG_FUNCTION,
  TAG_NAMESPACE,
  TAG_PARTIAL_UNIT,
]);
/** Scopes nest some dozen levels deep. */
const MAX_LEVELS = 512;

/** Walks all entries of a unit. MalformedError when it is damaged. */
export function readScopes(unit: LoadedUnit): ScopeTable {
  const scopes = new ScopeCollector();
  const cursor = new DwarfCursor(unit.bytes, unit.begin);
  // Inline depth of the entries at each level.
  const depths = new Uint16Array(MAX_LEVELS);
  let level = 0;
  while (!cursor.isAtEnd) {
    const entry = unit.offset + cursor.at;
    const code = cursor.uleb();
    if (code === 0) {
      if (level === 0 || --level === 0) break;
      continue;
    }
    const abbreviation = unit.abbreviations.get(code);
    if (abbreviation === undefined) break;
    const { tag, hasChildren } = abbreviation;
    const depth = tag === TAG_INLINED ? depths[level] + 1 : tag === TAG_FUNCTION ? 0 : depths[level];
    const isScope = tag === TAG_INLINED || tag === TAG_FUNCTION;
    const sibling = readEntry(cursor, unit, abbreviation, isScope ? { scopes, entry, depth } : undefined);
    if (!hasChildren) continue;
    if (!WITH_CODE.has(tag) && sibling > entry && sibling <= unit.offset + unit.bytes.length) {
      cursor.at = sibling - unit.offset;
      continue;
    }
    if (++level >= MAX_LEVELS) break;
    depths[level] = depth;
  }
  return scopes.build();
}

/** Reads the attributes of an entry; adds its ranges to the scopes. Returns where the next entry beside it stands, or 0. */
function readEntry(
  cursor: DwarfCursor,
  unit: LoadedUnit,
  { attributes }: Abbreviation,
  scope: { readonly scopes: ScopeCollector; readonly entry: number; readonly depth: number } | undefined,
): number {
  let sibling = 0;
  let low = Number.NaN;
  let high = Number.NaN;
  let isLength = false;
  let ranges: { value: number; form: number } | undefined;
  let file = 0;
  let line = 0;
  for (let at = 0; at < attributes.length; at += 3) {
    const name = attributes[at];
    const form = attributes[at + 1];
    if (name === AT_SIBLING) sibling = readNumberForm(cursor, form, 0, unit);
    else if (scope === undefined) skipForm(cursor, form, unit);
    else if (name === AT_LOW_PC) low = readNumberForm(cursor, form, 0, unit);
    else if (name === AT_HIGH_PC) {
      high = readNumberForm(cursor, form, attributes[at + 2], unit);
      isLength = !isAddressForm(form);
    } else if (name === AT_RANGES) ranges = { value: readNumberForm(cursor, form, 0, unit), form };
    else if (name === AT_CALL_FILE) file = readNumberForm(cursor, form, attributes[at + 2], unit);
    else if (name === AT_CALL_LINE) line = readNumberForm(cursor, form, attributes[at + 2], unit);
    else skipForm(cursor, form, unit);
  }
  if (scope === undefined) return sibling;
  const { scopes, entry, depth } = scope;
  const add = (from: number, to: number): void =>
    scopes.add({ low: from, high: to, depth, entry, file, line });
  if (ranges !== undefined) readRanges(unit, { ...ranges, base: unit.lowAddress }, add);
  else if (low > 0) add(low, isLength ? low + high : high);
  return sibling;
}

class ScopeCollector {
  #length = 0;
  #low = new Float64Array(64);
  #high = new Float64Array(64);
  #depth = new Uint16Array(64);
  #entry = new Float64Array(64);
  #callFile = new Uint32Array(64);
  #callLine = new Uint32Array(64);

  add(row: { low: number; high: number; depth: number; entry: number; file: number; line: number }): void {
    if (!(row.low > 0 && row.high > row.low)) return;
    if (this.#length === this.#low.length) this.#grow();
    const at = this.#length++;
    this.#low[at] = row.low;
    this.#high[at] = row.high;
    this.#depth[at] = row.depth;
    this.#entry[at] = row.entry;
    this.#callFile[at] = row.file;
    this.#callLine[at] = row.line;
  }

  build(): ScopeTable {
    const length = this.#length;
    return {
      length,
      low: this.#low.subarray(0, length),
      high: this.#high.subarray(0, length),
      depth: this.#depth.subarray(0, length),
      entry: this.#entry.subarray(0, length),
      callFile: this.#callFile.subarray(0, length),
      callLine: this.#callLine.subarray(0, length),
    };
  }

  #grow(): void {
    const capacity = grownCapacity(this.#length);
    this.#low = resizeColumn(this.#low, capacity);
    this.#high = resizeColumn(this.#high, capacity);
    this.#depth = resizeColumn(this.#depth, capacity);
    this.#entry = resizeColumn(this.#entry, capacity);
    this.#callFile = resizeColumn(this.#callFile, capacity);
    this.#callLine = resizeColumn(this.#callLine, capacity);
  }
}
