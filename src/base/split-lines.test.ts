import { expect, test } from 'vitest';
import { splitLines } from './split-lines.ts';

test.each([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\n\n', ['a', '']],
  ['a\r\nb\rc\nd', ['a', 'b', 'c', 'd']],
])('the lines of %j', (text, lines) => {
  expect(splitLines(text)).toEqual(lines);
});
