import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryProfile } from '../arbitrary-profile.testing.ts';
import { encodeRecording } from '../recording/recording-encoder.ts';
import { compactSamples } from './compact-samples.ts';

test('compact samples are the same samples', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      const samples = compactSamples(profile.samples);
      expect([...samples.thread]).toEqual([...profile.samples.thread]);
      expect(samples.weights.map(({ values }) => [...values])).toEqual(
        profile.samples.weights.map(({ values }) => [...values]),
      );
      expect(encodeRecording({ ...profile, samples })).toEqual(encodeRecording(profile));
    }),
  );
});

test('columns have as many bytes as their values need', () => {
  const samples = {
    length: 2,
    time: Uint32Array.of(1, 2),
    thread: Uint16Array.of(0, 255),
    stack: Int32Array.of(-1, -1),
    state: Uint8Array.of(0, 0),
    weights: [
      { type: 'a', unit: 'count' as const, scale: 1, values: Uint32Array.of(256, 3) },
      { type: 'b', unit: 'count' as const, scale: 1, values: Uint32Array.of(0xffff_ffff, 3) },
      { type: 'c', unit: 'count' as const, scale: 1, values: Float64Array.of(1, 3) },
    ],
  };
  const { thread, weights } = compactSamples(samples);
  expect(thread).toBeInstanceOf(Uint8Array);
  expect(weights.map(({ values }) => values.constructor)).toEqual([Uint16Array, Uint32Array, Float64Array]);
});
