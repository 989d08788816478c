import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Format } from './format.ts';
import { FORMATS } from './formats.ts';
import { formatFormatsHelp, formatFormatsPage } from './formats-page.ts';

test('docs/formats.md says what the table of formats says', () => {
  const page = readFileSync('docs/formats.md', 'utf8');
  expect(page, 'docs/formats.md is out of date: run `npm run docs`').toBe(formatFormatsPage(FORMATS));
});

const BARE: Format = {
  name: 'bare',
  title: 'a bare format',
  extensions: [],
  matches: () => false,
  carries: { threads: true, times: false, lines: true },
  remarks: { usedBy: 'nobody', losses: ['Colours.'] },
};

test('what a format keeps and cannot carry follows from what it carries', () => {
  const written: Format = { ...BARE, exportProfile: () => ({ bytes: new Uint8Array(), notes: [] }) };
  const page = formatFormatsPage([written]);
  expect(page).toContain('| [`bare`](#bare) | a bare format | – | – | yes |');
  expect(page).toContain(`## bare

- Who uses it: nobody.
- Written, it keeps: threads and processes, executed lines.
- Written, it loses: times of samples, weights but one, states of threads, memory over time.
- Lost or changed: Colours.
`);
});

test('of a format that is only read, what it can hold is told', () => {
  const page = formatFormatsPage([BARE]);
  expect(page).toContain('- Can hold: threads and processes, executed lines.');
  expect(page).not.toContain('Written, it');
});

test('the help has a line for every format, with the end of its name and its direction', () => {
  const lines = formatFormatsHelp(FORMATS).split('\n');
  expect(lines).toHaveLength(FORMATS.length);
  FORMATS.forEach((format, row) => {
    expect(lines[row]).toContain(`  ${format.name} `);
    expect(lines[row]).toContain(format.extensions[0] ?? format.title);
    expect(lines[row].includes('written only')).toBe(format.importProfile === undefined);
  });
});
