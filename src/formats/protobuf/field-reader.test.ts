import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedError } from '../../base/malformed.ts';
import { FieldReader, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from './field-reader.ts';
import { MessageStream } from './message-stream.ts';
import { WireWriter } from './wire-writer.ts';

function readerOf(bytes: Uint8Array): FieldReader {
  return new FieldReader().reset(bytes, 0, bytes.length, 0);
}

function bigOf({ low, high }: FieldReader): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

describe('numbers', () => {
  test('all 64 bits come back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const writer = new WireWriter();
        writer.writeBigNumber(1, value);
        writer.writeFixed64(2, value);
        const reader = readerOf(writer.toBytes());
        expect(reader.next()).toBe(true);
        expect([reader.field, reader.wire, bigOf(reader)]).toEqual([1, WIRE_VARINT, value]);
        expect(reader.next()).toBe(true);
        expect([reader.field, reader.wire, bigOf(reader)]).toEqual([2, WIRE_FIXED64, value]);
        expect(reader.next()).toBe(false);
      }),
    );
  });

  test('numbers of JavaScript are written as int64, as far as they go', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (value) => {
        const writer = new WireWriter();
        writer.writeVarint(value);
        const reader = readerOf(writer.toBytes());
        reader.readVarint();
        expect(reader.signed).toBe(value + 0);
      }),
    );
    const ends = [2 ** 63, 2 ** 70, Number.POSITIVE_INFINITY, -(2 ** 63), Number.NaN, 0.5, -0.4];
    const read = ends.map((value) => {
      const writer = new WireWriter();
      writer.writeVarint(value);
      const reader = readerOf(writer.toBytes());
      reader.readVarint();
      return [reader.unsigned, reader.signed];
    });
    expect(read[0][0]).toBe(2 ** 63);
    expect(read[1][0]).toBe(2 ** 64 - 2048);
    expect(read[2][0]).toBe(2 ** 64 - 2048);
    expect(read[3][1]).toBe(-(2 ** 63) + 1024);
    expect(read.slice(4).map(([unsigned]) => unsigned)).toEqual([0, 1, 0]);
  });
});

describe('what is no message is refused with its place', () => {
  test.each([
    ['a number that goes on for ever', new Array(12).fill(0xff), /more than ten bytes/],
    ['a tag of field 0', [0x00, 0x01], /no field begins at byte 0/],
    ['a group, which is no longer in use', [0x0b], /no field begins/],
    ['a number that is cut', [0x08, 0x80], /ends inside of the field at byte 1/],
    ['a length beyond the end', [0x0a, 0x05, 1, 2], /the field at byte 1 has 5 bytes/],
    ['a length of 2^63', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], /bytes/],
    ['eight bytes that are seven', [0x09, 1, 2, 3, 4, 5, 6, 7], /ends inside/],
  ])('%s', (_, bytes, message) => {
    const reader = readerOf(Uint8Array.from(bytes));
    expect(() => {
      while (reader.next());
    }).toThrow(message);
    expect(() => {
      const again = readerOf(Uint8Array.from(bytes));
      while (again.next());
    }).toThrow(MalformedError);
  });
});

test('a stream gives the same fields however its blocks are cut', () => {
  const writer = new WireWriter();
  const inner = new WireWriter();
  inner.writeText(1, 'x'.repeat(300));
  inner.writeNumber(2, 2 ** 40);
  for (let i = 0; i < 20; i++) {
    writer.writeMessage(3, inner);
    writer.writeNumber(4, i + 1);
    writer.writeFixed64(5, 7n);
  }
  const bytes = writer.toBytes();
  const readAll = (blocks: Iterable<Uint8Array>) => {
    const stream = new MessageStream(blocks);
    const seen: unknown[] = [];
    while (stream.next(Number.POSITIVE_INFINITY)) {
      if (stream.wire !== WIRE_LENGTH) {
        seen.push([stream.field, stream.number.unsigned]);
        continue;
      }
      if (seen.length % 2 === 0) {
        const end = stream.contentEnd;
        while (stream.next(end)) {
          seen.push([stream.field, stream.length, stream.number.unsigned]);
          if (stream.wire === WIRE_LENGTH) stream.skip();
        }
        continue;
      }
      const message = stream.readMessage();
      while (message.next())
        seen.push([message.field, message.valueEnd - message.valueStart, message.unsigned]);
    }
    return seen;
  };
  const whole = readAll([bytes]);
  expect(whole).toHaveLength(80);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
      const ends = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      expect(readAll(ends.slice(1).map((end, i) => bytes.subarray(ends[i], end)))).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test('a writer of more than a block gives what one of a block gives', () => {
  const big = new WireWriter();
  const parts: number[] = [];
  const text = 'y'.repeat(100_000);
  for (let i = 0; i < 50; i++) {
    big.writeText(1, text);
    parts.push(big.length);
  }
  const nested = new WireWriter();
  nested.writeMessage(2, big);
  const reader = readerOf(nested.toBytes());
  expect(reader.next()).toBe(true);
  expect(reader.valueEnd - reader.valueStart).toBe(parts[49]);
  const inner = new FieldReader().enter(reader);
  let count = 0;
  while (inner.next()) count += inner.valueEnd - inner.valueStart;
  expect(count).toBe(50 * text.length);
});
