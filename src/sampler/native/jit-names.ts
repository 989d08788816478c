// Names of code that a process made at run time: its perf map, and the jitdumps that it has mapped.

import { readFileSync, statSync } from 'node:fs';
import { parseJitdump } from '../../symbols/jitdump.ts';
import {
  findJitFunction,
  type JitFunction,
  type JitFunctions,
  parsePerfMap,
  sortJitFunctions,
} from '../../symbols/perf-map.ts';
import { readInnerThreadId } from '../process/process-info.ts';
import { monotonicNow } from '../process/waiter.ts';
import type { MappedCode } from './process-code.ts';

/** The files grow all the time. They are looked at again after this time, or after a multiple of what reading them took. */
const LOOK_INTERVAL = 100_000_000;
const MULTIPLE = 50;
/** A service that runs for months writes files without end. */
const MAX_FILE = 256 << 20;

/** Names of one process's generated code. */
export class JitNames {
  readonly #pid: number;
  readonly #ranges: () => readonly MappedCode[];
  #functions: JitFunctions = sortJitFunctions([]);
  #lookAgainAt = Number.NEGATIVE_INFINITY;
  #sizes = '';

  /** @param ranges the mappings with code, at the moment */
  constructor(pid: number, ranges: () => readonly MappedCode[]) {
    this.#pid = pid;
    this.#ranges = ranges;
  }

  /** The function at an address; undefined when the files name none. */
  find(address: number, now: number): JitFunction | undefined {
    const known = findJitFunction(this.#functions, address);
    if (known !== undefined || now < this.#lookAgainAt) return known;
    const begin = monotonicNow();
    this.#look();
    this.#lookAgainAt = now + Math.max(LOOK_INTERVAL, (monotonicNow() - begin) * MULTIPLE);
    return findJitFunction(this.#functions, address);
  }

  #look(): void {
    const pid = this.#pid;
    const inner = readInnerThreadId(pid, pid) ?? pid;
    const map = `/proc/${pid}/root/tmp/perf-${inner}.map`;
    const dumps = this.#ranges()
      .filter(({ mapping }) => /\/jit-\d+\.dump$/.test(mapping.path))
      .map(({ mapping }) => `/proc/${pid}/root${mapping.path}`);
    const paths = [map, ...new Set(dumps)];
    const sizes = paths.map(sizeOf).join();
    if (sizes === this.#sizes) return;
    this.#sizes = sizes;
    const functions = paths.flatMap((path) => {
      const bytes = readBytes(path);
      if (bytes === undefined) return [];
      return path === map ? parsePerfMap(new TextDecoder().decode(bytes)) : parseJitdump(bytes);
    });
    this.#functions = sortJitFunctions(functions);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function readBytes(path: string): Uint8Array | undefined {
  const size = sizeOf(path);
  if (size === 0 || size > MAX_FILE) return undefined;
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
