import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { computeCrc32 } from '../base/crc32.ts';
import { ProfilerError } from '../base/errors.ts';
import { joinBytes } from '../base/join-bytes.ts';
import { createDice } from '../base/random.testing.ts';
import { gunzip } from './gzip.ts';
import { inputOfBytes } from './input.ts';

const TEXT = Array.from(
  { length: 3000 },
  (_, i) => `main;f${(i * 7919) % 977};g${(i * 31) % 57} ${i}\n`,
).join('');
const PACKED = new Uint8Array(gzipSync(TEXT));

/** The text inside, and what is said when it breaks off. */
function unpack(bytes: Uint8Array): { readonly text: string; readonly problem: string | undefined } {
  let text = '';
  try {
    for (const block of gunzip(inputOfBytes(bytes, 'x.gz')).blocks())
      text += Buffer.from(block).toString('latin1');
  } catch (error) {
    expect(error).toBeInstanceOf(ProfilerError);
    return { text, problem: (error as Error).message };
  }
  return { text, problem: undefined };
}

test('members one behind the other are one text, and zeros behind them are nothing', () => {
  const second = Uint8Array.from(gzipSync('second\n'));
  const zeros = new Uint8Array(700);
  expect(unpack(joinBytes([PACKED, second, zeros]))).toEqual({ text: `${TEXT}second\n`, problem: undefined });
  expect(unpack(joinBytes([second, zeros, PACKED])).problem).toMatch(
    /damaged before byte 7\d\d: what stands/,
  );
  expect(unpack(joinBytes([second, new TextEncoder().encode('more')])).problem).toMatch(
    /damaged before byte \d+: incorrect header/,
  );
});

test('names, comments and other fields of the header are passed over', () => {
  const [, , , , ...rest] = gzipSync('text');
  const fields = [3, 0, 1, 2, 3, ...Buffer.from('name\0comment\0')];
  const header = [0x1f, 0x8b, 8, 0x1e, ...rest.slice(0, 6), ...fields];
  const checksum = computeCrc32(Uint8Array.from(header));
  const bytes = Uint8Array.from([...header, checksum & 0xff, (checksum >>> 8) & 0xff, ...rest.slice(6)]);
  expect(unpack(bytes)).toEqual({ text: 'text', problem: undefined });
});

test('cut anywhere, what stands before is given, and then said that the end is missing', () => {
  for (const length of [3, 9, 10, 11, 300, PACKED.length - 9, PACKED.length - 8, PACKED.length - 1]) {
    const { text, problem } = unpack(PACKED.subarray(0, length));
    expect(TEXT.startsWith(text)).toBe(true);
    expect(problem).toBe(`The file is compressed and its end is missing: it breaks off at byte ${length}.`);
    if (length >= PACKED.length - 8) expect(text).toBe(TEXT);
  }
});

test('a changed bit never gives another text in silence', () => {
  const random = createDice(7);
  for (let run = 0; run < 200; run++) {
    const changed = PACKED.slice();
    changed[10 + random(PACKED.length - 10)] ^= 1 << random(8);
    const { text, problem } = unpack(changed);
    if (text !== TEXT || problem !== undefined) expect(problem).toMatch(/compressed and (damaged|its end)/);
  }
});
