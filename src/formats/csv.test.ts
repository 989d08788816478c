import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryText } from '../profile/arbitrary-profile.testing.ts';
import { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { profileFromText, unindent } from '../profile/profile-text.testing.ts';
import type { Profile } from '../profile/tables.ts';
import { CSV_FORMAT, CSV_LINES_FORMAT } from './csv.ts';
import type { Format } from './format.ts';
import { exportProfile, getFormatByFileName } from './formats.ts';

const PICTURE = profileFromText(`
  @wall  100            300               100               500

  main@/srv/app.py:3    main@/srv/app.py  main@/srv/app.py:3 -
  load@/srv/lib/io.py:9 work@/srv/app.py:7
                        work@/srv/app.py:8
`);

function toText(profile: Profile, format: Format): string {
  const options = { measure: 'wall', title: 't', fileName: 'x' } as const;
  return new TextDecoder().decode(exportProfile(profile, format, options).bytes);
}

/** RFC 4180, read by the book. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new Error('not RFC 4180');
    const [, raw, end] = match;
    rows[rows.length - 1].push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\r\n') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

test('functions, by self, the samples without a stack among them', () => {
  const rows = parseCsv(toText(PICTURE, CSV_FORMAT));
  expect(rows.map((row) => row.slice(0, 6).join(' | ')).join('\n')).toBe(
    unindent(`
    function | file | line | kind | self_nanoseconds | self_share
    work | /srv/app.py |  | python | 30000000 | 0.3
    main | /srv/app.py |  | python | 10000000 | 0.1
    load | /srv/lib/io.py |  | python | 10000000 | 0.1
    (no stack) |  |  |  | 50000000 | 0.5
  `),
  );
  expect(rows[0].slice(6)).toEqual([
    'self_error',
    'self_samples',
    'total_nanoseconds',
    'total_share',
    'total_error',
    'total_samples',
  ]);
  expect(rows[2].slice(8, 10)).toEqual(['50000000', '0.5']);
});

test('lines, with the functions they are of', () => {
  const rows = parseCsv(toText(PICTURE, CSV_LINES_FORMAT)).map((row) => row.slice(0, 4));
  expect(rows).toContainEqual(['/srv/app.py', '8', 'work', '30000000']);
  expect(rows).toContainEqual(['/srv/app.py', '7', 'work', '0']);
  expect(rows).toContainEqual(['/srv/app.py', '3', 'main', '10000000']);
});

test('the end of the name decides which', () => {
  expect(getFormatByFileName('a.csv').name).toBe('csv');
  expect(getFormatByFileName('a.functions.csv.gz').name).toBe('csv');
  expect(getFormatByFileName('a.lines.csv').name).toBe('csv-lines');
});

function profileOfName(name: string, file: string): Profile {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  const row = builder.internFunction({ name, file, kind: 'native' });
  builder.addSample(0, thread, builder.internStack(-1, builder.internFrame({ function: row })), 0, 5, 5);
  return builder.build();
}

test.each(['=1+1', '+[NSString string]', '-2', '@SUM(A1)', '\tx', '\r=1', '＝1', "'quoted"])(
  'no spreadsheet takes %j for a formula',
  (name) => {
    const [, [first]] = parseCsv(toText(profileOfName(name, 'a.c'), CSV_FORMAT));
    expect(first).toBe(`'${name}`);
  },
);

test('any name can be read back, but for halves of characters', () => {
  fc.assert(
    fc.property(arbitraryText, arbitraryText, (name, file) => {
      const [, row] = parseCsv(toText(profileOfName(name, file), CSV_FORMAT));
      const back = row.slice(0, 2).map((text) => (text.startsWith("'") ? text.slice(1) : text));
      expect(back).toEqual([name, file].map((text) => Buffer.from(text).toString()));
      expect(row).toHaveLength(12);
    }),
  );
});
