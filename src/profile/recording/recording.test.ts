// Recordings are written and read again: whole, in pieces, cut, damaged, and made of noise.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeCrc32 } from '../../base/crc32.ts';
import { ProfilerError } from '../../base/errors.ts';
import { joinBytes } from '../../base/join-bytes.ts';
import { arbitraryProfile, arbitrarySteps } from '../arbitrary-profile.testing.ts';
import { profileFromText } from '../profile-text.testing.ts';
import { assertValidProfile } from '../valid-profile.testing.ts';
import { ChunkWriter } from './recording-chunks.ts';
import { parseRecording, RecordingDecoder } from './recording-decoder.ts';
import { encodeRecording, RecordingEncoder } from './recording-encoder.ts';
import { PICTURE, recordPicture } from './recording-picture.testing.ts';

describe('whole recordings', () => {
  test('a profile comes back from its recording', () => {
    const profile = profileFromText(PICTURE);
    const { profile: read, damage, isComplete } = parseRecording(encodeRecording(profile));
    expect(damage).toBeUndefined();
    expect(isComplete).toBe(true);
    expect(read).toEqual(profile);
  });

  test('appends make the same profile as one piece, with updates of processes, threads and facts', () => {
    const { bytes, profile } = recordPicture();
    expect(parseRecording(bytes)).toEqual({ profile, damage: undefined, isComplete: true });
  });

  test('every profile comes back', () => {
    fc.assert(
      fc.property(arbitraryProfile, (profile) => {
        const read = parseRecording(encodeRecording(profile));
        expect(read).toEqual({ profile, damage: undefined, isComplete: true });
        assertValidProfile(read.profile);
      }),
    );
  });

  test('every recording that grows comes back, however its bytes are split', () => {
    fc.assert(
      fc.property(arbitrarySteps, fc.array(fc.integer({ min: 1, max: 400 })), ({ builder, parts }, sizes) => {
        const recorded = builder();
        const whole = builder();
        const encoder = new RecordingEncoder(recorded);
        const pieces = [encoder.encodeHeader()];
        const clocks = [{ time: 0 }, { time: 0 }];
        for (const steps of parts) {
          for (const step of steps) {
            step(recorded, clocks[0]);
            step(whole, clocks[1]);
          }
          pieces.push(encoder.encodeNew());
        }
        pieces.push(encoder.encodeEnd());
        const decoder = new RecordingDecoder();
        for (const piece of split(joinBytes(pieces), sizes)) decoder.push(piece);
        decoder.finish();
        expect(decoder.damage).toBeUndefined();
        expect(decoder.isComplete).toBe(true);
        expect(decoder.builder.build()).toEqual(whole.build());
      }),
    );
  });
});

test('the bytes that are pushed may be changed by their owner afterwards, also those of a Node buffer', () => {
  const { bytes, profile } = recordPicture();
  const decoder = new RecordingDecoder();
  const shared = Buffer.alloc(7);
  for (const piece of split(bytes, [7])) {
    shared.set(piece);
    decoder.push(shared.subarray(0, piece.length));
  }
  expect(decoder.damage).toBeUndefined();
  expect(decoder.builder.build()).toEqual(profile);
});

describe('cut recordings', () => {
  const { bytes, ends, profile } = recordPicture();

  test('cut at every byte, it reads as a valid shorter one and says so', () => {
    let samples = 0;
    for (let length = 1; length < bytes.length; length++) {
      const read = parseRecording(bytes.slice(0, length));
      assertValidProfile(read.profile);
      expect(read.isComplete).toBe(false);
      const end = [0, ...ends].findLast((offset) => offset <= length) ?? 0;
      if (length !== end && !isChunkEnd(length)) {
        expect(read.damage?.reason).toMatch(/cut off/);
        expect(read.damage?.offset).toBeLessThanOrEqual(length);
        expect(read.damage?.offset).toBeGreaterThanOrEqual(end);
      }
      expect(read.profile.samples.length).toBeGreaterThanOrEqual(samples);
      samples = read.profile.samples.length;
    }
    expect(samples).toBe(profile.samples.length);
  });

  test('cut between two appends, all of the first ones is there and nothing is damaged', () => {
    const read = parseRecording(bytes.slice(0, ends[1]));
    expect(read.damage).toBeUndefined();
    expect(read.isComplete).toBe(false);
    expect(read.profile.samples.length).toBe(5);
    expect(read.profile.facts.exit).toBeUndefined();
  });

  function isChunkEnd(length: number): boolean {
    return parseRecording(bytes.slice(0, length)).damage === undefined;
  }

  test('cut anywhere, every recording gives the beginning of what it would have given', () => {
    fc.assert(
      fc.property(arbitraryProfile, fc.double({ min: 0, max: 1, noNaN: true }), (whole, share) => {
        const all = encodeRecording(whole);
        const decoder = new RecordingDecoder();
        decoder.push(all.slice(0, Math.max(1, Math.floor(all.length * share))));
        decoder.finish();
        const read = decoder.builder.view();
        assertValidProfile(decoder.builder.build());
        expect(read.strings).toEqual(whole.strings.slice(0, read.strings.length));
        expect(read.stacks.parent).toEqual(whole.stacks.parent.slice(0, read.stacks.length));
        expect(read.samples.time).toEqual(whole.samples.time.slice(0, read.samples.length));
        expect(read.samples.stack).toEqual(whole.samples.stack.slice(0, read.samples.length));
      }),
    );
  });

  test('an empty file is no recording, and neither is another one', () => {
    expect(codeOf(() => parseRecording(new Uint8Array(0)))).toBe('not-a-recording');
    expect(codeOf(() => parseRecording(new TextEncoder().encode('main;load 12\n')))).toBe('not-a-recording');
    expect(codeOf(() => new RecordingDecoder().push(Uint8Array.of(0x88)))).toBe('not-a-recording');
  });
});

