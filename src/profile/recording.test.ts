import { expect, test } from 'vitest';
import { ProfileBuilder } from './profile-builder.ts';
import { builderFromText, profileFromText } from './profile-text.testing.ts';
import { parseRecording, RecordingDecoder } from './recording-decoder.ts';
import { encodeRecording, RecordingEncoder } from './recording-encoder.ts';

const PICTURE = `
  @thread  app/main  app/worker  app/main  kid/main  kid/main
  @time    100       100         203       299       412
  @cpu     97        0           100       3         0
  @state   running+gil  waiting  running+gil  runnable  waiting-gil

  main@a.py:1  poll@b.py:4  main@a.py:1  main@a.py:2  -
  load@a.py:7  wait@b.py:9  draw@a.py:9
`;

test('a profile comes back from its recording', () => {
  const profile = profileFromText(PICTURE);
  const { profile: read, damage, isComplete } = parseRecording(encodeRecording(profile));
  expect(damage).toBeUndefined();
  expect(isComplete).toBe(true);
  expect(read).toEqual(profile);
});
