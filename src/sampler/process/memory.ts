// Reading another process's memory: process_vm_readv(2). One call costs microseconds whatever the size up to 16 KB,
// so callers read structures whole.

import { ProfilerError } from '../../base/errors.ts';
import { addressOf, ERRNO, errno, processVmReadv } from './libc.ts';

/** The memory of one process. Reads see a running target: what belongs together must be checked by the reader. */
export interface ProcessMemory {
  readonly pid: number;
  /** A copy of `length` bytes; throws ProfilerError `read-fault` when one of them cannot be read. */
  read(address: number, length: number): Uint8Array;
  /** Fills `target`; false when one of its bytes cannot be read. */
  readInto(address: number, target: Uint8Array): boolean;
}

/** Opens nothing: the kernel checks permission at each read. */
export function openProcessMemory(pid: number): ProcessMemory {
  const iovecs = new BigUint64Array(4);
  const iovecAddress = addressOf(iovecs);

  const readInto = (address: number, target: Uint8Array): boolean => {
    if (target.length === 0) return true;
    if (!(address > 0)) return false;
    iovecs[0] = BigInt(addressOf(target));
    iovecs[1] = BigInt(target.length);
    iovecs[2] = BigInt(address);
    iovecs[3] = BigInt(target.length);
    return processVmReadv(pid, iovecAddress, 1, iovecAddress + 16, 1, 0) === target.length;
  };

  return {
    pid,
    readInto,
    read(address, length) {
      const bytes = new Uint8Array(length);
      if (!readInto(address, bytes)) throw readFault(pid, address, length, errno());
      return bytes;
    },
  };
}

function readFault(pid: number, address: number, length: number, code: number): ProfilerError {
  const where = `0x${address.toString(16)}`;
  if (code === ERRNO.EPERM) {
    return new ProfilerError('not-permitted', `Not allowed to read the memory of process ${pid}.`, {
      facts: { pid },
    });
  }
  if (code === ERRNO.ESRCH) {
    return new ProfilerError('no-such-process', `Process ${pid} has ended.`, { facts: { pid } });
  }
  return new ProfilerError('read-fault', `Process ${pid} has no ${length} readable bytes at ${where}.`, {
    facts: { pid, address: where, length },
  });
}
