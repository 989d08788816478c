// How fast files of each format are read, and in how much memory.
//
//   --only TEXT  (cases whose name has it)  --runs 5  --megabytes 100
//
// A case is made by a file bench/formats-NAME.mjs (with what made-files.mjs offers), which exports
//
//   export const cases = [{ name, makeFile(path, { megabytes }), read(path) }];
//
// makeFile writes a file of about that size by a fixed rule and gives the number of bytes; read reads it and gives the profile.
// Both may be asynchronous. Every run is a process of its own (formats-run.mjs), so that its peak memory is that of one read;
// cases take turns, so that a busy moment of the machine does not hit one alone.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, option, printTable, spread } from './measure.mjs';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const RUNNER = join(FOLDER, 'formats-run.mjs');

export async function run() {
  const cases = await loadCases(option('only', ''));
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-bench-'));
  try {
    const options = { megabytes: Number(option('megabytes', '100')) };
    for (const [index, each] of cases.entries()) {
      each.path = join(folder, `${index}`);
      each.bytes = await each.makeFile(each.path, options);
    }
    const runs = Number(option('runs', '5'));
    for (let round = 0; round < runs; round++) {
      for (const each of cases) each.results.push(runOnce(each));
    }
    print(cases, runs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadCases(wanted) {
  const files = readdirSync(FOLDER).filter(
    (name) => /^formats-.+\.mjs$/.test(name) && join(FOLDER, name) !== RUNNER,
  );
  const loaded = [];
  for (const file of files.sort()) {
    const { cases } = await import(`./${file}`);
    cases.forEach((each, index) => {
      if (each.name.includes(wanted)) loaded.push({ ...each, file, index, results: [] });
    });
  }
  return loaded;
}

function runOnce({ file, index, path, name }) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', RUNNER, file, `${index}`, path],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`reading "${name}" failed:\n${stderr}`);
  return JSON.parse(stdout);
}

function print(cases, runs) {
  const rows = cases.map(({ name, bytes, results }) => {
    const speedsBy = (key) => results.map((result) => bytes / 1e6 / (result[key] / 1000));
    const speeds = speedsBy('milliseconds');
    const of = (key) => median(results.map((result) => result[key])) / 1e6;
    const budget = 1.5 * of('tables') + 64;
    return [
      name,
      `${(bytes / 1e6).toFixed(0)} MB`,
      `${median(speeds).toFixed(0)} MB/s`,
      spread(speeds, (speed) => speed.toFixed(0)),
      `${median(speedsBy('cpuMilliseconds')).toFixed(0)} MB/s`,
      `${of('tables').toFixed(0)} MB`,
      `${of('grown').toFixed(0)} MB${of('grown') > budget ? ' (above)' : ''}`,
      `${budget.toFixed(0)} MB`,
      `${of('peak').toFixed(0)} MB`,
    ];
  });
  console.log(`### Reading files: medians of ${runs} runs, each in a process of its own\n`);
  printTable(
    [
      'format',
      'file',
      'speed',
      'middle half',
      'of CPU time',
      'tables',
      'memory',
      '1.5 × tables + 64 MB',
      'whole process',
    ],
    rows,
  );
}
