// One file with code, as all processes of a recording share it: how to unwind it, and the names in it, each read at first need.

import { inflateSync } from 'node:zlib';
import { ProfilerError } from '../../base/errors.ts';
import { type DebugInfo, openDebugInfo, type SourcePlace } from '../../symbols/debug-info.ts';
import { openDwarfSections } from '../../symbols/dwarf-sections.ts';
import { computeLoadBias, type ElfFile, parseElf, type ReadAt } from '../../symbols/elf.ts';
import {
  type FunctionSymbol,
  type FunctionSymbols,
  findFunctionSymbol,
  readFunctionSymbols,
} from '../../symbols/elf-functions.ts';
import type { Inflate } from '../../symbols/elf-section-data.ts';
import { readUnwindTable } from '../../symbols/elf-unwind.ts';
import { listDebugPaths } from '../../symbols/separate-debug.ts';
import { findFunctionStart, type UnwindTable } from '../../symbols/unwind-table.ts';
import { type OpenMappedFile, openFile, openMappedFile } from '../process/mapped-file.ts';
import type { MappedFile } from '../process/maps.ts';
import type { ProcessMemory } from '../process/memory.ts';

/** The kernel's library inside of every process has a page or two. */
const MAX_VDSO = 64 << 10;

/** Which part of a file a function is in. */
export interface NamedFunction {
  /** As the symbol table has it; made of the file's name where there is none. */
  readonly name: string;
  /** Link-time address of its beginning; undefined when nothing tells. */
  readonly address: number | undefined;
  /** The name is one of the file's own. */
  readonly isSymbol: boolean;
}

/** An ELF file. */
export class BinaryFile {
  /** As the process that was looked at first sees it. */
  readonly path: string;
  readonly elf: ElfFile;
  readonly buildId: string | undefined;
  readonly #readAt: ReadAt;
  #table: UnwindTable | undefined;
  #isTableRead = false;
  readonly #openDebugFile: (path: string) => OpenMappedFile | undefined;
  #symbols: FunctionSymbols | undefined;
  #debugInfo: DebugInfo | undefined;
  #hasLookedForDebugInfo = false;
  #debugFile: { readonly elf: ElfFile; readonly readAt: ReadAt } | undefined;
  #hasLookedForDebugFile = false;

  constructor(options: {
    readonly path: string;
    readonly elf: ElfFile;
    readonly readAt: ReadAt;
    readonly openDebugFile: (path: string) => OpenMappedFile | undefined;
  }) {
    this.path = options.path;
    this.elf = options.elf;
    this.#readAt = options.readAt;
    this.#openDebugFile = options.openDebugFile;
    this.buildId = options.elf.getBuildId();
  }

  /** Compiled at first need; undefined when the file has no rules. */
  get table(): UnwindTable | undefined {
    if (!this.#isTableRead) this.#table = readUnwindTable(this.#readAt, this.elf);
    this.#isTableRead = true;
    return this.#table;
  }

  /** Functions by address: those of the separate debug file, if there is one and the file itself was stripped. */
  get symbols(): FunctionSymbols {
    this.#symbols ??= this.#readSymbols();
    return this.#symbols;
  }

  /** The function that a link-time address lies in. */
  functionAt(address: number): NamedFunction {
    const symbol: FunctionSymbol | undefined = findFunctionSymbol(this.symbols, address);
    if (symbol !== undefined && symbol.name !== '') return { ...symbol, isSymbol: true };
    const start = this.table && findFunctionStart(this.table, address);
    const name = this.path.slice(this.path.lastIndexOf('/') + 1);
    return {
      name: start === undefined ? name : `${name}+0x${start.toString(16)}`,
      address: start,
      isSymbol: false,
    };
  }

  /** Lines and inlined functions at a link-time address, innermost first; empty where there is no debug information. */
  placesAt(address: number): readonly SourcePlace[] {
    if (!this.#hasLookedForDebugInfo) {
      this.#hasLookedForDebugInfo = true;
      const own = openDwarfSections(this.#readAt, this.elf, inflate);
      const debug = own === undefined ? this.#findDebugFile() : undefined;
      const sections = own ?? (debug && openDwarfSections(debug.readAt, debug.elf, inflate));
      this.#debugInfo = sections && openDebugInfo(sections);
    }
    return this.#debugInfo?.placesAt(address) ?? [];
  }

  #readSymbols(): FunctionSymbols {
    const own = readFunctionSymbols(this.#readAt, this.elf);
    if (this.elf.findSection('.symtab') !== undefined) return own;
    const debug = this.#findDebugFile();
    if (debug === undefined) return own;
    const symbols = readFunctionSymbols(debug.readAt, debug.elf);
    return symbols.length > own.length ? symbols : own;
  }

  #findDebugFile(): { readonly elf: ElfFile; readonly readAt: ReadAt } | undefined {
    if (this.#hasLookedForDebugFile) return this.#debugFile;
    this.#hasLookedForDebugFile = true;
    for (const path of listDebugPaths(this.#readAt, this.elf, this.path)) {
      const file = this.#openDebugFile(path);
      const elf = file && tryParse(file.readAt);
      if (file !== undefined && elf !== undefined && elf.getBuildId() === this.buildId) {
        this.#debugFile = { elf, readAt: file.readAt };
        return this.#debugFile;
      }
      file?.close();
    }
    return undefined;
  }
}

/** Ten times as fast as what runs everywhere. */
const inflate: Inflate = (bytes, size) => inflateSync(bytes, { maxOutputLength: size });

/** Key of a mapping → file; undefined for those that are no ELF files. */
export type BinaryFiles = Map<string, BinaryFile | undefined>;

/** The file behind a mapping; undefined when it cannot be opened, or holds no code that we understand. */
export function findBinaryFile(
  memory: ProcessMemory,
  mapping: MappedFile,
  files: BinaryFiles,
): BinaryFile | undefined {
  const key = `${mapping.device} ${mapping.inode} ${mapping.deleted} ${mapping.path}`;
  if (!files.has(key)) files.set(key, openBinary(memory, mapping));
  return files.get(key);
}

/** What to add to link-time addresses to get those of the process. */
export function biasOfMapping(file: BinaryFile, mapping: MappedFile): number | undefined {
  return computeLoadBias(file.elf, { start: mapping.start, offset: mapping.offset });
}

function openBinary(memory: ProcessMemory, mapping: MappedFile): BinaryFile | undefined {
  const { pid } = memory;
  const openDebugFile = (path: string): OpenMappedFile | undefined => openFile(`/proc/${pid}/root${path}`);
  let readAt: ReadAt;
  if (mapping.path === '[vdso]') {
    readAt = readMemory(memory, mapping);
  } else {
    if (mapping.inode === 0) return undefined;
    const file = openMappedFile(pid, mapping);
    if (file === undefined) return undefined;
    readAt = (offset, length) => file.readAt(offset, length);
  }
  const elf = tryParse(readAt);
  return elf && new BinaryFile({ path: mapping.path, elf, readAt, openDebugFile });
}

function readMemory(memory: ProcessMemory, mapping: MappedFile): ReadAt {
  const bytes = new Uint8Array(Math.min(mapping.end - mapping.start, MAX_VDSO));
  if (!memory.readInto(mapping.start, bytes)) bytes.fill(0);
  return (offset, length) => bytes.subarray(offset, offset + length);
}

function tryParse(readAt: ReadAt): ElfFile | undefined {
  try {
    return parseElf(readAt);
  } catch (error) {
    if (error instanceof ProfilerError) return undefined;
    throw error;
  }
}
