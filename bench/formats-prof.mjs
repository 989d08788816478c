// `.prof` files of the original vmprof, for formats.mjs.

import { ProfileBuilder } from '../dist/profile/index.js';
import { makeCase, writeProfile } from './made-files.mjs';
import { createRandom, createZipf } from './synthetic.mjs';

/** Of one sample with its stack of 30 frames. */
const SAMPLE_BYTES = 260;

/** Stacks of some 30 frames: few often, most seldom. */
function writeProf(path, bytes) {
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
  const samples = Math.ceil(bytes / SAMPLE_BYTES);
  for (let i = 0; i < samples; i++) builder.addSample(i, thread, stacks[pick()], 0, 1, 1);
  return writeProfile(path, builder.build(), 'prof');
}

export const cases = [makeCase('prof', writeProf)];
