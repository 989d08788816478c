import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTool } from '../src/base/run-tool.testing.ts';
import { skip } from '../src/base/skip.testing.ts';
import { NONE, type Profile } from '../src/profile/tables.ts';
import { makeMiniDebug } from '../src/symbols/elf/mini-debug.testing.ts';
import { functionsSeen, namesOfStack, readRecording, runVmprof, target, temporaryFolder } from './support.ts';

// What recordings with native frames read beside the program, and what they keep for the next one.

describe('unwind tables', () => {
  it('are kept on disk, read by the next recording, and replaced when damaged', async (context) => {
    const folder = temporaryFolder();
    const program = join(folder, 'chain');
    runTool(context, folder, ['cc', '-O2', '-o', program, target('chain.c')]);
    const env = { XDG_CACHE_HOME: join(folder, 'cache') };
    const kept = join(folder, 'cache', 'vmprof', 'unwind');
    await record(folder, program, env);
    // The largest is that of the C library, whose qsort calls back.
    const sizeOf = (name: string) => statSync(join(kept, name)).size;
    const [name] = readdirSync(kept).sort((a, b) => sizeOf(b) - sizeOf(a));
    const path = join(kept, name);
    const bytes = readFileSync(path);
    expect(name).toMatch(/^[0-9a-f]+-\d+-\d+\.table$/);
    truncateSync(path, bytes.length - 1);
    expect([...functionsSeen(await record(folder, program, env))]).toEqual(
      expect.arrayContaining(['main', 'sort', 'compare']),
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect([...functionsSeen(await record(folder, program, env))]).toEqual(
      expect.arrayContaining(['main', 'sort', 'compare']),
    );
  });

  it('are compiled each time where nothing can be kept', async (context) => {
    const folder = temporaryFolder();
    const program = join(folder, 'chain');
    runTool(context, folder, ['cc', '-O2', '-o', program, target('chain.c')]);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const profile = await record(folder, program, { XDG_CACHE_HOME: file });
    expect([...functionsSeen(profile)]).toEqual(expect.arrayContaining(['main', 'sort', 'compare']));
  });
});

describe('a stripped program', () => {
  it('has the names of its own functions where they were left in it, packed', async (context) => {
    const folder = temporaryFolder();
    const program = join(folder, 'chain');
    runTool(context, folder, ['cc', '-O2', '-o', program, target('chain.c')]);
    const problem = makeMiniDebug(folder, program);
    if (problem !== undefined) skip(context, problem);
    const seen = [...functionsSeen(await record(folder, program, { XDG_CACHE_HOME: folder }))];
    expect(seen).toEqual(expect.arrayContaining(['main', 'first', 'third', 'spin', 'sort', 'compare']));
    expect(seen.filter((name) => name.startsWith('chain+0x'))).toEqual([]);
  });
});

describe('a program whose debug information stands in files of its own', () => {
  it('has inlined functions, with their lines', async (context) => {
    const folder = temporaryFolder();
    const program = join(folder, 'inlined');
    writeFileSync(
      join(folder, 'inlined.c'),
      `#include <stdlib.h>
static volatile unsigned long sink;
static inline __attribute__((always_inline)) void spin_inside(unsigned long n) {
  for (unsigned long i = 0; i < n; i++) sink += i * i;
}
int main(int argc, char **argv) {
  for (int i = 0; i < atoi(argv[1]) * 1500; i++) spin_inside(10000);
  return 0;
}
`,
    );
    runTool(context, folder, ['cc', '-O2', '-g', '-gsplit-dwarf', '-c', 'inlined.c']);
    runTool(context, folder, ['cc', '-o', program, 'inlined.o']);
    const profile = await record(folder, program, { XDG_CACHE_HOME: folder });
    const stacks = [...profile.samples.stack].filter((row) => row !== NONE);
    const names = stacks.map((row) => namesOfStack(profile, row).join(' '));
    expect(names.some((stack) => stack.endsWith('main spin_inside'))).toBe(true);
  });
});

/** Runs a compiler or the like; skips the test where there is none, or where it cannot do this. */
async function record(
  folder: string,
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<Profile> {
  const output = join(folder, 'out.vmprof');
  const { code, stderr } = await runVmprof(
    ['run', '-q', '--native', '-r', '500', '-o', output, '--', program, '100'],
    { cwd: folder, env },
  );
  expect([code, stderr]).toEqual([0, '']);
  return readRecording(output);
}
