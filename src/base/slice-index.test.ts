import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SliceIndex } from './slice-index.ts';

test('equal slices get equal numbers, wherever they stand', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 300 }), fc.nat(3), (slices, shift) => {
      const index = new SliceIndex();
      const expected = new Map<string, number>();
      for (const slice of slices) {
        const bytes = new Uint8Array(slice.length + shift + 1);
        bytes.set(slice, shift);
        const key = slice.join();
        if (!expected.has(key)) expected.set(key, expected.size);
        expect(index.intern(bytes, shift, shift + slice.length)).toBe(expected.get(key));
      }
      expect(index.length).toBe(expected.size);
    }),
  );
});

test('grows with what it holds', () => {
  const index = new SliceIndex();
  const bytes = new Uint8Array(100_000).map((_, at) => at >> 3);
  for (let end = 0; end < 200; end++) expect(index.intern(bytes, 0, end * 500)).toBe(end);
  for (let end = 0; end < 200; end++) expect(index.intern(bytes, 0, end * 500)).toBe(end);
});
