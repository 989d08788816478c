// Finds the interpreter in a process: which mapped file holds it, where its state begins, which version it is.
//
// Files that are likely to hold it by their name are looked at first, but every mapped file counts. Where symbols tell
// nothing (static, stripped, embedded builds), the interpreter's memory does.

import { ProfilerError } from '../../base/errors.ts';
import type { MappedFile } from '../process/maps.ts';
import type { ProcessMemory } from '../process/memory.ts';
import { DEBUG_OFFSETS_READ_SIZE, parseDebugOffsets, parseHexVersion } from './debug-offsets.ts';
import { formatVersion, type Layout, type PythonVersion } from './layout.ts';
import { findLayout } from './layouts.ts';
import { readPointer } from './remote-values.ts';
import {
  biasOf,
  type Effort,
  examineFile,
  type MappedElf,
  type OpenedFile,
  type RuntimeFile,
  type RuntimeFileCache,
} from './runtime-file.ts';
import {
  isInterpreter,
  type MemoryRange,
  scanForDebugOffsets,
  scanForRuntime,
  scanForVersion,
} from './runtime-scan.ts';

/** A process in which to look for an interpreter. */
export interface RuntimeSource {
  readonly pid: number;
  readonly memory: ProcessMemory;
  readonly mappings: readonly MappedFile[];
  /** Opens the file behind a mapping, wherever it is now; undefined when that is not possible. */
  openMappedFile(mapping: MappedFile): OpenedFile | undefined;
}

/** A CPython that runs, and how to read it. */
export interface PythonRuntime {
  readonly version: PythonVersion;
  /** "3.11.7", "3.15.0rc1". */
  readonly versionText: string;
  readonly layout: Layout;
  /** Where _PyRuntime lies; for 2.7 and 3.6, where the pointer to the newest interpreter lies. */
  readonly runtimeAddress: number;
  /** 2.7 and 3.6: where the pointer to the thread state that holds the GIL lies, if that could be found. */
  readonly currentThreadAddress: number | undefined;
  /** The file that holds the interpreter, as the process sees it. */
  readonly path: string;
  /** What to add to that file's addresses to get those of the process. */
  readonly loadBias: number;
}

/**
 * The interpreter of a process; undefined when there is none (yet: a library may be loaded later), 'not-ready' when
 * there is one that has not made its first interpreter state (it can take milliseconds after an exec).
 * ProfilerError `unknown-python` when it is one that we cannot read.
 */
export function findRuntime(
  source: RuntimeSource,
  cache: RuntimeFileCache = new Map(),
): PythonRuntime | 'not-ready' | undefined {
  const files = groupByFile(source.mappings);
  const silent: MappedElf[] = [];
  let isNotReady = false;
  for (const file of files) {
    const result = findInFile(source, file, 'names', cache);
    // Another file may hold the one that runs: extension modules bring a library along that a static program ignores.
    if (result === 'not-ready') isNotReady = true;
    else if (result === undefined) silent.push(file);
    else return result;
  }
  for (const file of silent) {
    // A program may contain anything; libraries without any names are as rare as they are suspect.
    const effort = file === findProgram(files) || rank(file.path) < 2 ? 'text' : 'text-if-bare';
    const result = findInFile(source, file, effort, cache);
    if (result === 'not-ready') isNotReady = true;
    else if (result !== undefined) return result;
  }
  return isNotReady ? 'not-ready' : undefined;
}

/** Files with code, likely ones first: "python" in the name. */
function groupByFile(mappings: readonly MappedFile[]): MappedElf[] {
  const files = new Map<string, { path: string; mappings: MappedFile[] }>();
  for (const mapping of mappings) {
    const { path, device, inode } = mapping;
    if (!path.startsWith('/') || inode === 0) continue;
    const key = `${device} ${inode} ${path}`;
    const known = files.get(key);
    if (known === undefined) files.set(key, { path, mappings: [mapping] });
    else known.mappings.push(mapping);
  }
  const executable = [...files.values()].filter((file) =>
    file.mappings.some((mapping) => mapping.executable),
  );
  return executable.sort((a, b) => rank(a.path) - rank(b.path));
}

function rank(path: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^libpython\d/.test(name)) return 0;
  return /python/i.test(name) ? 1 : 2;
}

/** The program itself is mapped below all libraries. */
function findProgram(files: readonly MappedElf[]): MappedElf | undefined {
  return files.reduce<MappedElf | undefined>((lowest, file) => {
    return lowest === undefined || file.mappings[0].start < lowest.mappings[0].start ? file : lowest;
  }, undefined);
}

function findInFile(
  source: RuntimeSource,
  mapped: MappedElf,
  effort: Effort,
  cache: RuntimeFileCache,
): PythonRuntime | 'not-ready' | undefined {
  const file = examineFile(mapped, effort, cache, (mapping) => source.openMappedFile(mapping));
  const bias = file && biasOf(file, mapped.mappings);
  if (file === undefined || bias === undefined) return undefined;
  const found = { file, bias, path: mapped.path };
  return file.runtime !== undefined
    ? identifyBySymbol(source.memory, found)
    : identifyByMemory(source.memory, found);
}

