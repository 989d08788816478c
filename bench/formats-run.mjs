// One read in a process of its own: `node formats-run.mjs CASES.mjs INDEX PATH` prints time and memory as JSON. See formats.mjs.

import { readFileSync } from 'node:fs';

const [, , file, index, path] = process.argv;
const { cases } = await import(`./${file}`);
globalThis.gc();
const before = process.memoryUsage().rss;
const cpuBefore = process.cpuUsage();
const start = performance.now();
const profile = await cases[Number(index)].read(path);
const milliseconds = performance.now() - start;
const { user, system } = process.cpuUsage(cpuBefore);
// maxRSS would tell of the process that started this one, too.
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
console.log(
  JSON.stringify({
    milliseconds,
    cpuMilliseconds: (user + system) / 1000,
    peak,
    /** What reading added to a process that had loaded its code. */
    grown: peak - before,
    tables: measureTables(profile),
  }),
);

/** Bytes of all columns and strings that can be reached. */
function measureTables(value, seen = new Set()) {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let sum = 0;
  for (const part of Object.values(value)) sum += measureTables(part, seen);
  return sum;
}
