// jitdump files, which JIT compilers write for `perf inject`: code with its name, and where it moved to.
// Format: https://github.com/torvalds/linux/blob/master/tools/perf/Documentation/jitdump-specification.txt
//
//   header   magic, version, size, machine, padding, pid, time, flags
//   record   kind u32, size u32, time u64, …
//     load (0)   pid u32, tid u32, vma u64, address u64, size u64, number u64, name NUL, code
//     move (1)   pid u32, tid u32, vma u64, old address u64, new address u64, size u64, number u64
//     close (3)

import { decodeName } from './dwarf-cursor.ts';
import type { JitFunction } from './perf-map.ts';

const MAGIC = 0x4a695444;
const HEADER_SIZE = 40;
const RECORD_HEADER_SIZE = 16;
const LOAD = 0;
const MOVE = 1;
const LOAD_SIZE = RECORD_HEADER_SIZE + 40;
const MOVE_SIZE = RECORD_HEADER_SIZE + 48;

/** Whether bytes begin as a jitdump does. */
export function isJitdump(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_SIZE && viewOf(bytes).getUint32(0, true) === MAGIC;
}

/** The functions of a jitdump in the order they were made. A record that is cut ends it: the file is still growing. */
export function parseJitdump(bytes: Uint8Array): JitFunction[] {
  if (!isJitdump(bytes)) return [];
  const view = viewOf(bytes);
  const functions: JitFunction[] = [];
  const byNumber = new Map<number, JitFunction>();
  for (let at = view.getUint32(8, true); at + RECORD_HEADER_SIZE <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (size < RECORD_HEADER_SIZE || at + size > bytes.length) break;
    const kind = view.getUint32(at, true);
    if (kind === LOAD && size > LOAD_SIZE) {
      const end = bytes.indexOf(0, at + LOAD_SIZE);
      const name = decodeName(bytes.subarray(at + LOAD_SIZE, end < 0 ? at + size : Math.min(end, at + size)));
      const loaded = { start: read64(view, at + 32), size: read64(view, at + 40), name };
      byNumber.set(read64(view, at + 48), loaded);
      if (isPlausible(loaded)) functions.push(loaded);
    } else if (kind === MOVE && size >= MOVE_SIZE) {
      const moved = byNumber.get(read64(view, at + 56));
      const there = moved && { ...moved, start: read64(view, at + 40) };
      if (there !== undefined && isPlausible(there)) functions.push(there);
    }
    at += size;
  }
  return functions;
}

function isPlausible({ start, size }: JitFunction): boolean {
  return size > 0 && Number.isSafeInteger(start + size);
}

function read64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
