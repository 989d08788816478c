// Where the parts of a unit lie in a package of split debug information (.dwp): .debug_cu_index. DWARF 5 section 7.3.5.3, and
// version 2 of https://gcc.gnu.org/wiki/DebugFissionDWP, which differs in its first word and in sections that are not read here.

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';
import { type SectionData, sliceSection } from '../elf/elf-section-data.ts';
import type { DwarfSections } from './dwarf-sections.ts';

const HEAD_SIZE = 16;
const SECTION_INFO = 1;
const SECTION_ABBREVIATIONS = 3;
const SECTION_STRING_OFFSETS = 6;
const SECTION_RANGE_LISTS = 8;
/** There are eight kinds. */
const MAX_COLUMNS = 16;

/** The sections of one unit, as they were in its own file; undefined when the package does not have it. MalformedError when damaged. */
export function sliceSplitUnit(
  sections: DwarfSections,
  index: SectionData,
  splitId: string,
): DwarfSections | undefined {
  const head = new DwarfCursor(index.read(0, HEAD_SIZE));
  const word = head.u32();
  // In DWARF 5 two bytes of version and two of padding.
  const version = word & 0xffff;
  if (word > 0xffff || (version !== 2 && version !== 5)) throw new MalformedError('a package has no index');
  const columns = head.u32();
  const rows = head.u32();
  const slots = head.u32();
  if (columns > MAX_COLUMNS || HEAD_SIZE + slots * 12 + columns * (1 + rows * 2) * 4 > index.size) {
    throw new MalformedError('the index of a package is cut');
  }
  const row = findRow(index, slots, splitId);
  if (row === undefined || row > rows) return undefined;
  const kindsAt = HEAD_SIZE + slots * 12;
  const wordsAt = (at: number): number[] => {
    const cursor = new DwarfCursor(index.read(at, columns * 4));
    return Array.from({ length: columns }, () => cursor.u32());
  };
  const kinds = wordsAt(kindsAt);
  const offsets = wordsAt(kindsAt + row * columns * 4);
  const sizes = wordsAt(kindsAt + (rows + row) * columns * 4);
  const part = (section: SectionData | undefined, kind: number): SectionData | undefined => {
    const column = kinds.indexOf(kind);
    return section && column >= 0 ? sliceSection(section, offsets[column], sizes[column]) : undefined;
  };
  const info = part(sections.info, SECTION_INFO);
  const abbreviations = part(sections.abbreviations, SECTION_ABBREVIATIONS);
  if (info === undefined || abbreviations === undefined) return undefined;
  return {
    ...sections,
    info,
    abbreviations,
    stringOffsets: part(sections.stringOffsets, SECTION_STRING_OFFSETS),
    rangeLists: version === 5 ? part(sections.rangeLists, SECTION_RANGE_LISTS) : undefined,
  };
}

/** From 1 on. A hash table of a power of two of slots: the lower half of the id is where to look, the upper one how to go on. */
function findRow(index: SectionData, slots: number, splitId: string): number | undefined {
  if (slots === 0 || (slots & (slots - 1)) !== 0) return undefined;
  const mask = slots - 1;
  const step = (Number.parseInt(splitId.slice(0, 8), 16) & mask) | 1;
  let slot = Number.parseInt(splitId.slice(8), 16) & mask;
  for (let count = 0; count < slots; count++) {
    const row = new DwarfCursor(index.read(HEAD_SIZE + slots * 8 + slot * 4, 4)).u32();
    if (row === 0) return undefined;
    if (new DwarfCursor(index.read(HEAD_SIZE + slot * 8, 8)).hex64() === splitId) return row;
    slot = (slot + step) & mask;
  }
  return undefined;
}
