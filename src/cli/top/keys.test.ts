import { expect, test } from 'vitest';
import { parseKeys } from './keys.ts';

test('names keys and passes characters on, however many come at once', () => {
  expect(parseKeys('q')).toEqual(['q']);
  expect(parseKeys('\x1b[A\x1b[B\x1bOC\x1b[D')).toEqual(['up', 'down', 'right', 'left']);
  expect(parseKeys('\x1b[5~\x1b[6~\x1b[H\x1b[4~')).toEqual(['page-up', 'page-down', 'home', 'end']);
  expect(parseKeys('t \x03')).toEqual(['t', 'space', 'ctrl-c']);
});

test('takes a lone escape for the key', () => {
  expect(parseKeys('\x1b')).toEqual(['escape']);
  expect(parseKeys('\x1b\x1b[A')).toEqual(['escape', 'up']);
});

test('takes what it does not know as one thing: no letter of it does anything', () => {
  // Shift + F5, a mouse report, a letter of two units.
  expect(parseKeys('\x1b[15;2~')).toEqual(['\x1b[15;2~']);
  expect(parseKeys('\x1b[?62;22c')).toEqual(['\x1b[?62;22c']);
  expect(parseKeys('🐍ü')).toEqual(['🐍', 'ü']);
  expect(parseKeys('')).toEqual([]);
});
