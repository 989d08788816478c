import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteLines } from './byte-lines.ts';

function* cut(bytes: Uint8Array, length: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}

function linesOf(bytes: Uint8Array, length = 1 << 16): string[] {
  const lines: string[] = [];
  const reader = new ByteLines(cut(bytes, length));
  while (reader.next()) {
    lines.push(reader.text());
    expect(reader.number).toBe(lines.length);
  }
  return lines;
}

test('gives the lines of a text, however the bytes are cut and written', () => {
  const character = fc.constantFrom('a', 'é', '関', '😀', '\n', '\r\n', ' ');
  const texts = fc.array(character, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 9 }), fc.boolean(), (text, length, isMarked) => {
      const expected = text.split('\n').map((line) => line.replace(/\r$/, ''));
      if (expected.at(-1) === '' && !text.endsWith('\r')) expected.pop();
      expect(linesOf(new TextEncoder().encode((isMarked ? '\ufeff' : '') + text), length)).toEqual(expected);
      const marked = `\ufeff${text}`;
      const little = Uint8Array.from([...Array(marked.length * 2).keys()], (at) =>
        at % 2 === 0 ? marked.charCodeAt(at >> 1) & 0xff : marked.charCodeAt(at >> 1) >> 8,
      );
      expect(linesOf(little, length)).toEqual(expected);
      const big = little.map((_, at) => little[at ^ 1]);
      expect(linesOf(big, length)).toEqual(expected);
    }),
  );
});

test('white space at the end can be left out', () => {
  const lines = new ByteLines([new TextEncoder().encode('a b \t \n')]);
  lines.next();
  lines.trimEnd();
  expect(lines.text()).toBe('a b');
  expect(lines.next()).toBe(false);
});
