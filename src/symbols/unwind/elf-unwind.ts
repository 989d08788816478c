// The unwind table of an ELF file.

import type { ElfFile, ElfSegment, ReadAt } from '../elf/elf.ts';
import { readSection } from '../elf/elf-section-data.ts';
import type { FrameSection } from './call-frame-entries.ts';
import { compileUnwindTable } from './call-frame-program.ts';
import { ARM64, type UnwindArchitecture, type UnwindTable, X86_64 } from './unwind-table.ts';

const SEGMENT_TYPE_EH_FRAME = 0x6474e550;
const SEGMENT_TYPE_LOAD = 1;
/** Programs of some hundred megabytes have .eh_frame sections of a tenth of that. */
const MAX_FRAME_BYTES = 256 << 20;

/** The processor's registers; undefined for one that we know nothing of. */
export function findArchitecture(machine: number): UnwindArchitecture | undefined {
  return [X86_64, ARM64].find((one) => one.machine === machine);
}

/** Compiles .eh_frame, and .debug_frame where there is one; undefined when the file has neither. */
export function readUnwindTable(readAt: ReadAt, elf: ElfFile): UnwindTable | undefined {
  const architecture = findArchitecture(elf.machine);
  if (architecture === undefined) return undefined;
  const sections: FrameSection[] = [];
  const loaded = readLoadedFrames(readAt, elf);
  if (loaded !== undefined) sections.push(loaded);
  const debug = readSection(readAt, elf, '.debug_frame');
  if (debug !== undefined) sections.push({ kind: 'debug_frame', bytes: debug, address: 0 });
  return compileUnwindTable(architecture, sections);
}

/** Bytes of the sections that the table would be compiled from, as far as section headers tell. */
export function measureFrameSections(elf: ElfFile): number {
  return ['.eh_frame', '.debug_frame'].reduce((sum, name) => sum + (elf.findSection(name)?.size ?? 0), 0);
}

function readLoadedFrames(readAt: ReadAt, elf: ElfFile): FrameSection | undefined {
  const section = elf.findSection('.eh_frame');
  if (section !== undefined && section.size <= MAX_FRAME_BYTES) {
    const bytes = readSection(readAt, elf, '.eh_frame');
    return bytes && { kind: 'eh_frame', bytes, address: section.address };
  }
  return findByHeader(readAt, elf);
}

/** Without section headers, the segment of .eh_frame_hdr leads to .eh_frame, which goes on to a length of zero. */
function findByHeader(readAt: ReadAt, elf: ElfFile): FrameSection | undefined {
  const header = elf.segments.find((segment) => segment.type === SEGMENT_TYPE_EH_FRAME);
  if (header === undefined) return undefined;
  const bytes = readAt(header.offset, 8);
  // Version 1, a pointer to .eh_frame relative to itself, in four signed bytes: what every linker writes.
  if (bytes.length < 8 || bytes[0] !== 1 || bytes[1] !== 0x1b) return undefined;
  const distance = new DataView(bytes.buffer, bytes.byteOffset, 8).getInt32(4, true);
  const address = header.address + 4 + distance;
  const segment = elf.segments.find(
    (one) => one.type === SEGMENT_TYPE_LOAD && address >= one.address && address < one.address + one.fileSize,
  );
  if (segment === undefined) return undefined;
  return { kind: 'eh_frame', bytes: readRest(readAt, segment, address), address };
}

function readRest(readAt: ReadAt, segment: ElfSegment, address: number): Uint8Array {
  const skipped = address - segment.address;
  return readAt(segment.offset + skipped, Math.min(segment.fileSize - skipped, MAX_FRAME_BYTES));
}
