import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeRow, formatOpenRows, parseOpenRows } from './open-rows.ts';

const STEP = fc.stringMatching(/^[0-9a-z]{1,7}$/);
const PATHS = fc.array(
  fc.array(STEP, { minLength: 1, maxLength: 5 }).map((steps) => steps.join('/')),
  {
    maxLength: 20,
  },
);

test('rows are nested, each named once', () => {
  const paths = ['a', 'a/b', 'a/b/c', 'a/b/d', 'e'];
  expect(formatOpenRows(paths)).toBe('a.b.c-d__e');
  expect(parseOpenRows('a.b.c-d__e')).toEqual(paths);
});

test('the text says the same rows, and those above them', () => {
  fc.assert(
    fc.property(PATHS, (paths) => {
      const all = new Set(
        paths.flatMap((path) => {
          const steps = path.split('/');
          return steps.map((_, i) => steps.slice(0, i + 1).join('/'));
        }),
      );
      expect(new Set(parseOpenRows(formatOpenRows(paths)))).toEqual(all);
    }),
  );
});

test('what means nothing is no failure, and an address stays short', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseOpenRows(text).length).toBeLessThanOrEqual(300);
    }),
  );
  const many = Array.from({ length: 1000 }, (_, i) => `${i}`);
  expect(parseOpenRows(formatOpenRows(many))).toEqual(many.slice(0, 300));
  expect(parseOpenRows(`${'a.'.repeat(1000)}b`)).toHaveLength(300);
  expect(parseOpenRows('__.._-')).toEqual([]);
});

test('closing a row closes those below it', () => {
  expect(closeRow(['a', 'a/b', 'ab', 'a/b/c'], 'a/b')).toEqual(['a', 'ab']);
});
