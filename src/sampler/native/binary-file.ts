// One file with code, as all processes of a recording share it: how to unwind it, and the names in it, each read at first need.

import { inflateSync } from 'node:zlib';
import { ProfilerError } from '../../base/errors.ts';
import { type DebugInfo, openDebugInfo, type SourcePlace } from '../../symbols/dwarf/debug-info.ts';
import { openDwarfSections } from '../../symbols/dwarf/dwarf-sections.ts';
import { computeLoadBias, type ElfFile, parseElf, type ReadAt } from '../../symbols/elf/elf.ts';
import {
  type FunctionSymbol,
  type FunctionSymbols,
  findFunctionSymbol,
  joinFunctionSymbols,
  readFunctionSymbols,
} from '../../symbols/elf/elf-functions.ts';
import type { Inflate } from '../../symbols/elf/elf-section-data.ts';
import { readMiniDebugSymbols } from '../../symbols/elf/mini-debug.ts';
import { listDebugPaths } from '../../symbols/elf/separate-debug.ts';
import { measureFrameSections, readUnwindTable } from '../../symbols/unwind/elf-unwind.ts';
import { findFunctionStart, type UnwindTable } from '../../symbols/unwind/unwind-table.ts';
import { type OpenMappedFile, openFile, openMappedFile } from '../process/mapped-file.ts';
import type { MappedFile } from '../process/maps.ts';
import type { ProcessMemory } from '../process/memory.ts';
import { type UnwindTables, unwindTableKey } from './unwind-tables.ts';

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

/** Debug files that come from elsewhere while we record. */
export interface DebugFileSource {
  /** The file of a build id, if it is there. */
  open(buildId: string): OpenMappedFile | undefined;
  /** Asks for it; it may come later, or never. `path`: of the file that it is about, for messages. */
  ask(buildId: string, path: string): void;
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
  readonly #size: number;
  readonly #openDebugFile: (path: string) => OpenMappedFile | undefined;
  readonly #source: DebugFileSource | undefined;
  readonly #tables: UnwindTables | undefined;
  #isAwaited = false;
  /** Counts how often better names have come. */
  edition = 0;
  #symbols: FunctionSymbols | undefined;
  #debugInfo: DebugInfo | undefined;
  #hasLookedForDebugInfo = false;
  #debugFile: { readonly elf: ElfFile; readonly readAt: ReadAt } | undefined;
  #hasLookedForDebugFile = false;

  constructor(options: {
    readonly path: string;
    readonly elf: ElfFile;
    readonly readAt: ReadAt;
    /** Bytes of the file. */
    readonly size: number;
    readonly openDebugFile: (path: string) => OpenMappedFile | undefined;
    readonly source: DebugFileSource | undefined;
    readonly tables: UnwindTables | undefined;
  }) {
    this.path = options.path;
    this.elf = options.elf;
    this.#readAt = options.readAt;
    this.#size = options.size;
    this.#openDebugFile = options.openDebugFile;
    this.#source = options.source;
    this.#tables = options.tables;
    this.buildId = options.elf.getBuildId();
  }

  /** Compiled, or read from the cache, at first need; undefined when the file has no rules. */
  get table(): UnwindTable | undefined {
    if (!this.#isTableRead) this.#table = this.#readTable();
    this.#isTableRead = true;
    return this.#table;
  }

  /** Functions by address: where the file itself was stripped, those of its debug file, or those that were left in it packed. */
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
      const split = { open: this.#openDebugFile, path: this.path, inflate };
      this.#debugInfo = sections && openDebugInfo(sections, split);
    }
    return this.#debugInfo?.placesAt(address) ?? [];
  }