describe('damaged recordings', () => {
  const { bytes, ends, profile } = recordPicture();

  test('each flipped bit is found, its chunk is named, and everything before is kept', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      if (bit < 64) {
        expect(codeOf(() => parseRecording(flipped))).toBe('not-a-recording');
        continue;
      }
      const { profile: read, damage } = parseRecording(flipped);
      assertValidProfile(read);
      expect(damage).toBeDefined();
      expect(damage?.offset).toBeLessThanOrEqual(bit >> 3);
      const kept = ends.filter((end) => end <= bit >> 3).length;
      expect(read.samples.length).toBe([0, 0, 5, 6][kept]);
      if (kept === 3) expect(read.strings).toEqual(profile.strings);
    }
  });

  test('a chunk that is missing is found', () => {
    const without = joinBytes([bytes.slice(0, ends[1]), bytes.slice(ends[2])]);
    const { damage, profile: read } = parseRecording(without);
    expect(damage).toEqual({ offset: ends[1], reason: 'its checksum is wrong' });
    expect(read.samples.length).toBe(5);
  });

  test('bytes behind the end are told', () => {
    const longer = joinBytes([bytes, Uint8Array.of(0)]);
    const read = parseRecording(longer);
    expect(read.damage).toEqual({
      offset: bytes.length,
      reason: 'more bytes follow the end of the recording',
    });
    expect(read.isComplete).toBe(true);
    expect(read.profile).toEqual(profile);
  });

  test('a newer major version is refused, with its number', () => {
    const newer = bytes.slice();
    newer[8] = 2;
    expect(parseRecording(newer).damage?.offset).toBe(0);
    newer.set(checksumOf(newer.subarray(0, 12)), 12);
    let error: unknown;
    try {
      parseRecording(newer);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ProfilerError);
    expect((error as ProfilerError).code).toBe('newer-recording');
    expect((error as ProfilerError).facts).toEqual({ version: 2, known: 1 });
  });
});

describe('recordings of newer minor versions', () => {
  test('chunks, sections, columns and facts of unknown kinds are ignored or kept', () => {
    const chunks = new ChunkWriter();
    const header =
      '{"timeUnit":100000,"weights":[{"type":"cpu","unit":"nanoseconds","scale":1,"storage":"uint32","x":1}]}';
    const facts = new TextEncoder().encode('{"later":[1],"rounds":"no number","command":"a b"}');
    const unknown = Uint8Array.of(99, 2, 1, 1);
    // One string of one byte, 'a', and two bytes that a newer version added.
    const strings = Uint8Array.of(1, 5, 1, 1, 0x61, 9, 9);
    const bytes = joinBytes([
      chunks.encodePreamble(),
      chunks.encodeChunk(100, Uint8Array.of(1, 2, 3)),
      chunks.encodeChunk(1, new TextEncoder().encode(header)),
      chunks.encodeChunk(2, joinBytes([unknown, strings, Uint8Array.of(12, facts.length), facts])),
      chunks.encodeChunk(3, Uint8Array.of(7)),
    ]);
    const { profile, damage, isComplete } = parseRecording(bytes);
    expect(damage).toBeUndefined();
    expect(isComplete).toBe(true);
    expect(profile.samples.weights.length).toBe(1);
    expect(profile.facts).toEqual({ later: [1], command: 'a b' });
    expect(profile.strings).toEqual(['a']);
  });
});

function split(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; start < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : sizes[i % sizes.length];
    pieces.push(bytes.slice(start, start + size));
    start += size;
  }
  return pieces;
}

function checksumOf(bytes: Uint8Array): Uint8Array {
  const checksum = computeCrc32(bytes);
  return Uint8Array.from([0, 8, 16, 24], (shift) => checksum >>> shift);
}

function codeOf(run: () => void): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof ProfilerError) return error.code;
    throw error;
  }
  return undefined;
}