interface FoundFile {
  readonly file: RuntimeFile;
  readonly bias: number;
  readonly path: string;
}

/** _PyRuntime is known. */
function identifyBySymbol(memory: ProcessMemory, found: FoundFile): PythonRuntime | 'not-ready' | undefined {
  const address = (found.file.runtime ?? 0) + found.bias;
  const published = readDebugOffsets(memory, address);
  if (published !== undefined) return finish(memory, found, address, published);
  const identity = readVersion(memory, found);
  if (identity === undefined || publishesOffsets(identity)) return 'not-ready';
  return finish(memory, found, address, { ...identity, layout: requireLayout(identity) });
}

/** 2.7, 3.6, and builds without symbols: what is not known is searched. */
function identifyByMemory(memory: ProcessMemory, found: FoundFile): PythonRuntime | 'not-ready' | undefined {
  const ranges = writableRanges(found);
  const isStripped = found.file.interpreterHead === undefined && found.file.currentThread === undefined;
  const tableAddress = isStripped ? scanForDebugOffsets(memory, ranges) : undefined;
  const published = tableAddress === undefined ? undefined : readDebugOffsets(memory, tableAddress);
  if (tableAddress !== undefined && published !== undefined) {
    return finish(memory, found, tableAddress, published);
  }
  const identity = readVersion(memory, found);
  if (identity === undefined || publishesOffsets(identity)) return 'not-ready';
  const layout = requireLayout(identity);
  const head = found.file.interpreterHead;
  const address = head === undefined ? scanForRuntime(memory, ranges, layout) : head + found.bias;
  if (address === undefined) return 'not-ready';
  return finish(memory, found, address, { ...identity, layout });
}

function readDebugOffsets(memory: ProcessMemory, address: number): ReturnType<typeof parseDebugOffsets> {
  const bytes = new Uint8Array(DEBUG_OFFSETS_READ_SIZE);
  return memory.readInto(address, bytes) ? parseDebugOffsets(bytes) : undefined;
}

interface Identity {
  readonly version: PythonVersion;
  readonly versionText: string;
}

/** From live memory only: the file may have been replaced by an update. */
function readVersion(memory: ProcessMemory, found: FoundFile): Identity | undefined {
  if (found.file.version !== undefined) {
    const bytes = new Uint8Array(4);
    if (memory.readInto(found.file.version + found.bias, bytes)) {
      const hex = new DataView(bytes.buffer).getUint32(0, true);
      const { version, text } = parseHexVersion(hex);
      if (version.major === 3) return { version, versionText: text };
    }
  }
  const scanned = scanForVersion(memory, writableRanges(found));
  return scanned && { version: scanned.version, versionText: scanned.text };
}

function writableRanges(found: FoundFile): MemoryRange[] {
  return found.file.writable.map(({ address, size }) => ({ address: address + found.bias, size }));
}

/** Versions that are known to publish their offsets: where these cannot be read, the library is still being loaded. */
function publishesOffsets({ version }: Identity): boolean {
  return version.major === 3 && version.minor >= 13 && version.minor <= 15;
}

function requireLayout({ version, versionText }: Identity): Layout {
  const layout = findLayout(version);
  if (layout !== undefined) return layout;
  throw new ProfilerError(
    'unknown-python',
    `Python ${versionText} cannot be read: vmprof knows CPython 2.7 and 3.6 to 3.15.`,
    { facts: { version: versionText } },
  );
}

/** Checks that an interpreter is there: pointers that lead back prove address and layout at once. */
function finish(
  memory: ProcessMemory,
  found: FoundFile,
  runtimeAddress: number,
  identity: Identity & { readonly layout: Layout },
): PythonRuntime | 'not-ready' {
  const { layout, version, versionText } = identity;
  if (!hasInterpreter(memory, runtimeAddress, layout)) return 'not-ready';
  return {
    version,
    versionText: versionText === '' ? formatVersion(version) : versionText,
    layout,
    runtimeAddress,
    currentThreadAddress: found.file.currentThread && found.file.currentThread + found.bias,
    path: found.path,
    loadBias: found.bias,
  };
}

/** More are a list read while it changed. */
const MAX_INTERPRETERS = 4096;

/** Is one of the interpreters proven by a thread state? Newer ones may have none while no thread runs in them. */
function hasInterpreter(memory: ProcessMemory, runtimeAddress: number, layout: Layout): boolean {
  let interpreter = readPointer(memory, runtimeAddress + layout.runtime.interpretersHead) ?? 0;
  for (let count = 0; interpreter !== 0 && count < MAX_INTERPRETERS; count++) {
    if (isInterpreter(memory, interpreter, layout)) return true;
    interpreter = readPointer(memory, interpreter + layout.interpreter.next) ?? 0;
  }
  return false;
}
