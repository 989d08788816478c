import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeCrc64 } from '../crc64.ts';
import { MalformedError } from '../malformed.ts';
import { createDice } from '../random.testing.ts';
import { skip } from '../skip.testing.ts';
import { unpackXz } from './unpack-xz.ts';

const LIMIT = 1 << 24;

const TEXT = Array.from(
  { length: 40 },
  (_, i) => `${i * i}: a sample of thread ${i % 7} is a stack of frames\n`,
).join('');

/** TEXT, by Python's lzma module, with CRC-64. */
const PACKED = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AdRAOBdABgOgCXxwKipEYAStEjxYEo0UGxuPZOlUL9H21TqI8o2rLEt2KSQ1HjjR4ofGlOsDxOpPJ3SiA5R/nbdLP7oqWBsbG/prftc/M+CbTJ11rSSb3xd0lhrRFKu89TRB0PsEIdafCDuYXJnmGb6AsbtUVlFxiBjHe5c/shd4Wz5Of5moMA8KWWAgJSdXEsUCuGjVhWwcfTQwLWTz38zHAqV5e4ctDkbScJP+GtifyTHzlH7bh62OgPGTjQ9gimMv6gdobVruq/HB5ksJS3zcy+fMAgQhDMJStdiUNH2ZMwEdFVcAOzdFcOrCp0jAAH8AdIOAAAXeKYascRn+wIAAAAABFla',
  'base64',
);

/** The same without any check of the content. */
const UNCHECKED = Buffer.from(
  '/Td6WFoAAAD/EtlBAgAhARYAAAB0L+Wj4AdRAOBdABgOgCXxwKipEYAStEjxYEo0UGxuPZOlUL9H21TqI8o2rLEt2KSQ1HjjR4ofGlOsDxOpPJ3SiA5R/nbdLP7oqWBsbG/prftc/M+CbTJ11rSSb3xd0lhrRFKu89TRB0PsEIdafCDuYXJnmGb6AsbtUVlFxiBjHe5c/shd4Wz5Of5moMA8KWWAgJSdXEsUCuGjVhWwcfTQwLWTz38zHAqV5e4ctDkbScJP+GtifyTHzlH7bh62OgPGTjQ9gimMv6gdobVruq/HB5ksJS3zcy+fMAgQhDMJStdiUNH2ZMwEdFVcAAAB9AHSDgAAevr19qgACvwCAAAAAABZWg==',
  'base64',
);

function unpackText(bytes: Uint8Array): string {
  return new TextDecoder().decode(unpackXz(bytes, LIMIT));
}

test('text that Python packed', () => {
  expect(unpackText(PACKED)).toBe(TEXT);
  expect(unpackText(UNCHECKED)).toBe(TEXT);
});

test('streams one after the other, with padding between them', () => {
  const padding = Buffer.alloc(8);
  expect(unpackText(Buffer.concat([PACKED, padding, UNCHECKED, padding]))).toBe(TEXT + TEXT);
  expect(() => unpackText(Buffer.concat([PACKED, Buffer.alloc(3)]))).toThrow(/no padding/);
  expect(() => unpackText(Buffer.concat([PACKED, Buffer.of(1)]))).toThrow(MalformedError);
});

test('CRC-64 of the digits, as every list of checksums has it', () => {
  expect(computeCrc64(new TextEncoder().encode('123456789'))).toEqual([0xdf19_39fa, 0x995d_c9bb]);
});

/** Data of many kinds: text, noise, nothing, one byte, zeros; larger than a chunk and a dictionary. */
function* makeData(): Iterable<Uint8Array> {
  const dice = createDice(7);
  const text = new TextEncoder().encode(TEXT.repeat(100));
  yield text;
  yield text.map((byte, at) => (at % 3 === 0 ? dice(256) : byte));
  yield Uint8Array.from({ length: 200_000 }, () => dice(256));
  yield new Uint8Array(3_000_000);
  yield text.subarray(0, 1);
  yield text.subarray(0, 0);
}

test.for([
  '-0',
  '-6',
  '-9e --check=crc32',
  '-6 --check=none',
  '-6 --block-size=10000',
  '--lzma2=lc=0,lp=4,pb=0,dict=4KiB',
  '--lzma2=lc=4,lp=0,pb=4,mf=bt2,nice=5',
])('what the xz command makes with %s', (flags, context) => {
  for (const data of makeData()) {
    const { error, status, stdout } = spawnSync('xz', ['-q', '-c', ...flags.split(' ')], {
      input: data,
      maxBuffer: 1 << 26,
    });
    if (error !== undefined || status !== 0) skip(context, `there is no xz command that knows ${flags}`);
    expect(Buffer.compare(unpackXz(stdout, LIMIT), data)).toBe(0);
  }
});

