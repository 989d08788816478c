// What the data model and the recording format cost: bytes on disk, time to write and read, time to compute views.
//
//   --samples 10  (millions)  --stacks 300000  --runs 5
//
// The profiles are made up, with fixed seeds (synthetic.mjs).

import {
  computeCallTree,
  computeFunctionCosts,
  computeLineCosts,
  encodeRecording,
  ProfileBuilder,
  parseRecording,
  RecordingEncoder,
  selectSamples,
} from '../dist/profile/index.js';
import { median, option, printTable } from './measure.mjs';
import { makeLargeProfile, simulateRecording } from './synthetic.mjs';

export async function run() {
  measureHours();
  measureLarge(Number(option('samples', '10')) * 1e6, Number(option('stacks', '300000')));
}

function measureHours() {
  const rows = [0, 0.2, 0.4].map((repeat) => {
    const { recording, appends, encodeTime } = recordHour(repeat);
    const read = time(() => parseRecording(recording));
    return [
      `${repeat * 100} %`,
      `${(recording.length / 360_000).toFixed(3)}`,
      `${median(appends)}`,
      `${(encodeTime / 3600).toFixed(2)} ms`,
      `${median(read).toFixed(0)} ms`,
    ];
  });
  console.log("### A simulated hour: one thread at 100 Hz, an append a second, 2,000 stacks by Zipf's law\n");
  printTable(
    ['samples like the one before', 'bytes a sample', 'bytes an append', 'writing an append', 'reading all'],
    rows,
  );
}

function recordHour(repeat) {
  const parts = [];
  let encoder;
  let encodeTime = 0;
  const append = (builder) => {
    if (encoder === undefined) {
      encoder = new RecordingEncoder(builder);
      parts.push(encoder.encodeHeader());
    }
    const start = performance.now();
    parts.push(encoder.encodeNew());
    encodeTime += performance.now() - start;
  };
  simulateRecording(ProfileBuilder, 3600, append, { repeat });
  parts.push(encoder.encodeEnd());
  return { recording: Buffer.concat(parts), appends: parts.map((part) => part.length), encodeTime };
}

function measureLarge(samples, stacks) {
  const profile = makeLargeProfile(ProfileBuilder, samples, stacks);
  const bytes = encodeRecording(profile);
  const { time: times } = profile.samples;
  const end = times[times.length - 1];
  const tenth = { timeRange: { start: end * 0.4, end: end * 0.5 } };
  const rows = Object.entries({
    'function costs': () => computeFunctionCosts(profile, 'wall'),
    'call tree': () => computeCallTree(profile, 'wall'),
    'call tree, inverted, all within its limits': () => computeCallTree(profile, 'wall', { inverted: true }),
    'call tree, inverted, above 0.1 %': () =>
      computeCallTree(profile, 'wall', { inverted: true, minShare: 0.001 }),
    'line costs': () => computeLineCosts(profile, 'wall'),
    'select one thread of 8': () => selectSamples(profile, { threads: new Set([3]) }),
    'function costs of a tenth of the time': () =>
      computeFunctionCosts(selectSamples(profile, tenth), 'wall'),
    'read the recording': () => parseRecording(bytes),
    'write the recording': () => encodeRecording(profile),
  }).map(([name, work]) => {
    const [first, ...others] = time(work);
    const format = (value) => `${value.toFixed(0)} ms`;
    return [name, format(first), format(median(others)), format(Math.min(...others))];
  });
  const size = `${columnBytes(profile.samples)} bytes a sample in memory, ${(bytes.length / samples).toFixed(2)} in a recording`;
  console.log(
    `### ${samples / 1e6} million samples of 8 threads, ${stacks.toLocaleString('en')} stacks: ${size}\n`,
  );
  printTable(['', 'first time', 'median', 'fastest'], rows);
}

/** Milliseconds of each run. The first one compiles, too. */
function time(work) {
  return Array.from({ length: 1 + Number(option('runs', '5')) }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

function columnBytes(table) {
  const columns = [table.time, table.thread, table.stack, table.state, ...table.weights.map((w) => w.values)];
  return columns.reduce((sum, column) => sum + column.BYTES_PER_ELEMENT, 0);
}
