import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { JsonReader } from './json-reader.ts';
import { JsonCutError } from './json-source.ts';

function* cut(text: string, length: number): Iterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

function readerOf(text: string, length = 1 << 16): JsonReader {
  return new JsonReader(cut(text, length), 'test file');
}

test('reads what JSON.parse reads, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(0, 2),
      (value, length, space) => {
        const text = JSON.stringify(value, null, space);
        const reader = readerOf(text, length);
        expect(reader.value()).toEqual(JSON.parse(text));
        reader.finish();
      },
    ),
  );
});

test('numbers are those of JSON.parse to the last bit', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.maxSafeInteger(),
  );
  fc.assert(
    fc.property(number, (value) => {
      const text = JSON.stringify(value);
      expect(readerOf(`[${text}]`).value()).toEqual([JSON.parse(text)]);
    }),
  );
  for (const text of ['0.1', '123456789.012345', '1e22', '1E-7', '-0.000001', '9007199254740993', '0']) {
    expect(readerOf(text).value()).toBe(JSON.parse(text));
  }
});

test('passes over values of any size and depth', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 9 }), (value, length) => {
      const reader = readerOf(`{"skipped": ${JSON.stringify(value)}, "kept": [7]}`, length);
      reader.enterObject();
      expect(reader.nextKey()).toBe('skipped');
      reader.skip();
      expect(reader.nextKey()).toBe('kept');
      expect(reader.value()).toEqual([7]);
      expect(reader.nextKey()).toBeUndefined();
      reader.finish();
    }),
  );
  const deep = readerOf(`[${'['.repeat(200_000)}${']'.repeat(200_000)}, 5]`);
  deep.enterArray();
  deep.nextItem();
  deep.skip();
  deep.nextItem();
  expect(deep.number()).toBe(5);
});

test('a byte order mark is no content', () => {
  expect(readerOf('\ufeff{"a": 1}').value()).toEqual({ a: 1 });
});

describe('what is wrong is named by its place', () => {
  const read = (text: string) => {
    const reader = readerOf(text);
    reader.enterObject();
    for (let key = reader.nextKey(); key !== undefined; key = reader.nextKey()) {
      if (key === 'rows') for (reader.enterArray(); reader.nextItem(); ) readRow(reader);
      else reader.skip();
    }
    reader.finish();
  };
  const readRow = (reader: JsonReader) => {
    reader.enterObject();
    for (let key = reader.nextKey(); key !== undefined; key = reader.nextKey()) {
      if (key === 'name') reader.string();
      else if (key === 'at') reader.index(10);
      else reader.skip();
    }
  };

  test.each([
    ['7', 'The file is not an object'],
    ['{"rows": 1}', '"rows" is not a list'],
    ['{"rows": [{}, {"name": "a", "at": -1}]}', '"rows[1].at" is not a number below 10'],
    ['{"rows": [{"at": 1.5}]}', '"rows[0].at" is not a number below 10'],
    ['{"rows": [{"name": 1}]}', '"rows[0].name" is not a text'],
    ['{"rows": [{"x": 1e999}, {"at": 1e999}]}', '"rows[1].at" is not a number'],
    ['{"rows": [{"name": tru}]}', '"rows[0].name" is not a text'],
    ['{"rows": [{"x": nul }]}', '"rows[0].x" is not JSON'],
    ['{"rows": [] "x": 1}', '"rows" is not JSON'],
    ['{"x": 1} {', 'The file is not at its end where it should be'],
    ['{"x": "\\q", "y": 1}', undefined],
    ['{"rows": [{"name": "\\q"}]}', '"rows[0].name" is not JSON'],
  ])('%s', (text, message) => {
    if (message === undefined) expect(() => read(text)).not.toThrow();
    else expect(() => read(text)).toThrow(`The file is no valid test file: ${message}`);
  });

  test('a file that is cut anywhere says so', () => {
    const text = '{"rows": [{"name": "a\\"b", "at": 3, "x": [true, null, -1.5e3]}]} ';
    for (let length = 0; length < text.length - 1; length++) {
      expect(() => read(text.slice(0, length))).toThrow(JsonCutError);
    }
    read(text);
  });

  test('whatever the bytes are: a value or a ProfilerError', () => {
    const marks = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      '1',
      '-',
      'e',
      '.',
      'true',
      'null',
      ' ',
      'ü',
    );
    fc.assert(
      fc.property(fc.array(marks), fc.integer({ min: 1, max: 5 }), fc.boolean(), (parts, length, skips) => {
        const reader = readerOf(parts.join(''), length);
        try {
          if (skips) reader.skip();
          else reader.value();
          reader.finish();
        } catch (error) {
          expect(error).toBeInstanceOf(ProfilerError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
