import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filledCurve, horizontalBar } from './bar.ts';
import { COLOUR_STYLE, chooseStyle, PLAIN_STYLE } from './style.ts';
import { formatPairs, formatTable } from './table.ts';
import { cleanText, displayWidth, padStart, shorten, shortenPath, wrapText } from './text.ts';

test('wide, combining and plain characters have their columns', () => {
  expect(displayWidth('décoder')).toBe(7);
  expect(displayWidth('関数')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('🐍')).toBe(2);
  expect(padStart('関数', 6)).toBe('  関数');
});

test('a shortened text is never wider than asked', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 40 }), (text, width) => {
      expect(displayWidth(shorten(text, width))).toBeLessThanOrEqual(width);
      expect(displayWidth(shortenPath(text, width))).toBeLessThanOrEqual(width);
    }),
  );
});

test('paths lose whole folders from the left first', () => {
  const path = '/usr/lib/python3.11/json/decoder.py:353';
  expect(shortenPath(path, 40)).toBe(path);
  expect(shortenPath(path, 24)).toBe('…/json/decoder.py:353');
  expect(shortenPath(path, 20)).toBe('…/decoder.py:353');
  expect(shortenPath(path, 12)).toBe('dec…r.py:353');
  expect(shortenPath('_imaging.cpython-311-x86_64-linux-gnu.so', 16)).toBe('_imag…nux-gnu.so');
});

test('names cannot drive the terminal', () => {
  expect(cleanText('a\u001b[2Jb\nc\u007f\u009b\u202e')).toBe('a␛[2Jb␊c␡\\u009b\\u202e');
});

test('text is broken between words', () => {
  expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
});

test('columns are aligned and lines end without spaces', () => {
  const table = formatTable(
    [
      { title: 'self', align: 'right' },
      { title: 'function', align: 'left' },
    ],
    [
      ['1.0 s', 'main'],
      [{ text: '10.0 s', paint: (text) => `<${text}>` }, 'step'],
    ],
  );
  expect(table).toEqual(['  self  function', ' 1.0 s  main', '<10.0 s>  step']);
  expect(
    formatPairs(
      [
        ['a', '1'],
        ['long', '2'],
      ],
      (text) => text,
    ),
  ).toEqual(['a     1', 'long  2']);
});

test('bars are exact to an eighth, and what is there is seen', () => {
  expect(horizontalBar(1, 4)).toBe('████');
  expect(horizontalBar(0.5, 5)).toBe('██▌');
  expect(horizontalBar(0.001, 5)).toBe('▏');
  expect(horizontalBar(0, 5)).toBe('');
});

test('a curve is filled from the bottom', () => {
  expect(filledCurve([0, 0.01, 0.5, 0.75, 1], 2)).toEqual(['   ▄█', ' ▁███']);
});

test('colour only on a terminal, and only when wanted', () => {
  expect(chooseStyle({ isTTY: true }, {})).toBe(COLOUR_STYLE);
  expect(chooseStyle({ isTTY: true }, { NO_COLOR: '1' })).toBe(PLAIN_STYLE);
  expect(chooseStyle({ isTTY: true }, { NO_COLOR: '' })).toBe(COLOUR_STYLE);
  expect(chooseStyle({ isTTY: true }, { TERM: 'dumb' })).toBe(PLAIN_STYLE);
  expect(chooseStyle({}, {})).toBe(PLAIN_STYLE);
});