  /** Looks whether a debug file that was asked for has come; from then on names and lines are its. */
  noticeDebugFile(): void {
    if (!this.#isAwaited || !this.#useDebugFile(this.#openFetched())) return;
    this.#isAwaited = false;
    this.#symbols = undefined;
    this.#hasLookedForDebugInfo = false;
    this.edition++;
  }

  #readTable(): UnwindTable | undefined {
    const key = unwindTableKey(this.buildId, this.#size, measureFrameSections(this.elf));
    const kept = key === undefined ? undefined : this.#tables?.load(key);
    if (kept !== undefined) return kept;
    const table = readUnwindTable(this.#readAt, this.elf);
    if (key !== undefined && table !== undefined) this.#tables?.keep(key, table);
    return table;
  }

  #readSymbols(): FunctionSymbols {
    const own = readFunctionSymbols(this.#readAt, this.elf);
    if (this.elf.findSection('.symtab') !== undefined) return own;
    const debug = this.#findDebugFile();
    const symbols = debug && readFunctionSymbols(debug.readAt, debug.elf);
    if (symbols !== undefined && symbols.length > own.length) return symbols;
    const mini = readMiniDebugSymbols(this.#readAt, this.elf);
    return mini === undefined ? own : joinFunctionSymbols(own, mini);
  }

  #findDebugFile(): { readonly elf: ElfFile; readonly readAt: ReadAt } | undefined {
    if (this.#hasLookedForDebugFile) return this.#debugFile;
    this.#hasLookedForDebugFile = true;
    for (const path of listDebugPaths(this.#readAt, this.elf, this.path)) {
      if (this.#useDebugFile(this.#openDebugFile(path))) return this.#debugFile;
    }
    if (this.#useDebugFile(this.#openFetched())) return this.#debugFile;
    // The kernel's own code has a name in brackets, and enough symbols.
    if (this.#source !== undefined && this.buildId !== undefined && this.path.startsWith('/')) {
      this.#isAwaited = true;
      this.#source.ask(this.buildId, this.path);
    }
    return undefined;
  }

  #openFetched(): OpenMappedFile | undefined {
    return this.buildId === undefined ? undefined : this.#source?.open(this.buildId);
  }

  /** False when it is not the debug file of this one. */
  #useDebugFile(file: OpenMappedFile | undefined): boolean {
    if (file === undefined) return false;
    const elf = tryParse(file.readAt);
    if (elf !== undefined && elf.getBuildId() === this.buildId) {
      this.#debugFile = { elf, readAt: file.readAt };
      return true;
    }
    file.close();
    return false;
  }
}

/** Ten times as fast as what runs everywhere. */
const inflate: Inflate = (bytes, size) => inflateSync(bytes, { maxOutputLength: size });

/** The files of a recording. */
export interface BinaryFiles {
  /** Key of a mapping → file; undefined for those that are no ELF files. */
  readonly known: Map<string, BinaryFile | undefined>;
  /** Undefined: only debug files that are installed are used. */
  readonly source: DebugFileSource | undefined;
  /** Unwind tables of other recordings; undefined: each is compiled. */
  readonly tables: UnwindTables | undefined;
}

/** The file behind a mapping; undefined when it cannot be opened, or holds no code that we understand. */
export function findBinaryFile(
  memory: ProcessMemory,
  mapping: MappedFile,
  files: BinaryFiles,
): BinaryFile | undefined {
  const key = `${mapping.device} ${mapping.inode} ${mapping.deleted} ${mapping.path}`;
  if (!files.known.has(key)) files.known.set(key, openBinary(memory, mapping, files));
  return files.known.get(key);
}

/** What to add to link-time addresses to get those of the process. */
export function biasOfMapping(file: BinaryFile, mapping: MappedFile): number | undefined {
  return computeLoadBias(file.elf, { start: mapping.start, offset: mapping.offset });
}

function openBinary(
  memory: ProcessMemory,
  mapping: MappedFile,
  { source, tables }: BinaryFiles,
): BinaryFile | undefined {
  const { pid } = memory;
  const openDebugFile = (path: string): OpenMappedFile | undefined => openFile(`/proc/${pid}/root${path}`);
  let readAt: ReadAt;
  let size = 0;
  if (mapping.path === '[vdso]') {
    readAt = readMemory(memory, mapping);
  } else {
    if (mapping.inode === 0) return undefined;
    const file = openMappedFile(pid, mapping);
    if (file === undefined) return undefined;
    readAt = (offset, length) => file.readAt(offset, length);
    size = file.size;
  }
  const elf = tryParse(readAt);
  return elf && new BinaryFile({ path: mapping.path, elf, readAt, size, openDebugFile, source, tables });
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
