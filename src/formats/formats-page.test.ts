import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Format } from './format.ts';
import { FORMATS } from './formats.ts';
import { formatFormatsHelp, formatFormatsPage } from './formats-page.ts';

test('docs/formats.md says what the table of formats says', () => {
  const page = readFileSync('docs/formats.md', 'utf8');
  expect(page, 'docs/formats.md is out of date: run `npm run docs`').toBe(formatFormatsPage(FORMATS));
});

const BARE: Format = { name: 'bare', title: 'a bare format', extensions: [], matches: () => false };

test('a format without remarks has its row, and no section', () => {
  const page = formatFormatsPage([BARE]);
  expect(page).toContain('| [`bare`](#bare) | a bare format | – | – | – |');
  expect(page).not.toContain('## bare');
});

test('what a format cannot carry follows from what it carries', () => {
  const written: Format = {
    ...BARE,
    exportProfile: () => ({ bytes: new Uint8Array(), notes: [] }),
    carries: { threads: true, times: false, lines: true },
    remarks: { losses: ['Colours.'] },
  };
  const page = formatFormatsPage([written]);
  expect(page).toContain(
    '- Cannot carry: times of samples, weights but one, states of threads, memory.\n- Lost or changed: Colours.',
  );
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
