import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stableOrder } from './stable-order.ts';
import { gatherRows, grownCapacity, resizeColumn } from './typed-array.ts';

test('rows are ordered by key, and equal keys keep their order', () => {
  const arbitraryKey = fc.oneof(
    fc.nat(3),
    fc.constantFrom(0, 0xffff, 0x1_0000, 0xffff_ffff),
    fc.nat(0xffff_ffff),
  );
  fc.assert(
    fc.property(fc.array(arbitraryKey), (keys) => {
      const expected = [...keys.keys()].sort((a, b) => keys[a] - keys[b] || a - b);
      expect([...stableOrder(Uint32Array.from(keys))]).toEqual(expected);
    }),
  );
});

test('columns grow and shrink with their values and their type', () => {
  const column = Float64Array.of(1, 2, 3);
  expect(resizeColumn(column, 5)).toEqual(Float64Array.of(1, 2, 3, 0, 0));
  expect(resizeColumn(column, 2)).toEqual(Float64Array.of(1, 2));
  expect(resizeColumn(Uint16Array.of(9), 2)).toEqual(Uint16Array.of(9, 0));
  expect(grownCapacity(0)).toBeGreaterThan(0);
  expect(grownCapacity(1000)).toBe(2000);
});

test('chosen rows are gathered from columns of every type', () => {
  const rows = Uint32Array.of(2, 0, 2);
  expect(gatherRows(Uint8Array.of(1, 2, 3), rows)).toEqual(Uint8Array.of(3, 1, 3));
  expect(gatherRows(Uint16Array.of(1, 2, 300), rows)).toEqual(Uint16Array.of(300, 1, 300));
  expect(gatherRows(Int32Array.of(-1, 2, 3), rows)).toEqual(Int32Array.of(3, -1, 3));
  expect(gatherRows(Uint32Array.of(2 ** 31, 2, 3), rows)).toEqual(Uint32Array.of(3, 2 ** 31, 3));
  expect(gatherRows(Float64Array.of(0.5, 2, 3), rows)).toEqual(Float64Array.of(3, 0.5, 3));
});
