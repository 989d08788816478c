import { expect, test } from 'vitest';
import { ProfileBuilder } from './builder/profile-builder.ts';
import { describeOrigin } from './describe-recording.ts';

test.each([
  [0, '1970-01-01 00:00:00 UTC'],
  [-1e12, '1938-04-24 22:13:20 UTC'],
  [1_769_860_800_999, '2026-01-31 12:00:00 UTC'],
  // As damaged files have them: no calendar does.
  [8.65e15, undefined],
  [1e300, undefined],
  [Number.NaN, undefined],
])('began at %d: %s', (startedAt, text) => {
  const builder = new ProfileBuilder();
  builder.mergeFacts({ startedAt });
  expect(new Map(describeOrigin(builder.build())).get('started')).toBe(text);
});
