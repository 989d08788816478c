// Made-up recordings for the page: large, deep, and finely cut.

import { encodeRecording, ProfileBuilder } from '../dist/profile/index.js';
import { createRandom, makeLargeProfile, RUNNING } from './synthetic.mjs';

export function makeLargeBytes(samples, stacks, threads) {
  return encodeRecording(makeLargeProfile(ProfileBuilder, samples, stacks, { threads }));
}

/** One sample of each of many threads, in a stack of two functions that call each other so deep. */
export function makeDeepBytes(depth, threads) {
  const builder = new ProfileBuilder({ timeUnit: 100_000 });
  const process = builder.addProcess({ pid: 1, command: 'deep', start: 0 });
  const frames = ['ping', 'pong'].map((name) =>
    builder.internFrameLine(builder.internFunction({ name, kind: 'python' }), 1),
  );
  let stack = -1;
  for (let level = 0; level < depth; level++) stack = builder.internStack(stack, frames[level % 2]);
  for (let i = 0; i < threads; i++) {
    const thread = builder.addThread({ process, tid: i + 1, name: `thread-${i}`, start: 0 });
    builder.addSample(100, thread, stack, RUNNING, 100, 0);
  }
  return encodeRecording(builder.build());
}

/** One thread, `samples` samples a millisecond apart, no two neighbours alike on any of so many levels: a rectangle each. */
export function makeRectangles(samples, levels) {
  const builder = new ProfileBuilder({ timeUnit: 100_000 });
  const process = builder.addProcess({ pid: 1, command: 'rectangles', start: 0 });
  const thread = builder.addThread({ process, tid: 1, name: 'MainThread', start: 0 });
  const random = createRandom(3);
  const frames = internSteps(builder, 400, 20);
  const stacks = Array.from({ length: 500 }, (_, i) => {
    let stack = -1;
    for (let level = 0; level < levels; level++) {
      const place = level === 0 ? i % 2 : Math.floor(random() * frames.length);
      stack = builder.internStack(stack, frames[place]);
    }
    return stack;
  });
  for (let i = 0; i < samples; i++)
    builder.addSample((i + 1) * 10, thread, stacks[i % stacks.length], RUNNING, 10, 10);
  return encodeRecording(builder.build());
}

/** Frames of so many functions in so many files. */
export function internSteps(builder, functions, files) {
  return Array.from({ length: functions }, (_, i) =>
    builder.internFrameLine(
      builder.internFunction({ name: `step_${i}`, file: `/srv/part_${i % files}.py`, kind: 'python' }),
      1,
    ),
  );
}
