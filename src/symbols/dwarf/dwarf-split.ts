// Split debug information (-gsplit-dwarf): of each unit a skeleton stands in the program, the rest in a file of its own beside the
// object (.dwo), or in a package beside the program (.dwp). DWARF 5 section 7.3, and for DWARF 4 https://gcc.gnu.org/wiki/DebugFission.

import { parseElf, type ReadAt } from '../elf/elf.ts';
import { type Inflate, openSection, type SectionData } from '../elf/elf-section-data.ts';
import { unlessDamaged } from '../unless-damaged.ts';
import type { LoadedUnit } from './dwarf-scopes.ts';
import { type DwarfSections, openDwarfSections } from './dwarf-sections.ts';
import { sliceSplitUnit } from './dwarf-split-index.ts';
import { readAbbreviations, readUnitHeaders } from './dwarf-unit.ts';
import { MAX_UNIT, readUnitHead, type UnitHead } from './dwarf-unit-head.ts';

/** A file that was opened for its debug information. */
export interface SplitFile {
  readonly readAt: ReadAt;
  readonly close: () => void;
}

/** Where files of split debug information are looked for. */
export interface SplitSource {
  /** Undefined when there is no such file. Paths are those of the machine that the program runs on. */
  readonly open: (path: string) => SplitFile | undefined;
  /** Of the program. */
  readonly path: string;
  readonly inflate?: Inflate | undefined;
}

/** A unit whose entries stand in another file. */
export interface SplitUnit {
  readonly unit: LoadedUnit;
  readonly close: () => void;
}

interface Package {
  readonly sections: DwarfSections;
  readonly index: SectionData;
}

/** Finds what belongs to skeletons. The package is opened once, and stays so. */
export class SplitUnits {
  readonly #source: SplitSource;
  #package: Package | undefined;
  #hasLookedForPackage = false;

  constructor(source: SplitSource) {
    this.#source = source;
  }

  /** Undefined when it is not there, belongs to another build, or is damaged. `skeleton` and its sections are those of the program. */
  find(skeleton: UnitHead): SplitUnit | undefined {
    const { splitId, splitName } = skeleton;
    if (splitId === undefined || splitName === undefined || splitName === '') return undefined;
    const packed = unlessDamaged(() => this.#findInPackage(skeleton, splitId));
    if (packed !== undefined) return { unit: packed, close: () => {} };
    for (const path of this.#listPaths(skeleton.folder, splitName)) {
      const file = this.#source.open(path);
      if (file === undefined) continue;
      const unit = unlessDamaged(() => {
        const elf = parseElf(file.readAt);
        const sections = openDwarfSections(file.readAt, elf, this.#source.inflate, '.dwo');
        return sections && loadSplitUnit(sections, skeleton, splitId);
      });
      if (unit !== undefined) return { unit, close: file.close };
      file.close();
    }
    return undefined;
  }

  /** Where the compiler wrote it, or beside the program, if both were brought here. */
  #listPaths(folder: string, name: string): readonly string[] {
    const written = name.startsWith('/') ? name : `${folder}/${name}`;
    const beside = `${folderOf(this.#source.path)}/${name.slice(name.lastIndexOf('/') + 1)}`;
    return written === beside ? [written] : [written, beside];
  }

  #findInPackage(skeleton: UnitHead, splitId: string): LoadedUnit | undefined {
    if (!this.#hasLookedForPackage) {
      this.#hasLookedForPackage = true;
      this.#package = unlessDamaged(() => this.#openPackage());
    }
    if (this.#package === undefined) return undefined;
    const sections = sliceSplitUnit(this.#package.sections, this.#package.index, splitId);
    return sections && loadSplitUnit(sections, skeleton, splitId);
  }

  #openPackage(): Package | undefined {
    const { open, path, inflate } = this.#source;
    const file = open(`${path}.dwp`);
    if (file === undefined) return undefined;
    const elf = unlessDamaged(() => parseElf(file.readAt));
    const sections = elf && openDwarfSections(file.readAt, elf, inflate, '.dwo');
    const index = elf && openSection(file.readAt, elf, '.debug_cu_index', inflate);
    if (sections !== undefined && index !== undefined) return { sections, index };
    file.close();
    return undefined;
  }
}

/** Addresses, and ranges before DWARF 5, stay in the program, where the linker can change them. */
function loadSplitUnit(own: DwarfSections, skeleton: UnitHead, splitId: string): LoadedUnit | undefined {
  const { addresses, ranges, lines, lineStrings } = skeleton.sections;
  const sections = { ...own, addresses, ranges, lines, lineStrings };
  for (const header of readUnitHeaders(own.info)) {
    const head = readUnitHead(sections, header);
    const size = header.end - header.offset;
    if (head?.splitId !== splitId || size > MAX_UNIT) continue;
    const { version, offsetSize, offset } = header;
    return {
      sections,
      offset,
      version,
      offsetSize,
      bytes: own.info.read(offset, size),
      begin: header.begin - offset,
      abbreviations: readAbbreviations(own.abbreviations, header.abbreviations),
      addressBase: skeleton.addressBase,
      lowAddress: skeleton.lowAddress,
      // Behind the heads that these sections have since DWARF 5: nothing refers to their beginnings here.
      stringOffsetsBase: version < 5 ? 0 : offsetSize * 2,
      rangeListsBase: version < 5 ? skeleton.splitRangesBase : offsetSize === 8 ? 20 : 12,
    };
  }
  return undefined;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
