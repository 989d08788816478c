// How many samples a second one thread can be given, as fast as it goes; and for each second of the profiler's CPU time, which
// a busy machine does not change.
//
//   --seconds 3  --depths 5,50,500  --python 3.8,3.11,3.13

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRecording } from '../dist/profile/recording/recording-decoder.js';
import { median, option, percent, printTable, start, stop, VMPROF, waitUntil } from './measure.mjs';
import { findPythons, place } from './pythons.mjs';

const TARGET = fileURLToPath(new URL('./deep.py', import.meta.url));

export async function run() {
  const depths = option('depths', '5,50,500').split(',').map(Number);
  const rows = [];
  for (const python of findPythons()) {
    for (const kind of ['steady', 'calling']) {
      const results = [];
      for (const depth of depths) results.push(await measure(python, depth, kind));
      const losses = results.map(({ lost }) => lost);
      const stops = results.map(({ stopped }) => stopped);
      rows.push([
        `Python ${python.version}, ${kind}`,
        ...results.map(({ rate, perCpu }) => `${whole(rate)} (${whole(perCpu)})`),
        stops.map(percent).join(', '),
        losses.map(percent).join(', '),
      ]);
    }
  }
  console.log("### Capacity: samples a second at --rate max (and a second of vmprof's CPU time)\n");
  printTable(['target', ...depths.map((depth) => `depth ${depth}`), 'stopped for', 'given up'], rows);
}

function whole(value) {
  return Math.round(value).toLocaleString('en');
}

async function measure(python, depth, kind) {
  const target = start([...python.command, place(python, TARGET), `${depth}`, kind]);
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-bench-'));
  try {
    await waitUntil('the target being ready', () => target.stdout.includes('ready\n'));
    const runs = [];
    for (let i = 0; i < 3; i++) runs.push(await record(target.pid, join(folder, 'a.vmprof')));
    const middle = median(runs.map(({ rate }) => rate));
    return runs.find(({ rate }) => rate === middle);
  } finally {
    await stop(target);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function record(pid, output) {
  const args = ['--duration', option('seconds', '3'), '--rate', 'max', '--quiet', '-o', output, `${pid}`];
  const vmprof = start([...VMPROF, 'attach', ...args], { stderr: 'pipe' });
  const { code } = await vmprof.exit;
  if (code !== 0) throw new Error(`vmprof attach: ${vmprof.stderr}`);
  const { profile } = parseRecording(readFileSync(output));
  const { samples, facts, timeUnit } = profile;
  const seconds = ((samples.time[samples.length - 1] - samples.time[0]) * timeUnit) / 1e9;
  const lost = Object.values(facts.lostSamples ?? {}).reduce((sum, count) => sum + count, 0);
  return {
    rate: samples.length / seconds,
    perCpu: (samples.length * 1e9) / facts.profilerCpu,
    stopped: (facts.stoppedSamples ?? 0) / samples.length,
    lost: lost / samples.length,
  };
}
