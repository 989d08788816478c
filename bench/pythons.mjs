// The Pythons to measure: `--python 3.11,3.13` chooses, by default all of pyenv and of VMPROF_TEST_ROOTS.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { option } from './measure.mjs';

export function findPythons(fallback = '') {
  const wanted = option('python', fallback).split(',').filter(Boolean);
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const versions = existsSync(pyenv) ? readdirSync(pyenv) : [];
  const here = versions.map((version) => ({ version, command: [join(pyenv, version, 'bin/python')] }));
  const roots = (process.env.VMPROF_TEST_ROOTS ?? '').split(':').filter(Boolean);
  const all = [...here, ...roots.flatMap(findInRoot), ...(here.length === 0 ? findOnPath() : [])];
  return all
    .filter(
      ({ version }) => wanted.length === 0 || wanted.some((start) => `${version}.`.startsWith(`${start}.`)),
    )
    .sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

/** The same Python beside a process of it: profilers that come with Python must see the same files. */
export function besideProcess(python, pid) {
  return python.root === undefined
    ? python.command
    : ['nsenter', '-t', `${pid}`, '-m', '-r', '--', python.name];
}

/** The path of a program of this folder, as the Python sees it. */
export function place(python, path) {
  if (python.root === undefined) return path;
  const folder = join(python.root, 'tmp', 'vmprof-bench');
  mkdirSync(folder, { recursive: true });
  copyFileSync(path, join(folder, basename(path)));
  return join('/tmp/vmprof-bench', basename(path));
}

// Programs of another root run in a mount namespace of their own, with a /proc there, which profilers in that root need.
function findInRoot(root) {
  return readdirSync(join(root, 'usr/bin'))
    .filter((name) => /^python3\.\d+$/.test(name))
    .map((name) => ({
      version: name.slice('python'.length),
      root,
      name,
      command: [
        'unshare',
        '-m',
        'sh',
        '-c',
        `mount -t proc proc ${root}/proc; exec chroot ${root} "$@"`,
        'sh',
        name,
      ],
    }));
}

function findOnPath() {
  const text = execFileSync('python3', ['--version'], { encoding: 'utf8' });
  return [{ version: text.trim().split(' ')[1], command: ['python3'] }];
}
