// A C program without symbols, and beside it the debug information that was taken from it.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseElf } from '../../symbols/elf/elf.ts';

export interface StrippedProgram {
  readonly program: string;
  /** As `objcopy --only-keep-debug` makes it. */
  readonly debugFile: string;
  readonly buildId: string;
}

const SOURCE = join(import.meta.dirname, '../../../test/targets/chain.c');

/** Compiles test/targets/chain.c into the folder; a text says why it cannot be done here. */
export function makeStripped(folder: string): StrippedProgram | string {
  const program = join(folder, 'chain');
  // Not `.debug` beside the program, where it would be found without being asked for.
  const debugFile = join(folder, 'taken-away');
  const steps = [
    ['cc', '-O2', '-g', '-Wl,--build-id', '-o', program, SOURCE],
    ['objcopy', '--only-keep-debug', program, debugFile],
    ['strip', program],
  ] as const;
  for (const [command, ...rest] of steps) {
    const { error, status } = spawnSync(command, rest);
    if (error !== undefined) return `there is no ${command} here`;
    if (status !== 0) return `${command} fails here`;
  }
  const bytes = new Uint8Array(readFileSync(program));
  const buildId = parseElf((offset, length) => bytes.subarray(offset, offset + length)).getBuildId();
  return buildId === undefined ? 'the linker writes no build ids here' : { program, debugFile, buildId };
}
