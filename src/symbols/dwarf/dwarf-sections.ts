// The sections that debug information is spread over, and reading single texts and addresses out of them.

import { MalformedError } from '../../base/malformed.ts';
import { DwarfCursor, decodeName } from '../dwarf-cursor.ts';
import type { ElfFile, ReadAt } from '../elf/elf.ts';
import { type Inflate, openSection, type SectionData } from '../elf/elf-section-data.ts';

/** Those that a file lacks are undefined. */
export interface DwarfSections {
  readonly info: SectionData;
  readonly abbreviations: SectionData;
  readonly lines: SectionData | undefined;
  readonly strings: SectionData | undefined;
  readonly lineStrings: SectionData | undefined;
  /** DWARF 4 and before. */
  readonly ranges: SectionData | undefined;
  /** DWARF 5. */
  readonly rangeLists: SectionData | undefined;
  readonly addresses: SectionData | undefined;
  readonly stringOffsets: SectionData | undefined;
}

const TEXT_PIECE = 128;
/** Names of templates reach thousands of bytes. */
const MAX_TEXT = 64 << 10;

/** Undefined when the file has no debug information. `suffix`: `.dwo` for that of files beside the program. */
export function openDwarfSections(
  readAt: ReadAt,
  elf: ElfFile,
  inflate?: Inflate,
  suffix: '' | '.dwo' = '',
): DwarfSections | undefined {
  const open = (name: string): SectionData | undefined =>
    openSection(readAt, elf, `${name}${suffix}`, inflate);
  const info = open('.debug_info');
  const abbreviations = open('.debug_abbrev');
  if (info === undefined || abbreviations === undefined) return undefined;
  return {
    info,
    abbreviations,
    lines: open('.debug_line'),
    strings: open('.debug_str'),
    lineStrings: open('.debug_line_str'),
    ranges: open('.debug_ranges'),
    rangeLists: open('.debug_rnglists'),
    addresses: open('.debug_addr'),
    stringOffsets: open('.debug_str_offsets'),
  };
}

/** The text at an offset; empty when it is not there. */
export function readTextAt(section: SectionData | undefined, offset: number): string {
  if (section === undefined) return '';
  for (let length = TEXT_PIECE; length <= MAX_TEXT; length *= 4) {
    const bytes = section.read(offset, length);
    const end = bytes.indexOf(0);
    if (end >= 0) return decodeName(bytes.subarray(0, end));
    if (bytes.length < length) return '';
  }
  return '';
}

/** A number of 4 or 8 bytes at an offset. MalformedError when it is not there. */
export function readNumberAt(section: SectionData | undefined, offset: number, size: 4 | 8): number {
  const bytes = section?.read(offset, size);
  if (bytes?.length !== size) throw new MalformedError('a reference leads nowhere');
  return new DwarfCursor(bytes).unsigned(size);
}
