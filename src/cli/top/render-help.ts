// The keys of a live table.

import { padEnd } from '../output/text.ts';
import { composeLine, type TopStyle } from './line.ts';
import type { Picture } from './picture.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['1 2 3 4, ← →, s', 'sort by another column'],
  ['r', 'the other way round'],
  ['m', 'count CPU time, wall time, or time with the GIL held'],
  ['t T', 'the next thread, the one before; all threads come first'],
  ['p, space', 'hold the picture; recording goes on'],
  ['↑ ↓, page, home, end', 'scroll'],
];

/** Lines that explain the columns and the keys. */
export function renderHelp(picture: Picture, columns: number, style: TopStyle): string[] {
  const quit: readonly (readonly [string, string])[] = picture.isLaunched
    ? [
        ['q', 'quit; asks whether the program is to end too'],
        ['Ctrl-C', 'goes to the program'],
      ]
    : [['q, Ctrl-C', 'quit; the program goes on']];
  const pairs = [...KEYS, ...quit];
  const width = Math.max(...pairs.map(([keys]) => keys.length));
  return [
    '',
    'self%  total%   the last seconds: in the function itself, and with its calls',
    'self   total    the same since the start, as time',
    '',
    ...pairs.map(([keys, what]) =>
      composeLine([{ text: padEnd(keys, width), paint: style.bold }, `   ${what}`], columns),
    ),
    '',
    'Any key goes back.',
  ].map((line) => (line.startsWith('\u001b') ? line : composeLine([line], columns)));
}
