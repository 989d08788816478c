// What a mapped ELF file tells about a Python interpreter inside it. A file is recognised by its section or symbols, never
// by its name: programs embed Python.

import { ProfilerError } from '../../base/errors.ts';
import {
  computeLoadBias,
  type ElfFile,
  parseElf,
  type ReadAt,
  SEGMENT_TYPE_LOAD,
} from '../../symbols/elf.ts';
import type { MappedFile } from '../process/maps.ts';

/** A file that is open for reading. */
export interface OpenedFile {
  /** Equal for equal contents: device, inode, time of change and size, or the build id. */
  readonly key: string;
  readonly readAt: ReadAt;
  close(): void;
}

/** Link-time addresses of what matters in a file that holds a Python interpreter. */
export interface RuntimeFile {
  /** _PyRuntime: its section (3.10+) or its symbol (3.7+). */
  readonly runtime: number | undefined;
  /** interp_head: 2.7 and 3.6. A local symbol: missing in stripped files. */
  readonly interpreterHead: number | undefined;
  /** _PyThreadState_Current: 2.7 and 3.6. */
  readonly currentThread: number | undefined;
  /** Py_Version: 3.11+. */
  readonly version: number | undefined;
  /** Writable memory of the file, in which pointers and the version text can be searched. */
  readonly writable: readonly { readonly address: number; readonly size: number }[];
  readonly elf: ElfFile;
}

/** File key → what was found in the file: undefined for those without Python. */
export type RuntimeFileCache = Map<string, RuntimeFile | undefined>;

const SYMBOLS = ['_PyRuntime', 'interp_head', '_PyThreadState_Current', 'Py_Version'];
const SECTION = '.PyRuntime';
/** A text in every interpreter ever built, to recognise those that were stripped of everything else. */
const SIGNATURE = 'Fatal Python error';
/** Read-only data is searched in pieces of this size. */
const PIECE = 1 << 20;
/** Nor further than this: interpreters have 1 to 5 MB of it, large programs that embed one have it among their first. */
const MAX_SEARCHED = 64 << 20;

/**
 * How hard to look. 'names': section and dynamic symbols, some 20 KB read. 'everything': all symbols, and a search for
 * a text that every interpreter contains.
 */
export type Effort = 'names' | 'everything';

/** Analyses one file, at most once for each key and effort. */
export function examineFile(
  file: OpenedFile,
  effort: Effort,
  cache: RuntimeFileCache,
): RuntimeFile | undefined {
  const key = `${effort} ${file.key}`;
  if (cache.has(key)) return cache.get(key);
  const result = examine(file.readAt, effort);
  cache.set(key, result);
  return result;
}

function examine(readAt: ReadAt, effort: Effort): RuntimeFile | undefined {
  let elf: ElfFile;
  try {
    elf = parseElf(readAt);
  } catch (error) {
    // Mapped files need not be ELF files, and damaged ones hold no interpreter that runs.
    if (error instanceof ProfilerError) return undefined;
    throw error;
  }
  const section = elf.findSection(SECTION);
  const symbols = elf.findSymbols(SYMBOLS, effort === 'names' ? 'dynamic' : 'all');
  const runtime = section?.address ?? symbols.get('_PyRuntime')?.address;
  const currentThread = symbols.get('_PyThreadState_Current')?.address;
  const isPython =
    runtime !== undefined ||
    currentThread !== undefined ||
    (effort === 'everything' && (symbols.has('interp_head') || hasSignature(readAt, elf)));
  if (!isPython) return undefined;
  return {
    runtime,
    // Local, so found in .symtab only; worth a look once it is known to be an old Python.
    interpreterHead:
      runtime === undefined ? elf.findSymbols(['interp_head']).get('interp_head')?.address : undefined,
    currentThread,
    version: symbols.get('Py_Version')?.address,
    writable: elf.segments
      .filter((segment) => segment.type === SEGMENT_TYPE_LOAD && (segment.flags & 2) !== 0)
      .map((segment) => ({ address: segment.address, size: segment.memorySize })),
    elf,
  };
}

/** The load bias of a file from its mappings, of which the first begins with the headers. */
export function biasOf(file: RuntimeFile, mappings: readonly MappedFile[]): number | undefined {
  for (const mapping of mappings) {
    const bias = computeLoadBias(file.elf, mapping);
    if (bias !== undefined) return bias;
  }
  return undefined;
}

/** Searches what is loaded read-only and not executable, where compilers put texts. */
function hasSignature(readAt: ReadAt, elf: ElfFile): boolean {
  const signature = Buffer.from(SIGNATURE);
  for (const segment of elf.segments) {
    if (segment.type !== SEGMENT_TYPE_LOAD || (segment.flags & 2) !== 0) continue;
    for (let at = 0; at < Math.min(segment.fileSize, MAX_SEARCHED); at += PIECE) {
      const length = Math.min(PIECE + signature.length, segment.fileSize - at);
      const piece = readAt(segment.offset + at, length);
      if (Buffer.from(piece.buffer, piece.byteOffset, piece.length).includes(signature)) return true;
      if (piece.length < length) break;
    }
  }
  return false;
}
