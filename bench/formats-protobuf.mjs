// How fast pprof and OTLP files are read and written, and what memory that takes.
//
//   --megabytes 100  --runs 3
//
// The files are made up, with a fixed seed: samples of 25 places in code on average, taken from 20,000, as a large Go or Rust
// program has them.

import { exportProfile, getFormatByName, importProfile } from '../dist/formats/formats.js';
import { inputOfBytes } from '../dist/formats/input.js';
import { WireWriter } from '../dist/formats/protobuf/wire-writer.js';
import { median, option, printTable } from './measure.mjs';

const LOCATIONS = 20_000;
const DEPTH = 25;

export async function run() {
  const bytes = makePprof(Number(option('megabytes', '100')) * 1e6);
  const rows = [measureRead('pprof', bytes)];
  const { profile } = importProfile(inputOfBytes(bytes, 'a.pprof'), getFormatByName('pprof'));
  const options = { measure: 'wall', title: 'made up', fileName: 'a' };
  const written = exportProfile(profile, getFormatByName('otlp'), options).bytes;
  rows.push(measureRead('otlp', written));
  for (const name of ['pprof', 'otlp']) rows.push(measureWrite(name, profile, options));
  console.log(`### Protocol buffers: ${profile.samples.length} samples, ${profile.stacks.length} stacks\n`);
  printTable(['', 'file', 'processor time', 'speed', 'tables', 'memory above that before'], rows);
}

function measureRead(name, bytes) {
  const format = getFormatByName(name);
  const input = inputOfBytes(bytes, 'a');
  let tables = 0;
  const { times, memory } = measure(() => {
    const { profile } = importProfile(input, format);
    tables = countBytes(profile);
  });
  return describe(`read ${name}`, bytes.length, times, tables, memory);
}

function measureWrite(name, profile, options) {
  const format = getFormatByName(name);
  let length = 0;
  const { times, memory } = measure(() => {
    length = exportProfile(profile, format, options).bytes.length;
  });
  return describe(`write ${name}`, length, times, countBytes(profile), memory);
}

function describe(name, length, times, tables, memory) {
  const time = median(times);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    name,
    megabytes(length),
    `${time.toFixed(0)} ms`,
    `${(length / 1e3 / time).toFixed(0)} MB/s`,
    megabytes(tables),
    memory === undefined ? 'run node with --expose-gc' : megabytes(memory),
  ];
}

/** Milliseconds of processor time of each run, and the most memory that the last one added; undefined without --expose-gc. */
function measure(work) {
  const times = [];
  let memory;
  for (let run = 0; run < Number(option('runs', '3')); run++) {
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    // Processor time: this measures one core, whatever else the machine does.
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1e3);
    if (globalThis.gc !== undefined) memory = Math.max(0, process.memoryUsage.rss() - before);
  }
  return { times, memory };
}

/** Bytes of all columns; strings count two for each character and 16 more. */
function countBytes(profile) {
  let sum = profile.strings.reduce((total, text) => total + 16 + 2 * text.length, 0);
  const { functions, mappings, frames, stacks, samples } = profile;
  for (const table of [functions, mappings, frames, stacks, samples]) {
    for (const column of Object.values(table)) if (ArrayBuffer.isView(column)) sum += column.byteLength;
  }
  return samples.weights.reduce((total, { values }) => total + values.byteLength, sum);
}

/** A pprof file of about so many bytes: two values and three labels for each sample, names behind them. */
export function makePprof(length) {
  const random = createRandom(1);
  const out = new WireWriter();
  const texts = new WireWriter();
  const rows = new Map();
  const text = (value) => {
    if (!rows.has(value)) {
      rows.set(value, rows.size);
      texts.writeText(6, value);
    }
    return rows.get(value);
  };
  text('');
  const message = new WireWriter();
  const inner = new WireWriter();
  const packed = new WireWriter();
  const begin = (writer) => {
    writer.clear();
    return writer;
  };
  for (const [type, unit] of [
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ]) {
    begin(message);
    message.writeNumber(1, text(type));
    message.writeNumber(2, text(unit));
    out.writeMessage(1, message);
  }
  const labels = (thread) => {
    begin(inner).writeNumber(1, text('thread_id'));
    inner.writeNumber(3, 1000 + thread);
    message.writeMessage(3, inner);
    begin(inner).writeNumber(1, text('thread_name'));
    inner.writeNumber(2, text(`worker-${thread}`));
    message.writeMessage(3, inner);
  };
  // Each place calls one of a few others, mostly the same.
  const path = [];
  while (out.length < length) {
    path.length = 0;
    const depth = 5 + random(2 * (DEPTH - 5));
    let place = random(20);
    for (let i = 0; i < depth; i++) {
      path.push(place + 1);
      const choice = random(24);
      place = (place * 31 + 17 + (choice < 22 ? 0 : choice)) % LOCATIONS;
    }
    begin(message);
    message.writePacked(1, path.reverse(), packed);
    message.writePacked(2, [1, 10_000_000], packed);
    labels(random(16));
    out.writeMessage(2, message);
  }
  for (let id = 1; id <= LOCATIONS; id++) {
    begin(message).writeNumber(1, id);
    message.writeNumber(3, 0x40_0000 + id * 64);
    begin(inner).writeNumber(1, 1 + (id % 5000));
    inner.writeNumber(2, 1 + (id % 300));
    message.writeMessage(4, inner);
    out.writeMessage(4, message);
  }
  for (let id = 1; id <= 5000; id++) {
    begin(message).writeNumber(1, id);
    message.writeNumber(2, text(`package/module${id % 97}.Type${id % 31}.method${id}`));
    message.writeNumber(4, text(`/src/package/module${id % 97}.rs`));
    out.writeMessage(5, message);
  }
  out.append(texts);
  return out.toBytes();
}

/** Integers from 0 to end - 1 (mulberry32). */
function createRandom(seed) {
  let state = seed | 0;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  };
}
