import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listTimeMarks } from './time-axis.ts';

const texts = (start: number, end: number, most: number) =>
  listTimeMarks(start, end, most).map(({ text }) => text);

test('marks stand at round times', () => {
  expect(texts(0, 10e9, 5)).toEqual(['0 s', '2 s', '4 s', '6 s', '8 s', '10 s']);
  expect(texts(1.02e9, 1.25e9, 5)).toEqual(['1.05 s', '1.10 s', '1.15 s', '1.20 s', '1.25 s']);
  expect(texts(0, 3 * 3600e9, 4)).toEqual(['0 min', '1:00 h', '2:00 h', '3:00 h']);
  expect(texts(0, 600e9, 10)).toHaveLength(11);
});

test('for any range: not too many, in order, inside', () => {
  const time = fc.integer({ min: 0, max: 1e15 });
  fc.assert(
    fc.property(
      time,
      fc.integer({ min: 1000, max: 1e15 }),
      fc.integer({ min: 1, max: 20 }),
      (start, length, most) => {
        const marks = listTimeMarks(start, start + length, most);
        expect(marks.length).toBeLessThanOrEqual(most + 1);
        marks.forEach((mark, i) => {
          expect(mark.time).toBeGreaterThanOrEqual(start * (1 - 1e-12));
          expect(mark.time).toBeLessThanOrEqual((start + length) * (1 + 1e-12));
          if (i > 0) expect(mark.time).toBeGreaterThan(marks[i - 1].time);
        });
      },
    ),
  );
});
