// Who holds the interpreter lock (GIL), and who waits for it.

import type { ProcessMemory } from '../process/memory.ts';
import type { PythonRuntime } from './find-runtime.ts';

/** A lock and the futex words inside it. */
export interface GilAddresses {
  /** Pointer to the thread state that holds the lock, or held it last. */
  readonly holder: number;
  /** i32, 1 while it is held; undefined where the holder is NULL then. */
  readonly locked: number | undefined;
  /** A thread blocked in futex(2) at an address in this range waits for the lock. */
  readonly waitBegin: number;
  readonly waitEnd: number;
}

/** struct _gil_runtime_state is smaller in all versions. */
const GIL_SIZE = 256;
/** Up to 3.11 the lock lies inside _PyRuntime, whose other locks are hardly ever waited for. */
const RUNTIME_SIZE = 64 * 1024;

/** Where to look for the lock of an interpreter; undefined when it runs without, or it cannot be known. */
export function findGil(
  memory: ProcessMemory,
  runtime: PythonRuntime,
  interpreter: number,
): GilAddresses | undefined {
  const { gil } = runtime.layout;
  switch (gil.kind) {
    case 'current-thread':
      if (runtime.currentThreadAddress === undefined) return undefined;
      return { holder: runtime.currentThreadAddress, locked: undefined, waitBegin: 0, waitEnd: 0 };
    case 'runtime':
      return {
        holder: runtime.runtimeAddress + gil.currentThread,
        locked: undefined,
        waitBegin: runtime.runtimeAddress,
        waitEnd: runtime.runtimeAddress + RUNTIME_SIZE,
      };
    case 'interpreter': {
      const pointer = new DataView(new ArrayBuffer(8));
      const bytes = new Uint8Array(pointer.buffer);
      if (!memory.readInto(interpreter + gil.pointer, bytes)) return undefined;
      const address = Number(pointer.getBigUint64(0, true));
      if (address === 0) return undefined;
      if (gil.enabled !== undefined) {
        if (!memory.readInto(address + gil.enabled, bytes) || pointer.getInt32(0, true) === 0)
          return undefined;
      }
      return {
        holder: address + gil.holder,
        locked: address + gil.locked,
        waitBegin: address,
        waitEnd: address + GIL_SIZE,
      };
    }
  }
}
