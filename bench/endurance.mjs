// What being looked at does to a program in the long run: attached to and let go again and again, while it gets signals,
// forks, and starts and ends threads. Every other time vmprof is killed at a random moment, else it is asked to end. After each
// time no thread may be stopped, and the program must get on; at the end it says itself whether all went well.
//
//   --minutes 15  --rate 1000  --python 3.11

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { option, printTable, sleep, start, stop, VMPROF, waitUntil } from './measure.mjs';
import { findPythons, place } from './pythons.mjs';

const TARGET = fileURLToPath(new URL('../test/targets/tough.py', import.meta.url));
/** vmprof takes a part of this to start, so some are killed before their first stop. */
const LONGEST_MS = 1500;

export async function run() {
  const rows = [];
  for (const python of findPythons('3.11').slice(0, 1)) rows.push(await endure(python));
  console.log('### Attached to again and again\n');
  printTable(['Python', 'minutes', 'killed', 'asked to end', 'refused', 'what became of the program'], rows);
}

async function endure(python) {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-bench-'));
  const target = start([...python.command, '-W', 'ignore', place(python, TARGET)], { stderr: 'pipe' });
  await waitUntil('the program', () => target.stdout.includes('ready'));
  const begin = performance.now();
  const end = begin + Number(option('minutes', '15')) * 60_000;
  let [killed, asked, refused] = [0, 0, 0];
  let trouble;
  while (performance.now() < end && trouble === undefined) {
    const output = join(folder, 'out.vmprof');
    const rate = option('rate', '1000');
    const args = ['attach', '--native', '--quiet', '-r', rate, '-o', output, `${target.pid}`];
    const vmprof = start([...VMPROF, ...args], { stderr: 'pipe' });
    await sleep(Math.random() * LONGEST_MS);
    if (vmprof.ended) {
      refused++;
    } else if (Math.random() < 0.75) {
      await stop(vmprof, 'SIGKILL');
      killed++;
    } else {
      await stop(vmprof, 'SIGINT');
      asked++;
    }
    trouble = await findTrouble(target);
  }
  const minutes = ((performance.now() - begin) / 60_000).toFixed(1);
  target.child.stdin.end('end\n');
  const { code, signal } = await target.exit;
  rmSync(folder, { recursive: true, force: true });
  const said = target.stdout.trim().split('\n').at(-1);
  const result = trouble ?? `${said} (${signal ?? code}) ${target.stderr}`;
  return [python.version, minutes, `${killed}`, `${asked}`, `${refused}`, result];
}

/** Undefined when the program is well: it lives, no thread of it stays stopped, and it gets on. */
async function findTrouble(target) {
  try {
    const before = readCpu(target.pid);
    await waitUntil('no thread being stopped', () => target.ended || !hasStopped(target.pid), 10);
    await waitUntil('the program getting on', () => target.ended || readCpu(target.pid) > before, 20);
  } catch (error) {
    return error.message;
  }
  return target.ended ? `ended: ${target.stderr}` : undefined;
}

function hasStopped(pid) {
  return readdirSync(`/proc/${pid}/task`).some((tid) => {
    try {
      return /\) [tT] /.test(readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1'));
    } catch {
      return false; // The thread has ended.
    }
  });
}

/** CPU time of the program and its children, in clock ticks. */
function readCpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
