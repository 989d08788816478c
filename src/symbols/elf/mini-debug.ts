// The symbols that some distributions leave in stripped files: .gnu_debugdata, an ELF file with nothing but a symbol table of the
// functions that .dynsym lacks, packed with xz. See "Debugging information in a special section" in the manual of gdb.

import { unpackXz } from '../../base/xz/unpack-xz.ts';
import { unlessDamaged } from '../unless-damaged.ts';
import { type ElfFile, parseElf, type ReadAt } from './elf.ts';
import { type FunctionSymbols, readFunctionSymbols } from './elf-functions.ts';
import { readSection } from './elf-section-data.ts';

/** Those of browsers have a few megabytes. It is unpacked by the thread that samples, 14 MB a second. */
const MAX_PACKED = 16 << 20;
const MAX_UNPACKED = 64 << 20;

/** Undefined when the file has none, or a damaged one, or one that is packed in another way. */
export function readMiniDebugSymbols(readAt: ReadAt, elf: ElfFile): FunctionSymbols | undefined {
  const section = elf.findSection('.gnu_debugdata');
  if (section === undefined || section.size > MAX_PACKED) return undefined;
  const packed = readSection(readAt, elf, section.name);
  if (packed === undefined) return undefined;
  return unlessDamaged(() => {
    const bytes = unpackXz(packed, MAX_UNPACKED);
    const readUnpacked: ReadAt = (offset, length) => bytes.subarray(offset, offset + length);
    return readFunctionSymbols(readUnpacked, parseElf(readUnpacked));
  });
}
