// Searches in the writable memory of an interpreter whose symbols were stripped: the version text, the table of offsets,
// and the pointer to the newest interpreter, which is recognised by pointers that lead back to it.

import type { ProcessMemory } from '../process/memory.ts';
import { hasDebugOffsets } from './debug-offsets.ts';
import type { Layout, PythonVersion } from './layout.ts';
import { pointerIn, readPointer } from './remote-values.ts';

/** A part of the process's memory. */
export interface MemoryRange {
  readonly address: number;
  readonly size: number;
}

/** More writable data than any interpreter has; what embeds one may have more. */
const MAX_RANGE = 64 << 20;
/** Py_GetVersion() writes its text into a static buffer, at the latest when module sys is made: "3.8.18 (default, …". */
const VERSION = /(?:^|[^\w.])([23])\.(\d{1,2})\.(\d{1,2})((?:a|b|c|rc)\d{1,2})?\+? \(/;

/** The version as Py_GetVersion() gives it; undefined while it was not called. */
export function scanForVersion(
  memory: ProcessMemory,
  ranges: readonly MemoryRange[],
): { version: PythonVersion; text: string } | undefined {
  for (const range of ranges) {
    const bytes = readRange(memory, range);
    const match = VERSION.exec(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
    if (match === null) continue;
    const [, major, minor, patch, suffix = ''] = match;
    return {
      version: { major: Number(major), minor: Number(minor), patch: Number(patch) },
      text: `${major}.${minor}.${patch}${suffix}`,
    };
  }
  return undefined;
}

/** Where a _PyRuntime of 3.13+ lies. */
export function scanForDebugOffsets(
  memory: ProcessMemory,
  ranges: readonly MemoryRange[],
): number | undefined {
  for (const range of ranges) {
    const bytes = readRange(memory, range);
    for (let at = 0; at + 24 <= bytes.length; at += 8) {
      if (bytes[at] === 0x78 && hasDebugOffsets(bytes.subarray(at, at + 24))) return range.address + at;
    }
  }
  return undefined;
}

/**
 * Where the pointer to the newest interpreter lies (2.7, 3.6), or _PyRuntime (3.7+): a pointer to a structure
 * whose first thread state points back to that structure.
 */
export function scanForRuntime(
  memory: ProcessMemory,
  ranges: readonly MemoryRange[],
  layout: Layout,
): number | undefined {
  const isAlone = layout.runtime.interpretersHead === 0;
  const tried = new Set<number>();
  for (const range of ranges) {
    const bytes = readRange(memory, range);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + 24 <= bytes.length; at += 8) {
      const pointer = pointerIn(view, at);
      if (!isPointer(pointer)) continue;
      // 2.7 and 3.6 allocate interpreters; pointers into the file's own data are something else. 3.7+ has a structure
      // {newest interpreter, first interpreter, number for the next one}, and 3.11+ the first one in its own data.
      const isCandidate = isAlone
        ? !isInside(pointer, ranges) && !tried.has(pointer)
        : isPointer(pointerIn(view, at + 8)) && isNextId(pointerIn(view, at + 16));
      if (!isCandidate) continue;
      tried.add(pointer);
      if (isInterpreter(memory, pointer, layout)) return range.address + at - layout.runtime.interpretersHead;
    }
  }
  return undefined;
}

/** Does this interpreter have a thread state that says it belongs to it? */
export function isInterpreter(memory: ProcessMemory, address: number, layout: Layout): boolean {
  const thread = readPointer(memory, address + layout.interpreter.threadsHead);
  if (thread === undefined || !isPointer(thread)) return false;
  return readPointer(memory, thread + layout.thread.interpreter) === address;
}

/** User addresses have 47 bits (48 on arm64), and the first page is never mapped. */
function isPointer(value: number): boolean {
  return value >= 4096 && value < 2 ** 48 && value % 8 === 0;
}

function isInside(value: number, ranges: readonly MemoryRange[]): boolean {
  return ranges.some(({ address, size }) => value >= address && value < address + size);
}

/** Numbers of interpreters count from 0. */
function isNextId(value: number): boolean {
  return value > 0 && value < 2 ** 24;
}

/** As much of a range as can be read: the last pages of a segment may be protected differently. */
function readRange(memory: ProcessMemory, range: MemoryRange): Uint8Array {
  const bytes = new Uint8Array(Math.min(range.size, MAX_RANGE));
  if (memory.readInto(range.address, bytes)) return bytes;
  for (let at = 0; at < bytes.length; at += 4096) {
    memory.readInto(range.address + at, bytes.subarray(at, Math.min(at + 4096, bytes.length)));
  }
  return bytes;
}
