// A small recording that has everything in it, for tests that cut and damage it.

import { joinBytes } from '../../base/join-bytes.ts';
import { builderFromText } from '../profile-text.testing.ts';
import type { ProcessIndex, Profile, ThreadIndex } from '../tables.ts';
import { RecordingEncoder } from './recording-encoder.ts';

export const PICTURE = `
  @thread  app/main  app/worker  app/main  kid/main  kid/main
  @time    100       100         203       299       412
  @cpu     97        0           100       3         0
  @state   running+gil  waiting  running+gil  runnable  waiting-gil

  main@a.py:1  poll@b.py:4  main@a.py:1  main@a.py:2  -
  load@a.py:7  wait@b.py:9  draw@a.py:9
`;

/** A recording written in three appends and an end, and the offset behind each of them. */
export function recordPicture(): { bytes: Uint8Array; ends: number[]; profile: Profile } {
  const builder = builderFromText(PICTURE);
  builder.mergeFacts({ producer: 'vmprof test', startedAt: 1_700_000_000_000, notes: { any: 'thing' } });
  const whole = builderFromText(PICTURE);
  const encoder = new RecordingEncoder(builder);
  const parts = [encoder.encodeHeader(), encoder.encodeNew()];
  for (const target of [builder, whole]) {
    target.addCounter(0 as ProcessIndex, 'resident', 500, 12_345_678);
    target.addSample(505, 1 as ThreadIndex, -1, 3, 405, 1);
    target.updateProcess(1 as ProcessIndex, { command: 'after exec', runtime: 'CPython 3.14.0' });
    target.updateThread(2 as ThreadIndex, { name: 'renamed', end: 600 });
  }
  parts.push(encoder.encodeNew());
  for (const target of [builder, whole]) {
    target.updateProcess(0 as ProcessIndex, { end: 700 });
    target.mergeFacts({ exit: 'SIGKILL', lostSamples: { torn: 2 } });
  }
  whole.mergeFacts({ producer: 'vmprof test', startedAt: 1_700_000_000_000, notes: { any: 'thing' } });
  parts.push(encoder.encodeEnd());
  const ends: number[] = [];
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.length);
  return { bytes: joinBytes(parts), ends, profile: whole.build() };
}
