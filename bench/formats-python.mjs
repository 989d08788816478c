// Files of Python's profilers, made up, for formats.mjs: as large as asked for, the same on every run.

import { createStacks, makeCase, writeBlocks } from './made-files.mjs';
import { createRandom, createZipf } from './synthetic.mjs';

const FUNCTIONS = 3000;
const fileOf = (row) => `/usr/lib/python3.13/site-packages/package_${row % 90}/module_${row % 700}.py`;
const nameOf = (row) => `Class_${row % 300}.method_${row}`;
const lineOf = (row) => 1 + ((row * 37) % 900);

/** Numbers of samples: most have a stack that was there before. */
function createChoice(count, seed) {
  const random = createRandom(seed);
  return { next: createZipf(count, random), random };
}

function writeAustin(path, bytes) {
  const stacks = createStacks(20_000, FUNCTIONS, 1).map((stack) =>
    stack.map((row) => `${fileOf(row)}:${nameOf(row)}:${lineOf(row)}`).join(';'),
  );
  const { next, random } = createChoice(stacks.length, 2);
  return writeBlocks(path, bytes, (block) => {
    const lines = block === 0 ? ['# austin: 3.7.0', '# interval: 1000', '# mode: wall', ''] : [];
    for (let i = 0; i < 200; i++) {
      lines.push(`P42;T0:${43 + (i % 4)};${stacks[next()]} ${900 + Math.floor(random() * 300)}`);
    }
    return `${lines.join('\n')}\n`;
  });
}

function mojoNumber(value) {
  const bytes = [value % 64];
  for (let rest = Math.floor(value / 64); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] |= 0x80;
    bytes.push(rest % 128);
  }
  return bytes;
}

function mojoText(text) {
  return [...Buffer.from(text), 0];
}

/** Keys of frames are addresses, as austin's are. */
const frameKey = (row) => 0x7f00_0000_0000 + row * 4096;

function writeMojo(path, bytes) {
  const stacks = createStacks(20_000, FUNCTIONS, 1);
  const { next, random } = createChoice(stacks.length, 3);
  const sent = new Set();
  const head = [...Buffer.from('MOJ'), 3, 1, ...mojoText('mode'), ...mojoText('wall')];
  let block = head;
  return writeBlocks(path, bytes, () => {
    for (let i = 0; i < 200; i++) {
      block.push(2, 42, 0, ...mojoText((43 + (i % 4)).toString(16)));
      for (const row of stacks[next()]) {
        if (!sent.has(row)) {
          sent.add(row);
          block.push(11, ...mojoNumber(row * 2 + 100), ...mojoText(fileOf(row)));
          block.push(11, ...mojoNumber(row * 2 + 101), ...mojoText(nameOf(row)));
          block.push(
            3,
            ...mojoNumber(frameKey(row)),
            ...mojoNumber(row * 2 + 100),
            ...mojoNumber(row * 2 + 101),
          );
          block.push(...mojoNumber(lineOf(row)), ...mojoNumber(lineOf(row)), 1, 9);
        }
        block.push(5, ...mojoNumber(frameKey(row)));
      }
      block.push(9, ...mojoNumber(900 + Math.floor(random() * 300)));
    }
    const made = Uint8Array.from(block);
    block = [];
    return made;
  });
}

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

/** Uncompressed. Every third sample of a thread repeats its stack, others share all but a few frames. */
function writeSampling(path, bytes) {
  const random = createRandom(4);
  const pick = createZipf(FUNCTIONS, random);
  const depths = [0, 0, 0, 0];
  const sampled = [];
  let length = 0;
  while (length < bytes) {
    const block = [];
    for (let i = 0; i < 400; i++) {
      const thread = i % 4;
      block.push(43 + thread, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      if (depths[thread] > 0 && i % 3 === 0) block.push(0, 1, ...varint(990 + Math.floor(random() * 20)), 5);
      else {
        const pop = Math.min(depths[thread], Math.floor(random() * 9));
        const push = depths[thread] - pop > 60 ? 0 : Math.floor(random() * 9);
        block.push(depths[thread] === 0 ? 1 : 3, ...varint(1000), 5);
        if (depths[thread] > 0) block.push(pop);
        block.push(push);
        for (let k = 0; k < push; k++) block.push(...varint(pick()));
        depths[thread] += push - pop;
      }
    }
    sampled.push(Uint8Array.from(block));
    length += block.length;
  }
  const rows = Array.from({ length: FUNCTIONS }, (_, row) => row);
  const texts = rows.flatMap((row) => [fileOf(row), nameOf(row)]).map((text) => Buffer.from(text));
  const strings = Buffer.concat(texts.flatMap((text) => [Uint8Array.from(varint(text.length)), text]));
  const frames = Uint8Array.from(
    rows.flatMap((row) => [
      ...varint(row * 2),
      ...varint(row * 2 + 1),
      ...varint(lineOf(row) * 2),
      0,
      0,
      0,
      255,
    ]),
  );
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, 0x54414348, true);
  header.setUint32(4, 1, true);
  header.setUint8(8, 3);
  header.setUint8(9, 15);
  header.setBigUint64(20, 1000n, true);
  header.setBigUint64(40, BigInt(64 + length), true);
  header.setBigUint64(48, BigInt(64 + length + strings.length), true);
  header.setUint32(60, 1, true);
  const footer = new DataView(new ArrayBuffer(32));
  footer.setUint32(4, FUNCTIONS, true);
  const parts = [new Uint8Array(header.buffer), ...sampled, strings, frames, new Uint8Array(footer.buffer)];
  const whole = parts.reduce((sum, part) => sum + part.length, 0);
  return writeBlocks(path, whole, (block) => parts[block]);
}

