// How soon the first sample comes, and what recording adds to a program that does nothing.
//
//   --rounds 15  --python 3.8,3.11,3.13

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRecording } from '../dist/profile/recording/recording-decoder.js';
import { median, option, printTable, spread, start, VMPROF } from './measure.mjs';
import { findPythons } from './pythons.mjs';

const BUSY = 'import time\nend = time.time() + 0.5\nwhile time.time() < end: pass';

export async function run() {
  const rounds = Number(option('rounds', '15'));
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-bench-'));
  const output = join(folder, 'a.vmprof');
  const rows = [];
  for (const python of findPythons()) {
    const plain = [];
    const recorded = [];
    const first = [];
    for (let round = 0; round < rounds; round++) {
      plain.push(await time([...python.command, '-c', 'pass']));
      recorded.push(
        await time([...VMPROF, 'run', '--quiet', '-o', output, '--', ...python.command, '-c', 'pass']),
      );
      await time([...VMPROF, 'run', '--quiet', '-o', output, '--', ...python.command, '-c', BUSY]);
      first.push(firstSample(parseRecording(readFileSync(output)).profile));
    }
    const added = recorded.map((milliseconds, round) => milliseconds - plain[round]);
    const ms = (value) => `${value.toFixed(0)} ms`;
    rows.push([
      `Python ${python.version}`,
      ms(median(plain)),
      ms(median(recorded)),
      `${ms(median(added))} (${spread(added, ms)})`,
      `${ms(median(first))} (${spread(first, ms)})`,
    ]);
  }
  rmSync(folder, { recursive: true, force: true });
  console.log(
    '### Start: `python -c pass`, and the first sample with a stack after the start of the target\n',
  );
  printTable(['target', 'plain', 'recorded', 'added (middle half)', 'first sample (middle half)'], rows);
}

async function time(command) {
  const before = performance.now();
  await start(command).exit;
  return performance.now() - before;
}

/** Milliseconds from the start of the recording, which is that of the target. */
function firstSample({ samples, timeUnit }) {
  const row = samples.stack.findIndex((stack) => stack !== -1);
  return row === -1 ? Number.NaN : (samples.time[row] * timeUnit) / 1e6;
}
