// Lists of address ranges: of functions that are split, and of units. DWARF 4 section 2.17.3, DWARF 5 section 2.17.3.

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor } from '../dwarf-cursor.ts';
import type { SectionData } from '../elf/elf-section-data.ts';
import type { FormContext } from './dwarf-forms.ts';
import { readNumberAt } from './dwarf-sections.ts';

/** Units that are linked together have thousands of ranges. */
const MAX_BYTES = 4 << 20;
const PIECE = 1 << 10;

/** Calls `add` with each range of a list. */
export type AddRange = (low: number, high: number) => void;

/** @param base what addresses are relative to: that of the unit */
export function readRanges(
  unit: FormContext & { readonly rangeListsBase: number },
  list: { readonly value: number; readonly form: number; readonly base: number },
  add: AddRange,
): void {
  const { sections, version, offsetSize, rangeListsBase } = unit;
  if (version < 5) {
    readOldList(sections.ranges, rangeListsBase + list.value, list.base, add);
    return;
  }
  const isIndex = list.form === 0x23;
  const offset = isIndex
    ? rangeListsBase + readNumberAt(sections.rangeLists, rangeListsBase + list.value * offsetSize, offsetSize)
    : list.value;
  readList(unit, offset, list.base, add);
}

/** Pairs of addresses, up to two zeros. */
function readOldList(
  section: SectionData | undefined,
  offset: number,
  unitBase: number,
  add: AddRange,
): void {
  forEachPiece(section, offset, (cursor) => {
    let base = unitBase;
    for (;;) {
      const low = cursor.u64();
      const high = cursor.u64();
      if (low === 0 && high === 0) return;
      // The largest address: the second one is a new base.
      if (low >= 2 ** 64 - 2 ** 12) base = high;
      else add(base + low, base + high);
    }
  });
}

function readList(unit: FormContext, offset: number, unitBase: number, add: AddRange): void {
  const { sections, addressBase } = unit;
  const indexed = (index: number): number => readNumberAt(sections.addresses, addressBase + index * 8, 8);
  forEachPiece(sections.rangeLists, offset, (cursor) => {
    let base = unitBase;
    for (;;) {
      const kind = cursor.u8();
      switch (kind) {
        case 0: // end_of_list
          return;
        case 1: // base_addressx
          base = indexed(cursor.uleb());
          break;
        case 2: // startx_endx
          add(indexed(cursor.uleb()), indexed(cursor.uleb()));
          break;
        case 3: {
          const low = indexed(cursor.uleb());
          add(low, low + cursor.uleb());
          break;
        }
        case 4: // offset_pair
          add(base + cursor.uleb(), base + cursor.uleb());
          break;
        case 5: // base_address
          base = cursor.u64();
          break;
        case 6: // start_end
          add(cursor.u64(), cursor.u64());
          break;
        case 7: {
          const low = cursor.u64();
          add(low, low + cursor.uleb());
          break;
        }
        default:
          throw new MalformedError(`a range list has an entry ${kind}`);
      }
    }
  });
}

/** Reads with more and more bytes until the list has its end. Ranges may be added twice, which does no harm. */
function forEachPiece(
  section: SectionData | undefined,
  offset: number,
  read: (cursor: DwarfCursor) => void,
): void {
  for (let size = PIECE; section !== undefined; size *= 8) {
    const bytes = section.read(offset, size);
    const isAll = bytes.length < size || size > MAX_BYTES;
    try {
      read(new DwarfCursor(bytes));
      return;
    } catch (error) {
      if (!(error instanceof MalformedError) || isAll) throw error;
    }
  }
}
