// How fast profiles in JSON are read, and how much memory that takes: files of about 100 MB, made up, the same on every run.
//
//   node bench/formats-json.mjs [megabytes]     after `npm run build`

import { pathToFileURL } from 'node:url';
import { importProfile } from '../dist/formats/formats.js';
import { printTable } from './measure.mjs';
import { createRandom, createZipf } from './synthetic.mjs';

/** Text in pieces until there are so many megabytes of it. `head` and `tail` around items of `item(i)`. */
function makeFile(megabytes, head, item, tail) {
  const blocks = [Buffer.from(head)];
  let length = 0;
  for (let i = 0; length < megabytes * 1e6; ) {
    const parts = [];
    for (let n = 0; n < 5000; n++, i++) parts.push(item(i));
    const block = Buffer.from(parts.join(''));
    blocks.push(block);
    length += block.length;
  }
  blocks.push(Buffer.from(tail));
  return blocks;
}

const frame = (i) =>
  `{"functionName":"f${i}","scriptId":"${1 + (i % 90)}","url":"file:///srv/app/lib/m${i % 90}.js","lineNumber":${i % 997},"columnNumber":8}`;

/** 40,000 nodes, then samples. */
export function makeCpuProfile(megabytes) {
  const random = createRandom(1);
  const nodes = [
    '{"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1}}',
  ];
  for (let id = 2; id <= 40_000; id++) {
    nodes.push(
      `{"id":${id},"parent":${1 + Math.floor(random() * (id - 1))},"callFrame":${frame(id % 4000)}}`,
    );
  }
  const pick = createZipf(39_999, random);
  const samples = makeFile(megabytes / 2, '"samples":[1', () => `,${2 + pick()}`, '],');
  const deltas = makeFile(
    megabytes / 2,
    '"timeDeltas":[0',
    () => `,${900 + Math.floor(random() * 400)}`,
    ']}',
  );
  return [Buffer.from(`{"nodes":[${nodes.join(',')}],"startTime":1,"endTime":0,`), ...samples, ...deltas];
}

/** Complete events of four threads, three deep. */
export function makeTrace(megabytes) {
  const item = (i) => {
    const call = Math.floor(i / 3);
    const depth = i % 3;
    const start = call * 10 + depth;
    return `,{"args":{"data":{"frame":"x${i % 7}"}},"cat":"devtools.timeline","dur":${9 - depth * 2},"name":"f${(call * 7 + depth) % 900}","ph":"X","pid":42,"tid":${call % 4},"ts":${start}}\n`;
  };
  const head = '{"traceEvents":[{"ph":"M","name":"process_name","pid":42,"tid":0,"args":{"name":"p"}}';
  return makeFile(megabytes, head, item, ']}');
}

/** A thread with 40,000 stacks, then samples with CPU times. */
export function makeFirefox(megabytes) {
  const random = createRandom(3);
  const list = (length, item) => Array.from({ length }, (_, i) => item(i)).join(',');
  const pick = createZipf(40_000, random);
  const tables = `"frameTable":{"func":[${list(4000, (i) => i)}],"line":[${list(4000, (i) => i + 1)}]},"funcTable":{"name":[${list(4000, (i) => i)}]},"stackTable":{"prefix":[null,${list(39_999, (i) => Math.floor(random() * (i + 1)))}],"frame":[${list(40_000, (i) => i % 4000)}]},"stringArray":[${list(4000, (i) => `"f${i}"`)}]`;
  const column = (name, item) => makeFile(megabytes / 3, `"${name}":[0`, item, ']');
  return [
    Buffer.from(
      `{"meta":{"preprocessedProfileVersion":48,"interval":1},"threads":[{"name":"t","pid":"1","tid":2,${tables},"samples":{`,
    ),
    ...column('stack', () => `,${pick()}`),
    Buffer.from(','),
    ...column('time', (i) => `,${i}.${Math.floor(random() * 1000)}`),
    Buffer.from(','),
    ...column('threadCPUDelta', () => `,${Math.floor(random() * 1000)}`),
    Buffer.from('}}]}'),
  ];
}

const CASES = [
  ['.cpuprofile', makeCpuProfile],
  ['trace events', makeTrace],
  ['Firefox, processed', makeFirefox],
];

/** A row for each format: megabytes a second of CPU time, samples, memory beyond the file's. */
export async function measureJsonFormats(megabytes = 100) {
  return CASES.map(([title, make]) => {
    const blocks = make(megabytes);
    const input = { fileName: 'x', length: undefined, blocks: () => blocks };
    const bytes = blocks.reduce((sum, block) => sum + block.length, 0);
    const memory = () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = memory();
    const start = process.cpuUsage();
    const { profile } = importProfile(input);
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    const grown = (memory() - before) / 1e6;
    return [
      title,
      (bytes / 1e6).toFixed(0),
      seconds.toFixed(2),
      (bytes / 1e6 / seconds).toFixed(0),
      profile.samples.length.toLocaleString('en'),
      grown.toFixed(0),
    ];
  });
}

export async function run() {
  const rows = await measureJsonFormats(Number(process.argv[2] ?? 100) || 100);
  printTable(['format', 'MB', 'CPU s', 'MB/s', 'samples', 'memory afterwards, MB'], rows);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await run();
