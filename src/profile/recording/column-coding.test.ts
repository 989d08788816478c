import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from '../../base/byte-reader.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import { MalformedError } from '../../base/malformed.ts';
import { foldDifference, readColumn, unfoldDifference, writeColumn } from './column-coding.ts';
import { readNumbers, writeNumbers } from './number-coding.ts';
import { READ_AHEAD } from './plain-codes.ts';

function encode(values: readonly number[]): Uint8Array {
  const writer = new ByteWriter();
  writeColumn(writer, Uint32Array.from(values), values.length);
  return writer.toBytes();
}

function decode(bytes: Uint8Array, count: number): number[] {
  const padded = new Uint8Array(bytes.length + READ_AHEAD);
  padded.set(bytes);
  const reader = new ByteReader(padded, 0, bytes.length);
  const target = new Uint32Array(count);
  readColumn(reader, target, count);
  expect(reader.remaining).toBe(0);
  return [...target];
}

const arbitraryValue = fc.oneof(
  fc.nat(1),
  fc.nat(40),
  fc.nat(5000),
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff),
);

test('every column comes back', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(arbitraryValue), fc.array(fc.nat(3))), (values) => {
      expect(decode(encode(values), values.length)).toEqual(values);
    }),
    { numRuns: 500 },
  );
});

test('long columns come back, although only parts of them decide how they are coded', () => {
  const values = Array.from({ length: 20_000 }, (_, i) => (i === 12_345 ? 0xffff_ffff : i % 3));
  expect(decode(encode(values), values.length)).toEqual(values);
});

test('columns take as few bits as their values have to say', () => {
  const sizeOf = (length: number, value: (i: number) => number) =>
    encode(Array.from({ length }, (_, i) => value(i))).length;
  expect(sizeOf(0, () => 0)).toBe(0);
  expect(sizeOf(1000, () => 7)).toBe(1);
  expect(sizeOf(1000, () => 1_000_000)).toBe(4);
  // Two values, however large: one bit each.
  expect(sizeOf(1000, (i) => (i % 3 === 0 ? 0x12 : 0))).toBeLessThanOrEqual(130);
  // Mostly 0: little more than a bit.
  expect(sizeOf(1000, (i) => (i % 50 === 0 ? i : 0))).toBeLessThan(190);
  // As many of 1 as of 2 and 3, of 4 to 7, and so on: what is frequent is short.
  expect(sizeOf(1100, (i) => 2 ** (i % 11) + (i % 2 ** (i % 11)))).toBeLessThan(1100 * 1.2);
});

test('what is cut off, or impossible, is malformed', () => {
  const bytes = encode([5, 1, 9, 300, 2]);
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decode(bytes.slice(0, length), 5)).toThrow(MalformedError);
  }
  expect(() => decode(Uint8Array.of(0xff), 3)).toThrow(/unknown way/);
  // An octave code without a length field, and one of more bits than a length has.
  expect(() => decode(Uint8Array.of(0x40, 0), 3)).toThrow(MalformedError);
  expect(() => decode(Uint8Array.of(0x47, 0xff, 0xff, 0xff), 3)).toThrow(MalformedError);
  // A palette whose column has another palette, and one that names a place behind its end.
  expect(() => decode(Uint8Array.of(0x62, 1, 2, 0x62, 1, 2, 0x41, 0), 3)).toThrow(MalformedError);
  expect(() => decode(Uint8Array.of(0x62, 1, 2, 0x42, 0xff, 0xff), 3)).toThrow(/palette/);
});

test('differences fold into small numbers and back, also across the ends of the range', () => {
  expect([0, -1, 1, -2, 2].map((difference) => foldDifference(100 + difference, 100))).toEqual([
    0, 1, 2, 3, 4,
  ]);
  expect(foldDifference(0, 0xffff_ffff)).toBe(2);
  fc.assert(
    fc.property(arbitraryValue, arbitraryValue, (value, predicted) => {
      expect(unfoldDifference(foldDifference(value, predicted), predicted)).toBe(value);
    }),
  );
});

test('numbers of any size and fraction come back, exactly', () => {
  const arbitraryNumber = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.constantFrom(-0, Number.NaN, 2 ** 63),
  );
  fc.assert(
    fc.property(fc.array(arbitraryNumber), fc.boolean(), (numbers, isSame) => {
      const values = isSame ? numbers.map(() => numbers[0]) : numbers;
      const writer = new ByteWriter();
      writeNumbers(writer, values, values.length);
      const reader = new ByteReader(writer.toBytes());
      const read = readNumbers(reader, values.length);
      expect(reader.remaining).toBe(0);
      expect([...read].every((value, i) => Object.is(value, values[i]))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
