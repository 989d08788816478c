import { expect, test } from 'vitest';
import { profileFromText, unindent } from '../../profile/profile-text.testing.ts';
import type { SourceFile } from '../../server/source-files.ts';
import { formatLines } from './lines.ts';
import { computeLines } from './lines-data.ts';
import { describeLines } from './lines-json.ts';
import { PLAIN_STYLE } from './style.ts';
import { viewOf } from './view.testing.ts';

const PICTURE = profileFromText(
  `
  @wall  500              300              100              80               20

  main@/srv/app.py:3      main@/srv/app.py:3  main@/srv/app.py:12 main@/srv/app.py:3 native
  work@/srv/app.py:7      work@/srv/app.py:8  once@lib.py:1
`.replace(/@wall .*/, '@wall 500 300 100 80 20'),
);

const SOURCE: SourceFile = {
  lines: [
    'import sys',
    'def main():',
    '\treturn work(1)',
    '',
    '',
    'def work(n):',
    '    for i in range(n):',
    '        total += n',
    '    return total',
    '',
    '',
    'once()',
  ],
};

function linesOf(sources: [string, SourceFile][], limit = 0): string {
  const view = viewOf(PICTURE, 'wall');
  const data = computeLines(view, { limit, minShare: 0 });
  const options = { columns: 80, style: PLAIN_STYLE, folder: '/srv' };
  const text = formatLines(view, data, new Map(sources), options);
  return text.trimEnd().split('\n').slice(4).join('\n');
}

test('source text stands around the lines that cost something', () => {
  expect(
    linesOf([
      ['/srv/app.py', SOURCE],
      ['lib.py', { lines: undefined, problem: 'The file is not on this machine.' }],
    ]),
  ).toBe(
    unindent(`
       self     %     ±           total     %  line
    app.py  self 88.0 ms, 88.0 %
                                                  1  import sys
                                                  2  def main():
     8.0 ms   8.0  22.9  ▍      88.0 ms  88.0     3      return work(1)
                                                  4
                                                  5
                                                  6  def work(n):
    50.0 ms  50.0  29.9  ██▌    50.0 ms  50.0     7      for i in range(n):
    30.0 ms  30.0  27.4  █▌     30.0 ms  30.0     8          total += n
                                                  9      return total
                                                 10

    lib.py  self 10.0 ms, 10.0 %
    The file is not on this machine.
    10.0 ms  10.0  22.9  ▌      10.0 ms  10.0     1  in once

    … 1 more line with 0.0 % of self (--limit 0 --min 0 shows all that have any)
    … 2.0 % of self in code whose line is not known
  `),
  );
});

test('between regions there is a gap, and a limit is told', () => {
  const text = linesOf([['/srv/app.py', SOURCE]], 1);
  expect(text).toContain('7      for i in range(n):');
  expect(text).not.toContain('return work(1)');
  expect(text).toContain('… 4 more lines with 48.0 % of self');
});

test('the JSON has the text of each line', () => {
  const view = viewOf(PICTURE, 'wall');
  const data = computeLines(view, { limit: 0, minShare: 0 });
  const value = describeLines(view, data, new Map([['/srv/app.py', SOURCE]]), []);
  expect(value.files.map((file) => file.file)).toEqual(['/srv/app.py', 'lib.py']);
  expect(value.files[0].lines.map(({ line, text }) => [line, text])).toEqual([
    [3, '\treturn work(1)'],
    [7, '    for i in range(n):'],
    [8, '        total += n'],
  ]);
  expect(value.files[1].lines[0]).toMatchObject({
    functions: ['once'],
    text: null,
    self: { amount: 10_000_000 },
  });
  const shown = value.files.reduce((sum, file) => sum + file.self.amount, 0);
  expect(shown + value.left.self + value.unknown.self).toBe(value.sum);
});
