// Made-up profiles in JSON.

import { writeFileSync } from 'node:fs';
import { makeCase } from './made-files.mjs';
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

const writeAll = (make) => (path, bytes) => {
  const content = Buffer.concat(make(bytes / 1e6));
  writeFileSync(path, content);
  return content.length;
};

export const cases = [
  makeCase('cpuprofile', writeAll(makeCpuProfile)),
  makeCase('trace events', writeAll(makeTrace)),
  makeCase('firefox, processed', writeAll(makeFirefox)),
];
