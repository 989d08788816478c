// The promise of two bytes a sample, on an hour as it could have been recorded: bench/synthetic.mjs says what is in it.

import { expect, test } from 'vitest';
import { simulateRecording } from '../../../bench/synthetic.mjs';
import { joinBytes } from '../../base/join-bytes.ts';
import { ProfileBuilder } from '../builder/profile-builder.ts';
import { parseRecording } from './recording-decoder.ts';
import { RecordingEncoder } from './recording-encoder.ts';

test('an hour at 100 Hz takes at most two bytes a sample, with all that belongs to it', () => {
  const parts: Uint8Array[] = [];
  let encoder: RecordingEncoder | undefined;
  simulateRecording(ProfileBuilder, 3600, (builder) => {
    if (encoder === undefined) {
      encoder = new RecordingEncoder(builder);
      parts.push(encoder.encodeHeader());
    }
    parts.push(encoder.encodeNew());
  });
  parts.push(encoder?.encodeEnd() ?? new Uint8Array(0));
  const recording = joinBytes(parts);
  expect(recording.length / 360_000).toBeLessThan(2);
  // A usual second: 100 samples and no new code.
  expect(parts.map((part) => part.length).sort((a, b) => a - b)[parts.length >> 1]).toBeLessThan(200);
  const { profile, damage, isComplete } = parseRecording(recording);
  expect(damage).toBeUndefined();
  expect(isComplete).toBe(true);
  expect(profile.samples.length).toBe(360_000);
});

test('threads that wait cost next to nothing', () => {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'server', start: 0 });
  const f = builder.internFunction({ name: 'wait', kind: 'python' });
  const stack = builder.internStack(-1, builder.internFrameLine(f, 1));
  const threads = Array.from({ length: 50 }, (_, tid) => builder.addThread({ process, tid, start: 0 }));
  const encoder = new RecordingEncoder(builder);
  const recordSecond = (second: number) => {
    for (let round = 1; round <= 100; round++) {
      for (const thread of threads) builder.addSample((second * 100 + round) * 100, thread, stack, 3, 100, 0);
    }
    return encoder.encodeNew().length;
  };
  encoder.encodeHeader();
  recordSecond(0);
  // 5,000 samples.
  expect(recordSecond(1)).toBeLessThan(40);
});
