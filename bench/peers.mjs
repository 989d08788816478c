// Other profilers to compare with, where they are installed. `npm run bench peers` installs py-spy and austin from the Python
// package index into .cache/peers.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { besideProcess } from './pythons.mjs';

const CACHE = fileURLToPath(new URL('../.cache/peers', import.meta.url));
// The newest austin that runs with glibc 2.36, that is on Debian 12.
const PACKAGES = ['py-spy', 'austin-dist==3.7.0'];

/**
 * Commands that record a process at a rate, as { name, command(pid) }; says what is left out and why. With `native`, an option,
 * those that record native frames.
 */
export function findPeers(python, rate, folder, native = []) {
  const peers = [];
  const minor = Number(python.version.split('.')[1]);
  const pySpy = findTool('py-spy');
  if (pySpy === undefined) console.log('py-spy is not here: npm run bench peers');
  else {
    const ways =
      native.length > 0
        ? [['py-spy --native', native]]
        : [
            ['py-spy', []],
            ['py-spy --nonblocking', ['--nonblocking']],
          ];
    for (const [name, flags] of ways) {
      const output = join(folder, 'py-spy.txt');
      peers.push({
        name,
        command: (pid) => [
          pySpy,
          'record',
          ...flags,
          '-r',
          `${rate}`,
          '-d',
          '600',
          '-f',
          'raw',
          '-o',
          output,
          '-p',
          `${pid}`,
        ],
      });
    }
  }
  if (native.length > 0) return peers;
  const austin = findTool('austin');
  if (austin === undefined) console.log('austin is not here: npm run bench peers');
  else
    peers.push({
      name: 'austin',
      command: (pid) => [austin, '-i', `${1e6 / rate}us`, '-o', join(folder, 'austin.txt'), '-p', `${pid}`],
    });
  if (minor >= 15) {
    for (const [name, flags] of [
      ['profiling.sampling', []],
      ['profiling.sampling --blocking', ['--blocking']],
    ]) {
      peers.push({
        name,
        command: (pid) => [
          ...besideProcess(python, pid),
          '-m',
          'profiling.sampling',
          'attach',
          '-a',
          ...flags,
          '-r',
          `${rate}`,
          '--collapsed',
          '-o',
          '/tmp/tachyon.txt',
          `${pid}`,
        ],
      });
    }
  }
  return peers;
}

/** Installs the peers. */
export function run() {
  execFileSync('python3', ['-m', 'venv', CACHE], { stdio: 'inherit' });
  execFileSync(join(CACHE, 'bin/pip'), ['install', '--quiet', ...PACKAGES], { stdio: 'inherit' });
  console.log(`Installed ${PACKAGES.join(' and ')} into .cache/peers.`);
}

function findTool(name) {
  const folders = [
    join(CACHE, 'bin'),
    ...pyenvFolders(),
    ...(process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('shims')),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function pyenvFolders() {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  return existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : [];
}
