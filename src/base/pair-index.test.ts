import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PairIndex } from './pair-index.ts';

test('finds what was put in since it was cleared, whatever the size of the set', () => {
  const pair = fc.tuple(fc.integer({ min: -3, max: 40 }), fc.integer({ min: -3, max: 40 }));
  const index = new PairIndex();
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 400 }), (pairs) => {
      index.clear();
      const rows = new Map<string, number>();
      pairs.forEach(([first, second], row) => {
        const known = rows.get(`${first} ${second}`) ?? row;
        rows.set(`${first} ${second}`, known);
        expect(index.intern(first, second, row)).toBe(known);
      });
    }),
    { numRuns: 50, seed: 1 },
  );
});
