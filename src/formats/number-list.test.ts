import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonReader } from './json/json-reader.ts';
import { doubles, integers } from './number-list.ts';

function* cut(text: string, length: number): Iterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

test('lists of numbers are those of JSON.parse, however long they are and however they are cut', () => {
  const item = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null));
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 100 }),
      fc.nat(30),
      fc.constantFrom(0, 1),
      (items, length, space) => {
        const json = new JsonReader(
          cut(`[${JSON.stringify(items, null, space)}, "end"]`, length + 1),
          'test',
        );
        json.enterArray();
        json.nextItem();
        const list = doubles();
        list.read(json, -7);
        expect([...list.view()]).toEqual(
          items.map((number) => (number === null ? -7 : number)).map((n) => (Object.is(n, -0) ? 0 : n)),
        );
        expect(json.nextItem()).toBe(true);
        expect(json.string()).toBe('end');
      },
    ),
  );
});

test('what is no number is missing, whatever it is; what is true or false is 1 or 0', () => {
  const list = integers();
  const json = new JsonReader(cut('[1, "x", [2, [3]], {"a": 4}, true, false, 1e999, 5]', 4), 'test');
  list.read(json, -1);
  json.finish();
  expect([...list.view()]).toEqual([1, -1, -1, -1, 1, 0, -1, 5]);
});

test('no list is an empty one only when it is null', () => {
  const list = integers();
  list.read(new JsonReader(cut('null', 4), 'test'), -1);
  expect(list.length).toBe(0);
  expect(() => list.read(new JsonReader(cut('{}', 4), 'a test file'), -1)).toThrow('The file is not a list');
});
