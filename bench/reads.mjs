// System calls for each sample in the steady state, counted by strace.
//
//   --rate 1000  --depths 5,50,500  --python 3.8,3.11,3.13

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRecording } from '../dist/profile/recording/recording-decoder.js';
import { option, printTable, sleep, start, stop, VMPROF, waitUntil } from './measure.mjs';
import { findPythons, place } from './pythons.mjs';

const TARGET = fileURLToPath(new URL('./deep.py', import.meta.url));
const SECONDS = 3;

export async function run() {
  const depths = option('depths', '5,50,500').split(',').map(Number);
  const rows = [];
  for (const python of findPythons()) {
    for (const kind of ['steady', 'calling']) {
      for (const depth of depths) {
        const { perSample, samples } = await measure(python, depth, kind);
        const calls = [...perSample].filter(([, count]) => count >= 0.005).sort((a, b) => b[1] - a[1]);
        rows.push([
          `Python ${python.version}, ${kind}`,
          `${depth}`,
          (perSample.get('process_vm_readv') ?? 0).toFixed(2),
          calls
            .filter(([name]) => name !== 'process_vm_readv')
            .map(([name, count]) => `${name} ${count.toFixed(2)}`)
            .join(', '),
          `${samples}`,
        ]);
      }
    }
  }
  console.log(`### System calls a sample, at ${option('rate', '1000')} Hz\n`);
  printTable(['target', 'depth', 'process_vm_readv', 'others', 'samples'], rows);
}

async function measure(python, depth, kind) {
  const target = start([...python.command, place(python, TARGET), `${depth}`, kind]);
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-bench-'));
  const output = join(folder, 'a.vmprof');
  try {
    await waitUntil('the target being ready', () => target.stdout.includes('ready\n'));
    const vmprof = start([
      ...VMPROF,
      'attach',
      '--rate',
      option('rate', '1000'),
      '--quiet',
      '-o',
      output,
      `${target.pid}`,
    ]);
    await sleep(1500);
    const strace = start(['strace', '-c', '-f', '-p', `${vmprof.pid}`], { stderr: 'pipe' });
    await waitUntil('strace', () => strace.stderr.includes('attached') || strace.ended);
    const from = Date.now();
    await sleep(SECONDS * 1000);
    const to = Date.now();
    await stop(strace, 'SIGINT');
    await stop(vmprof, 'SIGINT');
    const { profile } = parseRecording(readFileSync(output));
    const samples = countBetween(profile, from, to);
    const perSample = new Map(
      [...parseCounts(strace.stderr)].map(([name, count]) => [name, count / samples]),
    );
    return { samples, perSample };
  } finally {
    await stop(target);
    rmSync(folder, { recursive: true, force: true });
  }
}

function countBetween(profile, from, to) {
  let count = 0;
  for (const time of profile.samples.time) {
    const wall = (profile.facts.startedAt ?? 0) + (time * profile.timeUnit) / 1e6;
    if (wall >= from && wall < to) count++;
  }
  return count;
}

/** Rows of `strace -c`: % time, seconds, usecs/call, calls, errors?, name. */
function parseCounts(text) {
  const counts = new Map();
  for (const line of text.split('\n')) {
    const match = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?([a-z_0-9]+)$/.exec(line);
    if (match !== null && match[2] !== 'total') counts.set(match[2], Number(match[1]));
  }
  return counts;
}
