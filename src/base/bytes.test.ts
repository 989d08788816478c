// Byte and text coding against their definitions, and against each other.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BitWriter, bitLength } from './bits.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { computeCrc32 } from './crc32.ts';
import { MalformedError } from './malformed.ts';
import { decodeText, encodeText } from './text-bytes.ts';

test('numbers come back as they were written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.maxSafeNat()),
      fc.array(fc.double()),
      fc.nat(0xffff_ffff),
      (varints, doubles, word) => {
        const writer = new ByteWriter(1);
        for (const value of varints) writer.writeVarint(value);
        for (const value of doubles) writer.writeFloat64(value);
        writer.writeUint32(word);
        const reader = new ByteReader(writer.toBytes());
        for (const value of varints) expect(reader.readVarint()).toBe(value);
        for (const value of doubles) expect(reader.readFloat64()).toBe(value);
        expect(reader.readUint32()).toBe(word);
        expect(reader.remaining).toBe(0);
      },
    ),
  );
});

test('a varint has the bytes of LEB128', () => {
  const bytesOf = (value: number) => {
    const writer = new ByteWriter();
    writer.writeVarint(value);
    return [...writer.view()];
  };
  expect(bytesOf(0)).toEqual([0]);
  expect(bytesOf(127)).toEqual([0x7f]);
  expect(bytesOf(128)).toEqual([0x80, 0x01]);
  expect(bytesOf(624_485)).toEqual([0xe5, 0x8e, 0x26]);
  expect(bytesOf(Number.MAX_SAFE_INTEGER)).toEqual([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]);
});

test('what is missing or too large is malformed', () => {
  const read = (bytes: number[], run: (reader: ByteReader) => void) => () =>
    run(new ByteReader(Uint8Array.from(bytes)));
  expect(read([], (reader) => reader.readByte())).toThrow(MalformedError);
  expect(read([0x80], (reader) => reader.readVarint())).toThrow(MalformedError);
  expect(read(Array(8).fill(0xff), (reader) => reader.readVarint())).toThrow(MalformedError);
  expect(read([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x10], (reader) => reader.readVarint())).toThrow(
    MalformedError,
  );
  expect(read([1, 2, 3], (reader) => reader.readUint32())).toThrow(MalformedError);
  expect(read([1, 2, 3], (reader) => reader.readBytes(4))).toThrow(/4 bytes are needed, but only 3 are left/);
  expect(() => new ByteReader(new Uint8Array(10), 2, 4).readFloat64()).toThrow(MalformedError);
});

test('bits come out as they went in', () => {
  const arbitraryBits = fc
    .integer({ min: 0, max: 32 })
    .chain((count) =>
      fc.record({ count: fc.constant(count), value: fc.integer({ min: 0, max: 2 ** count - 1 }) }),
    );
  fc.assert(
    fc.property(fc.array(arbitraryBits, { maxLength: 300 }), (parts) => {
      const writer = new BitWriter();
      for (const { value, count } of parts) writer.write(value, count);
      const text = [...writer.finish()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      const expected = parts.map(({ value, count }) =>
        count === 0 ? '' : value.toString(2).padStart(count, '0'),
      );
      expect(text).toBe(expected.join('').padEnd(text.length, '0'));
      expect(text.length).toBe(Math.ceil(expected.join('').length / 8) * 8);
    }),
  );
  expect([0, 1, 2, 255, 256, 0xffff_ffff].map(bitLength)).toEqual([0, 1, 2, 8, 9, 32]);
});

test('checksums are those of zip and PNG, and go on from one another', () => {
  const bytes = new TextEncoder().encode('123456789');
  expect(computeCrc32(bytes)).toBe(0xcbf43926);
  expect(computeCrc32(new Uint8Array(0))).toBe(0);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(64), (all, at) => {
      const first = computeCrc32(all.subarray(0, at));
      expect(computeCrc32(all.subarray(at), first)).toBe(computeCrc32(all));
    }),
  );
});

test('every string comes back from its bytes, and different strings have different bytes', () => {
  const arbitraryUnits = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 });
  const arbitraryPair = fc.array(fc.constantFrom(0xd800, 0xdbff, 0xdc00, 0xdfff, 0x61, 0xfeff), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(fc.oneof(arbitraryUnits, arbitraryPair), (units) => {
      const text = String.fromCharCode(...units);
      expect(decodeText(encodeText(text))).toBe(text);
    }),
  );
  expect([...encodeText('\ud800')]).toEqual([0xed, 0xa0, 0x80]);
  expect([...encodeText('é€😀')]).toEqual([...new TextEncoder().encode('é€😀')]);
});

test('bytes that are no text are malformed, also behind a lone surrogate', () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80, 0xff], [0xed, 0xa0]]) {
    expect(() => decodeText(Uint8Array.from(bytes))).toThrow(MalformedError);
  }
});
