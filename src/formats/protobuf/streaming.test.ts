import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { detectFormat, exportProfile, importProfile } from '../formats.ts';
import type { Input } from '../input.ts';
import { inputOfBytes } from '../input.ts';
import { OTLP_FORMAT } from '../otlp/otlp.ts';
import { PPROF_FORMAT } from '../pprof/pprof.ts';
import { WireWriter } from './wire-writer.ts';

/** As files are read: every block in the same memory, which the next one overwrites. */
function inputOfBlocks(bytes: Uint8Array, size: number): Input {
  return {
    fileName: 'x',
    length: bytes.length,
    *blocks() {
      const memory = new Uint8Array(size);
      for (let at = 0; at < bytes.length; at += size) {
        const part = bytes.subarray(at, at + size);
        memory.set(part);
        yield memory.subarray(0, part.length);
        memory.fill(0xee);
      }
    },
  };
}

describe.each([PPROF_FORMAT, OTLP_FORMAT])('$name', (format) => {
  const { bytes } = exportProfile(
    profileFromText(`
      @thread  p/main        p/worker     q/main
      @state   running+gil   runnable     waiting-gil

      start@app.py:3   run@app.py:9    run@app.py:10
      load@app.py:12   poll@app.py:20
    `),
    format,
    { measure: 'wall', title: 't', fileName: 'x' },
  );

  test('blocks of any size that are overwritten give the same profile', () => {
    const whole = importProfile(inputOfBytes(bytes, 'x'), format);
    for (const size of [1, 2, 3, 7, 19, 20, 21, 64, bytes.length - 1]) {
      expect(importProfile(inputOfBlocks(bytes, size), format)).toEqual(whole);
    }
  });

  test('no text looks like it', () => {
    const line = fc.string({ unit: fc.constantFrom(...'ab ;:1239\n\t"{}[],.*2BHPZ`hjpx'), maxLength: 40 });
    fc.assert(
      fc.property(line, (text) => {
        expect(detectFormat(inputOfBytes(new TextEncoder().encode(text), 'x'))).not.toBe(format);
      }),
      { numRuns: 1000 },
    );
  });
});

test('a message larger than any window is walked, not held', () => {
  // OTLP puts all samples into one message; here one of 25 MB, of blocks that are the same memory again and again.
  const sample = new WireWriter();
  sample.writeNumber(1, 1);
  sample.writePacked(4, [3], new WireWriter());
  const samples = new WireWriter();
  for (let i = 0; i < 20_000; i++) samples.writeMessage(2, sample);
  const block = samples.toBytes();
  const repeats = 175;
  const length = block.length * repeats;
  const type = new WireWriter();
  type.writeNumber(1, 1);
  const start = new WireWriter();
  start.writeMessage(1, type);
  const wrap = (writer: WireWriter, field: number, inner: number) => {
    writer.writeBytes(field, new Uint8Array(0));
    // The length that was written is 0: one byte, in place of which the real one comes.
    const bytes = writer.toBytes().slice(0, -1);
    const size = new WireWriter();
    size.writeVarint(inner);
    return Buffer.concat([bytes, size.toBytes()]);
  };
  const profile = wrap(new WireWriter(), 2, start.length + length);
  const scope = wrap(new WireWriter(), 2, profile.length + start.length + length);
  const resource = wrap(new WireWriter(), 1, scope.length + profile.length + start.length + length);
  const dictionary = exportProfile(profileFromText('a\nb'), OTLP_FORMAT, {
    measure: 'wall',
    title: 't',
    fileName: 'x',
  }).bytes;
  const onlyDictionary = cutDictionary(dictionary);
  const imported = importProfile(
    {
      fileName: 'x',
      length: undefined,
      *blocks() {
        yield Buffer.concat([resource, scope, profile, start.toBytes()]);
        for (let i = 0; i < repeats; i++) yield block;
        yield onlyDictionary;
      },
    },
    OTLP_FORMAT,
  );
  expect(imported.notes).toEqual([]);
  expect(imported.profile.samples.length).toBe(20_000 * repeats);
});

/** The last field of the file: what stands behind the resources. */
function cutDictionary(bytes: Uint8Array): Uint8Array {
  let at = 0;
  for (;;) {
    const field = bytes[at] >> 3;
    let length = 0;
    let end = at + 1;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[end++];
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (field === 2) return bytes.subarray(at, end + length);
    at = end + length;
  }
}
