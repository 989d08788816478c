import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonReader } from './json/json-reader.ts';
import { CompactNumbers, doubles, integers } from './number-list.ts';

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
      fc.boolean(),
      (items, length, space, isCompact) => {
        const json = new JsonReader(
          cut(`[${JSON.stringify(items, null, space)}, "end"]`, length + 1),
          'test',
        );
        json.enterArray();
        json.nextItem();
        const list = isCompact ? new CompactNumbers() : doubles();
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

test('compact lists take four bytes a number until one needs eight, and lose none on the way', () => {
  const kinds = (list: CompactNumbers) => list.view().BYTES_PER_ELEMENT;
  const whole = Array.from({ length: 20_000 }, (_, row) => row - 7);
  for (const last of [2 ** 31, -(2 ** 31) - 1, 0.5, null]) {
    const list = new CompactNumbers();
    list.push(3);
    list.read(new JsonReader(cut(JSON.stringify(whole), 1000), 'test'), Number.NaN);
    expect(kinds(list)).toBe(4);
    list.read(new JsonReader(cut(JSON.stringify([...whole, last]), 1000), 'test'), Number.NaN);
    expect(kinds(list)).toBe(8);
    expect([...list.view()]).toEqual([3, ...whole, ...whole, last ?? Number.NaN]);
    const joined = new CompactNumbers();
    joined.push(-(2 ** 31));
    joined.append(list);
    joined.push(2 ** 40);
    expect([...joined.view()]).toEqual([-(2 ** 31), ...list.view(), 2 ** 40]);
  }
});