/** As many frames as make up the size, of a tenth as many functions; the tables come one after the other, 256 entries in a record. */
function writeSamplingJsonl(path, bytes) {
  const random = createRandom(8);
  const frames = Math.ceil(bytes / 168);
  const functions = Math.ceil(frames / 10);
  const names = (row) => (row % 2 === 0 ? fileOf(row / 2) : nameOf((row - 1) / 2));
  const tables = [
    ['string_table', 'strings', functions * 2, (row) => ({ str_id: row, value: names(row) })],
    [
      'frame_table',
      'frames',
      frames,
      (row) => ({
        frame_id: row,
        path_str_id: (row % functions) * 2,
        func_str_id: (row % functions) * 2 + 1,
        line: lineOf(row),
        end_line: lineOf(row),
        col: row % 40,
        end_col: 41 + (row % 7),
      }),
    ],
    [
      'agg',
      'entries',
      frames,
      (row) => ({
        frame_id: row,
        self: Math.floor(random() * 900),
        cumulative: 900 + Math.floor(random() * 9000),
      }),
    ],
  ];
  const record = (type, rest) => `${JSON.stringify({ type, v: 0, run_id: '0'.repeat(32), ...rest })}\n`;
  const parts = tables.flatMap(([type, key, count, makeEntry]) =>
    Array.from({ length: Math.ceil(count / 256) }, (_, chunk) => () => {
      const from = chunk * 256;
      const entries = Array.from({ length: Math.min(256, count - from) }, (_, at) => makeEntry(from + at));
      const counts = type === 'agg' ? { kind: 'frame', scope: 'final', samples_total: 0 } : {};
      return record(type, { ...counts, [key]: entries });
    }),
  );
  parts.unshift(() => record('meta', { sample_interval_usec: 1000, mode: 'wall' }));
  return writeBlocks(path, bytes, (block) => parts[block]?.() ?? record('end', { samples_total: 0 }));
}

function writeMemray(path, bytes) {
  const stacks = createStacks(100_000, FUNCTIONS, 5);
  const { next, random } = createChoice(stacks.length, 6);
  return writeBlocks(path, bytes, (block) => {
    const lines = block === 0 ? ['allocator,num_allocations,size,tid,thread_name,stack_trace'] : [];
    for (let i = 0; i < 200; i++) {
      const trace = stacks[next()].map((row) => `${nameOf(row)};${fileOf(row)};${lineOf(row)}`).reverse();
      lines.push(`MALLOC,${1 + (i % 7)},${Math.floor(random() * 1e6)},1,0x1,${trace.join('|')}`);
    }
    return `${lines.join('\n')}\n`;
  });
}

function text(value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([0x75]), int32(bytes.length), bytes]);
}

function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function float(value) {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x67;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

/** A file of many functions with four callers each; what is called has a higher number, so that nothing recurs. */
function writePstats(path, bytes) {
  const random = createRandom(7);
  const key = (row) =>
    Buffer.concat([
      Buffer.from([0x28]),
      int32(3),
      text(fileOf(row)),
      Buffer.from([0x69]),
      int32(lineOf(row)),
      text(nameOf(row)),
    ]);
  const numbers = (length, self, total) =>
    Buffer.concat([
      Buffer.from([0x28]),
      int32(length),
      Buffer.from([0x69]),
      int32(7),
      Buffer.from([0x69]),
      int32(7),
      float(self),
      float(total),
    ]);
  let row = 0;
  return writeBlocks(
    path,
    bytes,
    () => {
      const parts = row === 0 ? [Buffer.from('{')] : [];
      for (let i = 0; i < 50; i++, row++) {
        const callers = Array.from({ length: Math.min(4, row) }, () => Math.floor(random() * row));
        parts.push(key(row), numbers(5, 0.001, 0.004 * callers.length), Buffer.from('{'));
        for (const caller of new Set(callers)) parts.push(key(caller), numbers(4, 0.00025, 0.001));
        parts.push(Buffer.from('0'));
      }
      return Buffer.concat(parts);
    },
    () => '0',
  );
}

export const cases = [
  makeCase('austin', writeAustin),
  makeCase('mojo', writeMojo),
  makeCase('sampling-binary', writeSampling, 0.25),
  // 300,000 different lines of code.
  makeCase('sampling-jsonl', writeSamplingJsonl, 0.25),
  makeCase('memray csv', writeMemray),
  // The largest of cProfile have some ten thousand functions.
  makeCase('pstats', writePstats, 0.1),
];
