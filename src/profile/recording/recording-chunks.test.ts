import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ByteWriter } from '../../base/byte-writer.ts';
import { computeCrc32 } from '../../base/crc32.ts';
import { MalformedError } from '../../base/malformed.ts';
import { ChunkWriter, checkPreamble, getChunkLength, readChunk } from './recording-chunks.ts';

/** A chunk of kind 2 with the right checksum, whatever its lengths say. */
function makeChunk(stored: Uint8Array, rawLength: number): Uint8Array {
  const writer = new ByteWriter();
  writer.writeByte(0x82);
  writer.writeVarint(stored.length);
  writer.writeVarint(rawLength);
  const checksum = computeCrc32(stored, computeCrc32(writer.view(), 0));
  writer.writeUint32(checksum);
  writer.writeBytes(stored);
  return writer.toBytes();
}

function randomBytes(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

test('bodies come back: short and long, of what compresses and what does not', () => {
  const bodies = [
    new Uint8Array(0),
    Uint8Array.of(1, 2, 3),
    new Uint8Array(1000).fill(7),
    new Uint8Array(1_000_000).fill(7),
    randomBytes(1000),
    randomBytes(100_000),
    // Compresses to more than what is inflated at once.
    randomBytes(400_000).map((byte) => byte & 0x0f),
  ];
  const writer = new ChunkWriter();
  let checksum = checkPreamble(writer.encodePreamble());
  for (const body of bodies) {
    const bytes = writer.encodeChunk(5, body);
    expect(getChunkLength(bytes, 0)).toBe(bytes.length);
    expect(bytes.length).toBeLessThan(body.length + 16);
    const chunk = readChunk(bytes, 0, checksum);
    expect(chunk.kind).toBe(5);
    expect(chunk.bodyLength).toBe(body.length);
    expect(Buffer.compare(chunk.body.subarray(0, body.length), body)).toBe(0);
    checksum = chunk.checksum;
  }
});

test('a body that does not inflate to what it says is malformed, and does not get to use more memory than that', () => {
  const right = deflateRawSync(new Uint8Array(1000).fill(7));
  expect(readChunk(makeChunk(right, 1000), 0, 0).bodyLength).toBe(1000);
  expect(() => readChunk(makeChunk(right, 999), 0, 0)).toThrow(/decompress/);
  expect(() => readChunk(makeChunk(right, 1001), 0, 0)).toThrow(/decompresses to 1000 bytes/);
  expect(() => readChunk(makeChunk(right.subarray(0, 5), 1000), 0, 0)).toThrow(MalformedError);
  expect(() => readChunk(makeChunk(randomBytes(300), 1000), 0, 0)).toThrow(MalformedError);
  expect(() => readChunk(makeChunk(new Uint8Array(0), 10), 0, 0)).toThrow(MalformedError);
  // 100 MB of zeros in 100 KB, which is inflated step by step.
  const bomb = deflateRawSync(new Uint8Array(100_000_000));
  expect(bomb.length).toBeGreaterThan(1 << 16);
  expect(() => readChunk(makeChunk(bomb, 1_000_000), 0, 0)).toThrow(MalformedError);
});

test('a length is known as soon as its bytes are there, and refused when it is too large', () => {
  const bytes = new ChunkWriter().encodeChunk(2, randomBytes(300));
  expect(getChunkLength(bytes.subarray(0, 1), 0)).toBeUndefined();
  expect(getChunkLength(bytes.subarray(0, 2), 0)).toBeUndefined();
  expect(getChunkLength(bytes.subarray(0, 3), 0)).toBe(bytes.length);
  const tooLarge = new ByteWriter();
  tooLarge.writeByte(2);
  tooLarge.writeVarint((1 << 26) + 1);
  expect(() => getChunkLength(tooLarge.view(), 0)).toThrow(/67108864 bytes that are allowed/);
  expect(() => getChunkLength(Uint8Array.of(2, 0xff, 0xff, 0xff, 0xff), 0)).toThrow(MalformedError);
});
