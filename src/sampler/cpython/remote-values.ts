// Numbers and pointers in another process's memory. What cannot be read is undefined: the process runs on meanwhile.

import type { ProcessMemory } from '../process/memory.ts';

/** A copy of `length` bytes; undefined when one of them cannot be read. */
export function readView(memory: ProcessMemory, address: number, length: number): DataView | undefined {
  const bytes = new Uint8Array(length);
  return memory.readInto(address, bytes) ? new DataView(bytes.buffer) : undefined;
}

/** The pointer, or other u64 below 2^53, at an address. */
export function readPointer(memory: ProcessMemory, address: number): number | undefined {
  const view = readView(memory, address, 8);
  return view && pointerIn(view, 0);
}

/** The pointer at an offset of what was read. */
export function pointerIn(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}
