// The Pythons that tests record: every version of pyenv, those on the PATH, and those of other systems unpacked in a folder.
// docs/testing.md explains the environment variables.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';

export interface TestPython {
  /** Short and unique, for test titles: `3.11.7`, `3.11.2 of /usr/bin`, `3.14.10 in sid`. */
  readonly name: string;
  readonly version: readonly [major: number, minor: number];
  /** What to run: one executable, or `chroot FOLDER EXECUTABLE`. */
  readonly command: readonly string[];
  /** The other system's folder, for a Python that sees its own file system. */
  readonly root?: string;
  readonly isFreeThreaded: boolean;
}

/** All Pythons of this machine that VMPROF_TEST_VERSIONS lets through, oldest first. */
export function findPythons(): readonly TestPython[] {
  const wanted = listOf('VMPROF_TEST_VERSIONS', ',');
  const found = [...findHere(), ...listOf('VMPROF_TEST_ROOTS', delimiter).flatMap(findInRoot)];
  return found
    .filter(({ name }) => wanted.length === 0 || wanted.some((start) => isVersionOf(name, start)))
    .sort((a, b) => a.version[0] - b.version[0] || a.version[1] - b.version[1]);
}

/** Whether a Python is at least this version. */
export function isSince(python: TestPython, [major, minor]: readonly [number, number]): boolean {
  return python.version[0] > major || (python.version[0] === major && python.version[1] >= minor);
}

/**
 * Puts a file or folder of the tests where the Python can read it; returns the path as the Python sees it. Pythons of this
 * system read it in place; for those of another one it is copied. `remove` takes the copy away.
 */
export function placeFor(python: TestPython, path: string): { path: string; remove: () => void } {
  if (python.root === undefined) return { path, remove: () => {} };
  const folder = mkdtempSync(join(python.root, 'tmp', 'vmprof-test-'));
  cpSync(path, join(folder, basename(path)), { recursive: true });
  return {
    path: join('/tmp', basename(folder), basename(path)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function isVersionOf(name: string, start: string): boolean {
  return name === start || name.startsWith(`${start}.`) || name.startsWith(`${start} `);
}

function findHere(): TestPython[] {
  const given = listOf('VMPROF_TEST_PYTHONS', delimiter);
  if (given.length > 0) return given.flatMap((path) => describe([path]));
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const fromPyenv = existsSync(pyenv)
    ? readdirSync(pyenv).map((version) => join(pyenv, version, 'bin', 'python'))
    : [];
  // Shims of version managers start one of the Pythons that are found anyway.
  const fromPath = listOf('PATH', delimiter)
    .filter((folder) => !folder.includes('shims') && existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter(isPythonName)
        .map((name) => join(folder, name)),
    );
  const byFile = new Map<string, TestPython>();
  for (const path of [...fromPyenv, ...fromPath]) {
    if (!existsSync(path) || byFile.has(realpathSync(path))) continue;
    for (const python of describe([path], fromPyenv.includes(path) ? '' : ' of the PATH')) {
      byFile.set(realpathSync(path), python);
    }
  }
  return [...byFile.values()];
}

function findInRoot(root: string): TestPython[] {
  if (process.getuid?.() !== 0 || !existsSync(join(root, 'usr/bin'))) return [];
  return readdirSync(join(root, 'usr/bin'))
    .filter((name) => /^python[23]\.\d+t?$/.test(name))
    .flatMap((name) => describe(['chroot', root, name], ` in ${basename(root)}`, root));
}

function isPythonName(name: string): boolean {
  return /^python[23](\.\d+t?)?$/.test(name);
}

const DESCRIBE =
  'import sys,sysconfig;print("%d.%d.%d %s" % (sys.version_info[:3]+(sysconfig.get_config_var("Py_GIL_DISABLED") or 0,)))';

/** Empty when it is not a CPython that starts. */
function describe(command: readonly string[], where = '', root?: string): TestPython[] {
  let text: string;
  try {
    const [file, ...args] = command;
    text = execFileSync(file, [...args, '-c', DESCRIBE], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return [];
  }
  const [version, gilDisabled] = text.trim().split(' ');
  const [major, minor] = version.split('.').map(Number);
  const isFreeThreaded = gilDisabled === '1';
  const name = `${version}${isFreeThreaded ? 't' : ''}${where}`;
  return [
    { name, version: [major, minor], command, isFreeThreaded, ...(root === undefined ? {} : { root }) },
  ];
}

function listOf(variable: string, separator: string): string[] {
  return (process.env[variable] ?? '').split(separator).filter((part) => part !== '');
}
