import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StackTableBuilder } from './stack-table-builder.ts';

test('the same frame on the same parent gets the same row, whether rows were interned or appended', () => {
  const path = fc.array(fc.oneof(fc.nat(3), fc.nat(60)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(path, fc.boolean()), { maxLength: 150 }), (paths) => {
      const table = new StackTableBuilder();
      const model = new Map<string, number>();
      for (const [frames, isAppended] of paths) {
        let stack = -1;
        for (const frame of frames) {
          const key = `${stack} ${frame}`;
          const known = model.get(key);
          const isNew = known === undefined;
          const row = isNew && isAppended ? table.append(stack, frame) : table.intern(stack, frame);
          expect(row).toBe(known ?? model.size);
          if (isNew) model.set(key, row);
          stack = row;
        }
      }
      expect(table.length).toBe(model.size);
    }),
    { numRuns: 100 },
  );
});
