// How much a program is slowed down by being looked at, and what the looking costs. The same work under every profiler in turn,
// many times over, so that whatever else the machine does meets all of them. `nothing again` shows how far chance goes. The
// slowdown is what users feel; where the machine is busy, the CPU time that the work took tells more.
//
//   --rounds 7  --seconds 4  --depth 50  --python 3.11  --rates 100,1000  --native yes: with native frames, where a profiler has them

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  median,
  option,
  percent,
  printTable,
  readUsage,
  sleep,
  spread,
  start,
  stop,
  VMPROF,
  waitUntil,
} from './measure.mjs';
import { findPeers } from './peers.mjs';
import { findPythons, place } from './pythons.mjs';

const TARGET = fileURLToPath(new URL('./cpu_work.py', import.meta.url));
/** Time for a profiler to find its way into the target before the work begins. */
const SETTLE_MS = 1500;

export async function run() {
  const rates = option('rates', '100,1000').split(',').map(Number);
  for (const python of findPythons('3.11')) {
    for (const rate of rates) await measureAll(python, rate);
  }
}

async function measureAll(python, rate) {
  const rounds = Number(option('rounds', '7'));
  const depth = Number(option('depth', '50'));
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-bench-'));
  const work = await calibrate(python, depth);
  const native = option('native', 'no') === 'yes' ? ['--native'] : [];
  const profilers = [
    { name: 'nothing' },
    { name: 'nothing again' },
    {
      name: ['vmprof', ...native].join(' '),
      command: (pid) => [
        ...VMPROF,
        'attach',
        ...native,
        '--quiet',
        '--rate',
        `${rate}`,
        '-o',
        join(folder, 'v.vmprof'),
        `${pid}`,
      ],
    },
    ...findPeers(python, rate, folder, native),
  ];
  const results = new Map(profilers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const profiler of rotate(profilers, round)) {
      const result = await measureOnce(python, work, depth, profiler);
      if (result !== undefined) results.get(profiler.name).push(result);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  printResults(`Python ${python.version}, ${rate} Hz, ${depth} calls deep`, profilers, results);
}

/** Rounds of work that take the wanted time. */
async function calibrate(python, depth) {
  const seconds = Number(option('seconds', '4'));
  const probe = 2000;
  const times = [];
  for (let i = 0; i < 3; i++)
    times.push((await measureOnce(python, probe, depth, { name: 'nothing' })).seconds);
  return Math.round((probe * seconds) / Math.min(...times));
}

async function measureOnce(python, work, depth, profiler) {
  const target = start([...python.command, place(python, TARGET), `${work}`, `${depth}`]);
  await waitUntil('the target being ready', () => target.stdout.includes('ready\n'));
  const watcher = profiler.command && start(profiler.command(target.pid), { stderr: 'pipe' });
  try {
    if (watcher !== undefined) await sleep(SETTLE_MS);
    const before = watcher && !watcher.ended ? readUsage(watcher.pid) : undefined;
    target.child.stdin.write('go\n');
    await waitUntil('the end of the work', () => /\n\S+ \S+\n/.test(target.stdout), 600);
    const [seconds, work] = target.stdout.split('\n')[1].split(' ').map(Number);
    if (watcher === undefined) return { seconds, work };
    if (watcher.ended || before === undefined) {
      console.log(`${profiler.name} gave up: ${watcher.stderr.trim().split('\n').at(-1)}`);
      return undefined;
    }
    const after = readUsage(watcher.pid);
    return { seconds, work, cpu: (after.cpuMs - before.cpuMs) / 1000 / seconds, peakMb: after.peakMb };
  } finally {
    // The profiler writes what it has when the target ends.
    target.child.stdin.end('end\n');
    await target.exit;
    if (watcher !== undefined) {
      await Promise.race([watcher.exit, sleep(5000)]);
      await stop(watcher);
    }
  }
}

function printResults(title, profilers, results) {
  console.log(`### Overhead: ${title}\n`);
  const base = results.get('nothing');
  const rows = profilers.map(({ name }) => {
    const measured = results.get(name);
    if (measured.length === 0) return [name, 'failed', '', '', '', '', ''];
    // Each against the plain run of the same round.
    const slowdowns = measured.map(({ seconds }, round) => seconds / base[round].seconds - 1);
    const added = measured.map(({ work }, round) => work / base[round].work - 1);
    const has = measured[0].cpu !== undefined;
    return [
      name,
      `${median(measured.map(({ seconds }) => seconds)).toFixed(3)} s`,
      name === 'nothing' ? '' : percent(median(slowdowns)),
      name === 'nothing' ? '' : spread(slowdowns, percent),
      name === 'nothing' ? '' : `${percent(median(added))} (${spread(added, percent)})`,
      has ? percent(median(measured.map(({ cpu }) => cpu))) : '',
      has ? `${Math.max(...measured.map(({ peakMb }) => peakMb)).toFixed(0)} MB` : '',
    ];
  });
  printTable(
    ['under', 'work took', 'slowdown', 'middle half', 'CPU time added', 'its own CPU', 'its memory'],
    rows,
  );
}

function rotate(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
