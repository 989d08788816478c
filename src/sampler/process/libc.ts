// The C library's calls that the sampler needs, through koffi. Pointers are passed as plain numbers (user addresses stay
// below 2^53), because that is the cheapest call koffi has: about 0.3 µs.

import { readlinkSync } from 'node:fs';
import koffi from 'koffi';

const libc = koffi.load(null);

/** Error numbers by name. */
export const ERRNO: Readonly<Record<string, number>> = koffi.os.errno;

/** The error number of the last call of this thread. */
export function errno(): number {
  return koffi.errno();
}

/** The name of an error number, for example `EPERM`. */
export function errnoName(code: number): string {
  return Object.entries(ERRNO).find(([, value]) => value === code)?.[0] ?? `error ${code}`;
}

/** Where the bytes of an array lie. They do not move, but the caller must keep the array alive. */
export function addressOf(array: ArrayBufferView): number {
  // Small arrays live inside the moving JavaScript heap until their buffer is asked for.
  void array.buffer;
  return Number(koffi.address(array));
}

/** Puts a number of 64 bits (any below 2^53) into a structure that is made of halves, from word `at` on. */
export function setWords(words: Uint32Array, at: number, value: number): void {
  words[at] = value >>> 0;
  words[at + 1] = value / 0x1_0000_0000;
}

type Call<Arguments extends unknown[]> = (...args: Arguments) => number;

const long = (name: string, ...args: string[]) => libc.func(name, 'long', args);
const int = (name: string, ...args: string[]) => libc.func(name, 'int', args);

/** process_vm_readv(2): pid, local iovecs, their number, remote iovecs, their number, flags. Bytes read, or -1. */
export const processVmReadv: Call<[number, number, number, number, number, number]> = long(
  'process_vm_readv',
  'int',
  'uintptr_t',
  'ulong',
  'uintptr_t',
  'ulong',
  'ulong',
);

/** pread(2): file, buffer, length, position. */
export const pread: Call<[number, number, number, number]> = long(
  'pread',
  'int',
  'uintptr_t',
  'ulong',
  'long',
);

/** ptrace(2): request, thread id, address, data. */
export const ptrace: Call<[number, number, number, number]> = long(
  'ptrace',
  'long',
  'int',
  'uintptr_t',
  'uintptr_t',
);

/** waitpid(2): process or thread id, address of the status, options. */
export const waitpid: Call<[number, number, number]> = int('waitpid', 'int', 'uintptr_t', 'int');

/** kill(2). */
export const kill: Call<[number, number]> = int('kill', 'int', 'int');

/** ppoll(2): pollfds, their number, address of the time-out, signal mask. */
export const ppoll: Call<[number, number, number, number]> = int(
  'ppoll',
  'uintptr_t',
  'ulong',
  'uintptr_t',
  'uintptr_t',
);

/** eventfd(2). */
export const eventfd: Call<[number, number]> = int('eventfd', 'uint', 'int');

/** clock_gettime(2): clock id, address of the result. */
export const clockGettime: Call<[number, number]> = int('clock_gettime', 'int', 'uintptr_t');

/** prctl(2) with its two first arguments. */
export const prctl: Call<[number, number]> = int('prctl', 'int', 'ulong');

/** setpriority(2): which, who, value. */
export const setpriority: Call<[number, number, number]> = int('setpriority', 'int', 'int', 'int');

/** prlimit(2): pid, resource, address of the new limit, address for the old one. */
export const prlimit: Call<[number, number, number, number]> = int(
  'prlimit',
  'int',
  'int',
  'uintptr_t',
  'uintptr_t',
);

/** signal(2): sets the disposition of a signal by the address of its handler; 0 is the default. */
export const signal: Call<[number, number]> = long('signal', 'int', 'uintptr_t');

/** siginterrupt(3): whether system calls fail with EINTR when the signal has been handled. */
export const siginterrupt: Call<[number, number]> = int('siginterrupt', 'int', 'int');

/** tcgetpgrp(3): the foreground process group of a terminal. */
export const tcgetpgrp: Call<[number]> = int('tcgetpgrp', 'int');

/** getpgrp(2). */
export const getpgrp: Call<[]> = int('getpgrp');

const syscall3: Call<[number, number, number, number]> = long('syscall', 'long', 'long', 'long', 'long');

/** syscall(2) with the number of a call and four arguments. */
export const syscall4: Call<[number, number, number, number, number]> = long(
  'syscall',
  'long',
  'long',
  'long',
  'long',
  'long',
);

/** The address of a function of the C library; 0 when it has none of that name. The first argument is 0. */
export const dlsym: (library: number, name: string) => number = libc.func('dlsym', 'uintptr_t', [
  'uintptr_t',
  'const char *',
]);

/** The calling thread's id, as the system has it. */
export function gettid(): number {
  return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
}

/** pidfd_open(2), the same number on all architectures. */
export function pidfdOpen(pid: number): number {
  return syscall3(434, pid, 0, 0);
}

/** posix_spawnp(3). Returns an error number, 0 for success. */
export const posixSpawnp: (
  pid: number,
  file: string,
  actions: number,
  attributes: number,
  argv: readonly (string | null)[],
  env: readonly (string | null)[],
) => number = libc.func('posix_spawnp', 'int', [
  'uintptr_t',
  'const char *',
  'uintptr_t',
  'uintptr_t',
  'const char **',
  'const char **',
]);

/** posix_spawnattr_init(3) and its setters; all take the address of the attributes. */
export const posixSpawnattrInit: Call<[number]> = int('posix_spawnattr_init', 'uintptr_t');
export const posixSpawnattrSetflags: Call<[number, number]> = int(
  'posix_spawnattr_setflags',
  'uintptr_t',
  'short',
);
export const posixSpawnattrSetsigmask: Call<[number, number]> = int(
  'posix_spawnattr_setsigmask',
  'uintptr_t',
  'uintptr_t',
);
export const posixSpawnattrSetsigdefault: Call<[number, number]> = int(
  'posix_spawnattr_setsigdefault',
  'uintptr_t',
  'uintptr_t',
);
export const posixSpawnattrDestroy: Call<[number]> = int('posix_spawnattr_destroy', 'uintptr_t');
/** posix_spawn_file_actions_init(3) and those beside it; all take the address of the actions. */
export const posixSpawnFileActionsInit: Call<[number]> = int('posix_spawn_file_actions_init', 'uintptr_t');
export const posixSpawnFileActionsAdddup2: Call<[number, number, number]> = int(
  'posix_spawn_file_actions_adddup2',
  'uintptr_t',
  'int',
  'int',
);
/** Actions, descriptor, path, flags of open(2), mode. */
export const posixSpawnFileActionsAddopen: (
  actions: number,
  fd: number,
  path: string,
  flags: number,
  mode: number,
) => number = libc.func('posix_spawn_file_actions_addopen', 'int', [
  'uintptr_t',
  'int',
  'const char *',
  'int',
  'uint',
]);
export const posixSpawnFileActionsDestroy: Call<[number]> = int(
  'posix_spawn_file_actions_destroy',
  'uintptr_t',
);
export const sigemptyset: Call<[number]> = int('sigemptyset', 'uintptr_t');
export const sigfillset: Call<[number]> = int('sigfillset', 'uintptr_t');

/** sysconf(3). */
export const sysconf: Call<[number]> = long('sysconf', 'int');

/** close(2), for descriptors that Node does not know of. */
export const close: Call<[number]> = int('close', 'int');