test('what Python makes of pieces of every length', (context) => {
  const program = `
import lzma, struct, sys
data = bytes((i * i >> 3) & 255 for i in range(300)) * 2
for length in range(len(data)):
    packed = lzma.compress(data[:length], check=[lzma.CHECK_CRC32, lzma.CHECK_CRC64][length % 2], preset=0)
    sys.stdout.buffer.write(struct.pack('<II', length, len(packed)) + packed)
`;
  const { error, status, stdout } = spawnSync('python3', ['-c', program], { maxBuffer: 1 << 26 });
  if (error !== undefined || status !== 0) skip(context, 'there is no Python with lzma');
  const data = Uint8Array.from({ length: 600 }, (_, at) => (((at % 300) * (at % 300)) >> 3) & 255);
  let count = 0;
  for (let at = 0; at < stdout.length; count++) {
    const [length, size] = [stdout.readUInt32LE(at), stdout.readUInt32LE(at + 4)];
    const unpacked = unpackXz(stdout.subarray(at + 8, at + 8 + size), LIMIT);
    if (Buffer.compare(unpacked, data.subarray(0, length)) !== 0) throw new Error(`of ${length} bytes`);
    at += 8 + size;
  }
  expect(count).toBe(600);
});

describe('refused', () => {
  test.for([
    ['--x86 --lzma2', /filter BCJ for x86 is not known/],
    ['--delta --lzma2', /filter Delta is not known/],
    ['--check=sha256', /their check, SHA-256, is not known/],
    ['--format=lzma', /no stream begins there/],
  ] as const)('%s', ([flags, message], context) => {
    const { error, status, stdout } = spawnSync('xz', ['-q', '-c', ...flags.split(' ')], { input: TEXT });
    if (error !== undefined || status !== 0) skip(context, `there is no xz command that knows ${flags}`);
    expect(() => unpackText(stdout)).toThrow(message);
  });

  test('more than is allowed, before it is made', () => {
    expect(() => unpackXz(PACKED, TEXT.length - 1)).toThrow(/become more than \d+ bytes/);
    expect(unpackXz(PACKED, TEXT.length)).toHaveLength(TEXT.length);
  });

  test('nothing', () => {
    expect(() => unpackText(new Uint8Array())).toThrow(MalformedError);
  });
});

describe('damage', () => {
  test('every bit changed: an error, since everything has a check', () => {
    for (let bit = 0; bit < PACKED.length * 8; bit++) {
      const bytes = Uint8Array.from(PACKED);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      expect(() => unpackText(bytes)).toThrow(MalformedError);
    }
  });

  test('cut at every byte: an error', () => {
    for (let length = 0; length < PACKED.length; length++) {
      expect(() => unpackText(PACKED.subarray(0, length))).toThrow(MalformedError);
    }
  });

  test('every byte changed where nothing checks the content: it ends, within its limit', () => {
    let refused = 0;
    for (let at = 0; at < UNCHECKED.length; at++) {
      for (const change of [1, 0x10, 0x80, 0xff]) {
        const bytes = Uint8Array.from(UNCHECKED);
        bytes[at] ^= change;
        refused += endsWell(bytes) ? 0 : 1;
      }
    }
    expect(refused).toBeGreaterThan(UNCHECKED.length);
  });

  // VMPROF_FUZZ_SECONDS: how long to go on with other changes, for a longer run than the tests' own.
  test('random changes: the same', () => {
    const { VMPROF_FUZZ_SECONDS, VMPROF_FUZZ_SEED } = process.env;
    const seconds = Number(VMPROF_FUZZ_SECONDS ?? 1);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(UNCHECKED.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(PACKED, UNCHECKED),
        (changes, packed) => {
          const bytes = Uint8Array.from(packed);
          for (const [at, value] of changes) bytes[at] = value;
          endsWell(bytes);
        },
      ),
      {
        numRuns: 1_000_000,
        interruptAfterTimeLimit: seconds * 1000,
        ...(VMPROF_FUZZ_SEED === undefined ? {} : { seed: Number(VMPROF_FUZZ_SEED) | 0 }),
      },
    );
  });

  /** False for an error. */
  function endsWell(bytes: Uint8Array): boolean {
    try {
      expect(unpackXz(bytes, 10_000).length).toBeLessThanOrEqual(10_000);
      return true;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return false;
    }
  }
});
