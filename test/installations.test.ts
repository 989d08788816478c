import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { skip } from '../src/base/skip.testing.ts';
import type { Profile } from '../src/profile/tables.ts';
import {
  computeTotals,
  describeEachPython,
  ordinaryPython,
  readRecording,
  runVmprof,
  type StartOptions,
  target,
  temporaryFolder,
} from './support.ts';

// The interpreter is found wherever it is: by what is in the process, not by a file's name.

const PYTHON = ordinaryPython();

describe('installations', () => {
  it('a virtual environment', async (context) => {
    const folder = temporaryFolder();
    try {
      execFileSync(PYTHON, ['-m', 'venv', '--without-pip', join(folder, 'venv')], { stdio: 'ignore' });
    } catch {
      skip(context, `${PYTHON} has no venv module`);
    }
    await expectSpin([join(folder, 'venv/bin/python')]);
  });

  it('an interpreter whose file is deleted while it runs', async () => {
    const folder = temporaryFolder();
    const script = `import os, sys\nos.unlink(sys.executable)\nexec(open(${JSON.stringify(target('spin.py'))}).read())`;
    const copy = join(folder, 'renamed');
    copyFileSync(PYTHON, copy);
    const profile = await record([copy, '-c', script, '0.8'], {
      env: { PYTHONHOME: dirname(dirname(PYTHON)) },
    });
    expect(computeTotals(profile).get('heavy')?.samples).toBeGreaterThan(5);
  });

  it('another process and file system namespace', async (context) => {
    if (process.getuid?.() !== 0) skip(context, 'needs root, for a namespace');
    await expectSpin(['unshare', '--pid', '--mount', '--fork', '--mount-proc', PYTHON]);
  });
});

describeEachPython('a program that loads the interpreter as a library', { since: [2, 7] }, (python) => {
  it('and is not called Python', async (context) => {
    const home = dirname(dirname(python.command[0]));
    const library = python.root === undefined ? findLibrary(join(home, 'lib')) : undefined;
    if (library === undefined) skip(context, `Python ${python.name} has no library of its own`);
    const program = join(temporaryFolder(), 'worker');
    try {
      execFileSync('cc', ['-O1', '-o', program, target('embed.c'), '-ldl'], { stdio: 'ignore' });
    } catch {
      skip(context, 'there is no C compiler here');
    }
    await expectSpin([program, library], { env: { PYTHONHOME: home } });
  });
});

async function expectSpin(command: readonly string[], options: StartOptions = {}): Promise<void> {
  const totals = computeTotals(await record([...command, target('spin.py'), '0.8'], options));
  expect(totals.get('heavy')?.samples).toBeGreaterThan(5);
}

async function record(command: readonly string[], options: StartOptions = {}): Promise<Profile> {
  const output = join(temporaryFolder(), 'out.vmprof');
  const finished = await runVmprof(['run', '--quiet', '-o', output, '--', ...command], options);
  expect(finished.code, finished.stderr).toBe(0);
  return readRecording(output);
}

function findLibrary(folder: string): string | undefined {
  const name = readdirSync(folder).find((file) => /^libpython[23]\.\d+m?t?\.so\.1\.0$/.test(file));
  return name === undefined ? undefined : join(folder, name);
}
