// The C library's calls that the sampler needs, through koffi. Pointers are passed as plain numbers (user addresses stay
// below 2^53), because that is the cheapest call koffi has: about 0.3 µs.

import koffi from 'koffi';

const libc = koffi.load(null);

type ReadvCall = (
  pid: number,
  local: number,
  localCount: number,
  remote: number,
  remoteCount: number,
  flags: number,
) => number;

/** process_vm_readv(2); iovec arrays are given by address. Returns bytes read, or -1. */
export const processVmReadv: ReadvCall = libc.func('process_vm_readv', 'long', [
  'int',
  'uintptr_t',
  'ulong',
  'uintptr_t',
  'ulong',
  'ulong',
]);

/** The error number of the last call of this thread. */
export function errno(): number {
  return koffi.errno();
}

/** Error numbers by name. */
export const ERRNO: Readonly<Record<string, number>> = koffi.os.errno;

/** Where the bytes of a typed array lie. They do not move, but the caller must keep the array alive. */
export function addressOf(array: ArrayBufferView): number {
  return Number(koffi.address(array));
}
