// How fast `.prof` files of the original vmprof are read and written, and in how much memory: a made-up profile of about 100 MB.

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withInput } from '../dist/cli/open-input.js';
import { exportProfile, getFormatByName, importProfile } from '../dist/formats/formats.js';
import { ProfileBuilder } from '../dist/profile/profile-builder.js';
import { createRandom, createZipf } from './synthetic.mjs';

const SAMPLES = 400_000;

/** Prints one row for reading and one for writing. */
export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-bench-'));
  const file = join(folder, 'made-up.prof');
  try {
    const format = getFormatByName('prof');
    const { seconds: writing, value } = measure(() =>
      exportProfile(buildProfile(), format, { measure: 'wall', title: '', fileName: file }),
    );
    writeFileSync(file, value.bytes);
    const megabytes = statSync(file).size / 1e6;
    globalThis.gc?.();
    const before = process.memoryUsage();
    const reading = await withInput(file, (input) => measure(() => importProfile(input)));
    const after = process.memoryUsage();
    const { profile, notes } = reading.value;
    if (profile.samples.length !== SAMPLES || notes.length > 0) throw new Error('not what was written');
    const memory = (after.rss - before.rss) / 1e6;
    console.log('| .prof | MB | CPU seconds | MB/s | more memory, MB |');
    console.log('| --- | --: | --: | --: | --: |');
    console.log(
      `| write (with making the profile) | ${format1(megabytes)} | ${format1(writing)} | ${format1(megabytes / writing)} | |`,
    );
    console.log(
      `| read | ${format1(megabytes)} | ${format1(reading.seconds)} | ${format1(megabytes / reading.seconds)} | ${format1(memory)} |`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(work) {
  // CPU time: other programs may be at work.
  const start = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(start);
  return { value, seconds: (user + system) / 1e6 };
}

/** Stacks of some 30 frames: few often, most seldom. */
function buildProfile() {
  const random = createRandom(7);
  const builder = new ProfileBuilder({ timeUnit: 10_000_000 });
  const processRow = builder.addProcess({ pid: 1, command: 'made up', start: 0 });
  const thread = builder.addThread({ process: processRow, tid: 2, name: 'MainThread', start: 0 });
  const frames = Array.from({ length: 3000 }, (_, i) =>
    builder.internFrame({
      function: builder.internFunction({
        name: `function_${i}`,
        file: `/app/module_${i % 90}.py`,
        firstLine: i,
        kind: 'python',
      }),
    }),
  );
  const stacks = Array.from({ length: 20_000 }, () => {
    let stack = -1;
    const depth = 5 + Math.floor(random() * 50);
    for (let i = 0; i < depth; i++) {
      const choices = 2 + i * 20;
      stack = builder.internStack(
        stack,
        frames[(i * 53 + Math.floor(random() * random() * choices)) % frames.length],
      );
    }
    return stack;
  });
  const pick = createZipf(stacks.length, random);
  for (let i = 0; i < SAMPLES; i++) builder.addSample(i, thread, stacks[pick()], 0, 1, 1);
  return builder.build();
}

function format1(value) {
  return value.toFixed(1);
}
