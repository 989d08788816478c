// Recordings that are partly or wholly noise: whatever the bytes, a valid profile or a clear error comes out.

import { expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { joinBytes } from '../../base/join-bytes.ts';
import { createDice } from '../../base/random.testing.ts';
import { assertValidProfile } from '../valid-profile.testing.ts';
import { ChunkWriter, checkPreamble, getChunkLength, readChunk } from './recording-chunks.ts';
import { RecordingDecoder } from './recording-decoder.ts';
import { recordPicture } from './recording-picture.testing.ts';

// VMPROF_FUZZ_SECONDS: how long to go on with new random bytes, for a longer run than the tests' own.
const seconds = Number(process.env.VMPROF_FUZZ_SECONDS ?? 2);

test('random changes and random bytes give a valid profile or a clear error, in time and memory that fit', () => {
  const { bytes } = recordPicture();
  const stop = Date.now() + seconds * 1000;
  let seed = Number(process.env.VMPROF_FUZZ_SEED ?? Date.now() % 1_000_000);
  let runs = 0;
  for (; Date.now() < stop || runs < 200; runs++) {
    seed++;
    try {
      const decoder = new RecordingDecoder({ maxSamples: 100_000 });
      decoder.push(makeNoise(seed, bytes));
      decoder.finish();
      assertValidProfile(decoder.builder.build());
    } catch (error) {
      if (!(error instanceof ProfilerError)) throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  expect(runs).toBeGreaterThan(0);
});

/** Bytes that get far into the reader: mostly chunks with right checksums around changed or random bodies. */
function makeNoise(seed: number, recording: Uint8Array): Uint8Array {
  const random = createDice(seed);
  if (random(8) === 0) return changeBytes(recording, random);
  const writer = new ChunkWriter();
  const parts = [writer.encodePreamble()];
  const changed = random(6);
  listBodies(recording).forEach(({ kind, body }, i) => {
    const isChanged = i === changed || random(4) === 0;
    if (isChanged && random(6) === 0) parts.push(writer.encodeChunk(2, randomBytes(random(300), random)));
    parts.push(writer.encodeChunk(kind, isChanged && kind !== 1 ? changeBytes(body, random) : body));
  });
  return joinBytes(parts);
}

function changeBytes(bytes: Uint8Array, random: (end: number) => number): Uint8Array {
  const changed = Array.from(bytes);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(changed.length + 1);
    const what = random(4);
    if (what === 0) changed.splice(at, 1 + random(3));
    else if (what === 1) changed.splice(at, 0, ...randomBytes(1 + random(3), random));
    else if (what === 2)
      changed.splice(at, 0, ...changed.slice(random(changed.length), random(changed.length)));
    else if (at < changed.length)
      changed[at] = random(3) === 0 ? random(256) : changed[at] ^ (1 << random(8));
  }
  return Uint8Array.from(changed);
}

function listBodies(recording: Uint8Array): { kind: number; body: Uint8Array }[] {
  const chunks: { kind: number; body: Uint8Array }[] = [];
  let checksum = checkPreamble(recording);
  for (let position = 16; position < recording.length; position += getChunkLength(recording, position) ?? 0) {
    const chunk = readChunk(recording, position, checksum);
    checksum = chunk.checksum;
    chunks.push({ kind: chunk.kind, body: chunk.body.slice(0, chunk.bodyLength) });
  }
  return chunks;
}

function randomBytes(length: number, random: (end: number) => number): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}
