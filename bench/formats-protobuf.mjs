// pprof and OTLP files, made up, for formats.mjs: samples of 25 places in code on average, taken from 20,000, as a large Go or
// Rust program has them.

import { writeFileSync } from 'node:fs';
import { getFormatByName, importProfile } from '../dist/formats/formats.js';
import { inputOfBytes } from '../dist/formats/input.js';
import { WireWriter } from '../dist/formats/protobuf/wire-writer.js';
import { makeCase, writeProfile } from './made-files.mjs';
import { createRandom } from './synthetic.mjs';

const LOCATIONS = 20_000;
const DEPTH = 25;

/** `stacks`: from how many stacks those of the samples are taken. */
function writePprof(stacks) {
  return (path, bytes) => {
    const made = makePprof(bytes, stacks);
    writeFileSync(path, made);
    return made.length;
  };
}

/** The same profile. */
function writeOtlp(stacks) {
  return (path, bytes) => {
    const made = inputOfBytes(makePprof(bytes, stacks), path);
    const { profile } = importProfile(made, getFormatByName('pprof'));
    return writeProfile(path, profile, 'otlp');
  };
}

/** A pprof file of about so many bytes: two values and three labels for each sample, names behind them. */
function makePprof(length, stacks) {
  const uniform = createRandom(1);
  const random = (end) => Math.floor(uniform() * end);
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
  const makeStack = () => {
    const path = [];
    const depth = 5 + random(2 * (DEPTH - 5));
    let place = random(20);
    for (let i = 0; i < depth; i++) {
      path.push(place + 1);
      const choice = random(24);
      place = (place * 31 + 17 + (choice < 22 ? 0 : choice)) % LOCATIONS;
    }
    return path.reverse();
  };
  const known = new Map();
  while (out.length < length) {
    const row = random(stacks);
    const path = known.get(row) ?? makeStack();
    if (stacks < NEW) known.set(row, path);
    begin(message);
    message.writePacked(1, path, packed);
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

/** Samples of the same stack differ in their labels; of NEW, hardly a stack comes twice, which is the worst of cases. */
const [SOME, NEW] = [50_000, 100e6];

export const cases = [
  makeCase('pprof', writePprof(SOME)),
  makeCase('pprof, all stacks new', writePprof(NEW)),
  makeCase('otlp', writeOtlp(SOME)),
  makeCase('otlp, all stacks new', writeOtlp(NEW)),
];
