import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { joinBytes } from '../join-bytes.ts';
import { MalformedError } from '../malformed.ts';
import { skip } from '../skip.testing.ts';
import { buildStateTable } from './state-table.ts';
import { unpackZstd } from './unpack-zstd.ts';

const LIMITS = { maxRatio: 1000, minSize: 1 << 20 };
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** No size, no checksum, a window of 128 KiB. */
const HEAD = [...MAGIC, 0x00, 0x38];

function unpack(bytes: Uint8Array, step = 1 << 16): Uint8Array {
  const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) =>
    bytes.subarray(i * step, (i + 1) * step),
  );
  const blocks: Uint8Array[] = [];
  for (const block of unpackZstd(pieces, LIMITS)) blocks.push(block.slice());
  return joinBytes(blocks);
}

/** The size of the block stands in three bytes, above its kind and whether it is the last one. */
function block(kind: number, size: number, isLast: boolean, ...bytes: number[]): number[] {
  const head = (size << 3) | (kind << 1) | (isLast ? 1 : 0);
  return [head & 0xff, (head >> 8) & 0xff, head >> 16, ...bytes];
}

/** Words and numbers, the same in every run. */
function makeText(length: number): string {
  let state = 1;
  const next = (count: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 65536) % count;
  };
  const words = ['sample', 'stack', 'frame', 'weight', 'thread', 'of', 'a', 'the', 'is', '\n'];
  let text = '';
  while (text.length < length) text += words[next(10)] + (next(4) === 0 ? String(next(1000)) : ' ');
  return text;
}

/** makeText(1500), by the zstd command, level 19. */
const PACKED_TEXT = Buffer.from(
  'KLUv/QBoPQ8ANpEuFqC5AQCr502LZttPVYGJkjIzefmhigcrACYAJwCvtGvLfZVX9/hEKcau/47InDnFrq1TiGEJi2Agx7d7lIIXEkJJugKhXFsBresmfbG1ry2TiBXzNdpp3Z0XNZn7z1WRmVAWKXZGUVOi1cTaBRCoaFsx5nak2H0mTkLhkzAV4/SzZtEROm05qtF0slcxxEixPNzWdqPrvfysmTwRoqsu9nP6I56DeJD9mOTGu1/P3Cc8ejZzuR03KXYBgJCoAZLSrBRKywEQEGKQYmYeEUAkpUJzMqOGUgex43ASyfI031Dc4Fr4l0zaje3wIeHQvLYBNfqsYXgvausOoHximk0uUGCmHfsaLqgtCAF244kZbE1KIM4KMajfTIQ8uqBad5yfCxwezg3M8uWO24hC/PCRlxmHyfliUrcYYGYfmQj/Msp0zmxDUhdYST3eHein+50tPME5wh8Fu7k0gFZr5ofahMPwGruDok0R42EbHZjpZGce5tHiwBEg+GAMSv8zpq9dPzAifu7aVfBPttIIpQhP8yeAkSGXLLq3ORW8gJ2jabxMSA3g6liB1Kx7tNAfaC2P66GXC2krebJGW567i/+s7wykv1JbxBVDy8bqySv0ReKrQMWglNZswcwxiZC2Uk+ZSnApNQ==',
  'base64',
);

test('text that the zstd command compressed, in pieces of any length', () => {
  for (const step of [1, 7, 1000]) {
    expect(new TextDecoder().decode(unpack(PACKED_TEXT, step))).toBe(makeText(1500));
  }
});

test('blocks of every plain kind, several frames, what is to be skipped, and checksums', () => {
  const raw = [...HEAD, ...block(0, 3, false, 1, 2, 3), ...block(1, 4, true, 9)];
  const skipped = [0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7];
  const single = [...MAGIC, 0x24, 2, ...block(0, 2, true, 5, 6), 1, 2, 3, 4];
  const bytes = Uint8Array.from([...raw, ...skipped, ...single]);
  expect([...unpack(bytes)]).toEqual([1, 2, 3, 9, 9, 9, 9, 5, 6]);
  expect(unpack(new Uint8Array(0))).toHaveLength(0);
});

