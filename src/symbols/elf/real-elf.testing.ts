// Real ELF files for tests: what the machine has mapped or installed.

import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import type { ReadAt } from './elf.ts';

/** Bytes as a file. */
export function readAtOf(bytes: Uint8Array): ReadAt {
  return (offset, length) => bytes.subarray(Math.min(offset, bytes.length), offset + length);
}

/** A file on the disk; read through once opened, closed by the end of the test process. */
export function readAtOfFile(path: string): ReadAt & { readonly close: () => void } {
  const file = openSync(path, 'r');
  const readAt = (offset: number, length: number): Uint8Array => {
    const target = new Uint8Array(length);
    return target.subarray(0, readSync(file, target, 0, length, offset));
  };
  return Object.assign(readAt, { close: () => closeSync(file) });
}

/** The C library that this process uses. */
export function findCLibrary(): string {
  const match = /(\/\S*(libc\.so\.6|libc-\S*\.so|ld-musl\S*))/.exec(readFileSync('/proc/self/maps', 'utf8'));
  if (match === null) throw new Error('no libc mapped');
  return match[1];
}

/** Some small shared library: the first one of at least so many bytes. */
export function findSmallLibrary(smallest: number): string {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
  const folder = folders.find(existsSync) ?? '/lib';
  let best: { path: string; size: number } | undefined;
  for (const name of readdirSync(folder)) {
    if (!/\.so\.\d/.test(name)) continue;
    const path = `${folder}/${name}`;
    const bytes = readFileSync(path);
    if (bytes[0] !== 0x7f || bytes.length < smallest) continue;
    if (best === undefined || bytes.length < best.size) best = { path, size: bytes.length };
  }
  if (best === undefined) throw new Error('no shared library found');
  return best.path;
}

/** Whether a command can be run; says on standard error what is skipped when not. */
export function hasCommand(name: string, skipped: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write(`skipped: there is no ${name}, ${skipped}\n`);
    return false;
  }
}
