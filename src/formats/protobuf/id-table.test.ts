import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable } from './id-table.ts';

test('ids of any kind are found, the first of equal ones', () => {
  const id = fc.oneof(
    fc.nat(20).map((low) => [low, 0] as const),
    fc.tuple(fc.integer(), fc.integer()),
  );
  const dense = fc.tuple(fc.nat(5), fc.nat(40)).map(([first, count]) => {
    return Array.from({ length: count }, (_, i) => [first + i, 0] as const);
  });
  fc.assert(
    fc.property(dense, fc.array(id), fc.array(id), (start, others, missing) => {
      const table = new IdTable();
      const model = new Map<string, number>();
      [...start, ...others].forEach(([low, high], row) => {
        expect(table.add(low, high)).toBe(row);
        if (!model.has(`${low} ${high}`)) model.set(`${low} ${high}`, row);
      });
      for (const [low, high] of [...start, ...others, ...missing]) {
        expect(table.find(low, high)).toBe(model.get(`${low} ${high}`) ?? -1);
      }
    }),
  );
});
