import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StackTableBuilder } from '../../profile/stack-table-builder.ts';
import { IdTable } from './id-table.ts';
import { StackChildren } from './stack-children.ts';

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

test('callees of stacks are the rows that the table itself would give', () => {
  const path = fc.array(fc.oneof(fc.nat(3), fc.nat(60)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(path, { maxLength: 150 }), (paths) => {
      const plain = new StackTableBuilder();
      const quick = new StackTableBuilder();
      const children = new StackChildren(quick);
      for (const frames of paths) {
        let expected = -1;
        let found = -1;
        for (const frame of frames) {
          expected = plain.intern(expected, frame);
          found = children.find(found, frame);
          expect(found).toBe(expected);
        }
      }
      expect(quick.length).toBe(plain.length);
    }),
    { numRuns: 100 },
  );
});
