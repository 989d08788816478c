// What a mapped ELF file tells about a Python interpreter inside it. A file is recognised by its section or symbols, never
// by its name: programs embed Python.

import { ProfilerError } from '../../base/errors.ts';
import {
  computeLoadBias,
  type ElfFile,
  parseElf,
  type ReadAt,
  SEGMENT_TYPE_LOAD,
} from '../../symbols/elf/elf.ts';
import type { MappedFile } from '../process/maps.ts';

/** A file that is open for reading. */
export interface OpenedFile {
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

/** Mapped file and effort → what was found in the file: undefined for those without Python. */
export type RuntimeFileCache = Map<string, RuntimeFile | undefined>;

const SYMBOLS = ['_PyRuntime', 'interp_head', '_PyThreadState_Current', 'Py_Version'];
const SECTION = '.PyRuntime';
/** A text in every interpreter ever built, to recognise those that were stripped of everything else. */
const SIGNATURE = 'Fatal Python error';
/** Read-only data is searched in pieces of this size. */
const PIECE = 1 << 20;
/** Interpreters have 1 to 5 MB of it; to search more of a large program would cost tens of milliseconds. */
const MAX_SEARCHED = 16 << 20;

/**
 * How hard to look. 'names': section and dynamic symbols, some 20 KB read. 'text': a text that every interpreter contains,
 * and then all symbols. 'text-if-bare': the same for files whose section headers were stripped, which say nothing else.
 */
export type Effort = 'names' | 'text' | 'text-if-bare';

/** A file that is mapped, with all its mappings. */
export interface MappedElf {
  readonly path: string;
  /** In order of address. */
  readonly mappings: readonly MappedFile[];
}

/**
 * Analyses one file, at most once for each effort: which file it is, the mappings tell, so that known ones need not be
 * opened. Opens it with `open`; one that cannot be opened is tried again the next time.
 */
export function examineFile(
  file: MappedElf,
  effort: Effort,
  cache: RuntimeFileCache,
  open: (mapping: MappedFile) => OpenedFile | undefined,
): RuntimeFile | undefined {
  const { device, inode, deleted } = file.mappings[0];
  // Its extent tells it from another file that got the same number after this one was removed.
  const extent = Math.max(...file.mappings.map((one) => one.offset + one.end - one.start));
  const key = `${effort} ${device} ${inode} ${deleted} ${extent} ${file.path}`;
  if (cache.has(key)) return cache.get(key);
  const opened = open(file.mappings[0]);
  if (opened === undefined) return undefined;
  try {
    const result = examine(opened.readAt, effort);
    cache.set(key, result);
    return result;
  } finally {
    opened.close();
  }
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
  if (effort === 'text-if-bare' && elf.sections.length > 0) return undefined;
  if (effort !== 'names' && !hasSignature(readAt, elf)) return undefined;
  const section = elf.findSection(SECTION);
  const symbols = elf.findSymbols(SYMBOLS, effort === 'names' ? 'dynamic' : 'all');
  const runtime = section?.address ?? symbols.get('_PyRuntime')?.address;
  const currentThread = symbols.get('_PyThreadState_Current')?.address;
  if (runtime === undefined && currentThread === undefined && effort === 'names') return undefined;
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

/** Searches read-only data: its section, or what is loaded and not writable. */
function hasSignature(readAt: ReadAt, elf: ElfFile): boolean {
  const section = elf.findSection('.rodata');
  const areas =
    section === undefined
      ? elf.segments.filter((segment) => segment.type === SEGMENT_TYPE_LOAD && (segment.flags & 2) === 0)
      : [{ offset: section.offset, fileSize: section.size }];
  return areas.some(({ offset, fileSize }) => hasText(readAt, offset, Math.min(fileSize, MAX_SEARCHED)));
}

function hasText(readAt: ReadAt, offset: number, size: number): boolean {
  const signature = Buffer.from(SIGNATURE);
  for (let at = 0; at < size; at += PIECE) {
    const length = Math.min(PIECE + signature.length, size - at);
    const piece = readAt(offset + at, length);
    if (Buffer.from(piece.buffer, piece.byteOffset, piece.length).includes(signature)) return true;
    if (piece.length < length) return false;
  }
  return false;
}