test.for([1, 3, 9, 19])('what the zstd command makes of data of many kinds, level %i', (level, context) => {
  // More than its window, and more than a block, so that tables are used again.
  const text = new TextEncoder().encode(makeText(1_000_000));
  const noise = text.map((byte, i) => (i % 3 === 0 ? (byte * i * 7919) >>> 5 : byte));
  for (const data of [text, noise, new Uint8Array(300_000), text.subarray(0, 1), text.subarray(0, 0)]) {
    const { status, stdout } = spawnSync('zstd', ['-q', '-c', `-${level}`], {
      input: data,
      maxBuffer: 1 << 24,
    });
    if (status !== 0) skip(context, 'there is no zstd command');
    expect(Buffer.compare(unpack(stdout), data)).toBe(0);
  }
});

test('a stream that is cut: whole blocks before are given out', () => {
  const bytes = Uint8Array.from([...HEAD, ...block(0, 3, false, 1, 2, 3), ...block(0, 3, true, 1)]);
  const read: number[] = [];
  expect(() => {
    for (const part of unpackZstd([bytes], LIMITS)) read.push(...part);
  }).toThrow(/compressed data are damaged before their offset 15 \(3 bytes are needed/);
  expect(read).toEqual([1, 2, 3]);
});

const literals = (table: readonly number[]) => {
  const size = table.length + 2;
  // Compressed literals in one stream: 10 bits each for how many they are, and how many bytes they take.
  const head = 2 | (4 << 4) | (size << 14);
  const body = [head & 0xff, (head >> 8) & 0xff, head >> 16, ...table, 1, 1, 0];
  return Uint8Array.from([...HEAD, ...block(2, body.length, true, ...body)]);
};

test.each([
  ['no frame', Uint8Array.of(1, 2, 3, 4), /no frame begins there/],
  ['a dictionary', Uint8Array.from([...MAGIC, 0x01, 0x38, 7, 1, 0, 0]), /need a dictionary/],
  ['a window of 2 TB', Uint8Array.from([...MAGIC, 0x00, 0xff]), /need a window/],
  [
    'a block of an unknown kind',
    Uint8Array.from([...HEAD, ...block(3, 1, true, 0)]),
    /no block begins there/,
  ],
  ['a block of 2 MB', Uint8Array.from([...HEAD, ...block(1, 1 << 20, true, 0)]), /no block begins there/],
  // One symbol has all states, and each leads to itself without a bit: other decoders never end.
  ['weights without end', literals([4, 0xf0, 0x03, 0x00, 0x04]), /a table of codes has no end/],
  ['weights that do not fit', literals([129, 0x31]), /not complete/],
  ['codes of 15 bits', literals([128, 0xf0]), /codes of 15 bits/],
  ['a table beyond the end', literals([99, 0]), /a table of codes is cut/],
  [
    'matches from before the beginning',
    Uint8Array.from([...HEAD, ...block(2, 8, true, 8, 65, 1, 84, 0, 5, 0, 0x25)]),
    /34 bytes back are asked for/,
  ],
])('%s is refused', (_, bytes, message) => {
  expect(() => unpack(bytes)).toThrow(MalformedError);
  expect(() => unpack(bytes)).toThrow(message);
});

test('tables of nothing but rare symbols', () => {
  const { symbol, bits } = buildStateTable(new Array<number>(32).fill(-1), 5);
  expect([...symbol].sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, i) => i));
  expect(new Set(bits)).toEqual(new Set([5]));
});

test('every byte of a stream changed: it ends, with the text, another one, or an error', () => {
  let refused = 0;
  for (let at = 0; at < PACKED_TEXT.length; at++) {
    for (const change of [1, 0x80, 0xff]) {
      const bytes = Uint8Array.from(PACKED_TEXT);
      bytes[at] ^= change;
      try {
        expect(unpack(bytes).length).toBeLessThan(LIMITS.minSize);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
        refused++;
      }
    }
  }
  expect(refused).toBeGreaterThan(PACKED_TEXT.length);
});

// VMPROF_FUZZ_SECONDS: how long to go on with other changes, for a longer run than the tests' own.
const seconds = Number(process.env.VMPROF_FUZZ_SECONDS ?? 1);

test('random changes: the same', () => {
  let seed = Number(process.env.VMPROF_FUZZ_SEED ?? Date.now() % 1_000_000);
  const stop = Date.now() + seconds * 1000;
  do {
    const bytes = Uint8Array.from(PACKED_TEXT);
    let state = seed++;
    for (let i = 0; i < 4; i++) {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9;
      // Tables stand at the front, and are the most likely to go wrong.
      bytes[(state >>> 8) % (i < 2 ? 60 : bytes.length)] = state;
    }
    try {
      unpack(bytes);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw new Error(`seed ${seed - 1}`, { cause: error });
    }
  } while (Date.now() < stop);
});
