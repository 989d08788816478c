import { describe, expect, test } from 'vitest';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import type { Profile, StackIndex } from '../../profile/tables.ts';
import { exportProfile } from '../formats.ts';
import { colourOf } from './flame-colours.ts';
import { buildRecursive } from './flame-svg.testing.ts';
import { SVG_FORMAT } from './flame-svg.ts';
import { FLAME_SCRIPT } from './flame-svg-script.ts';

interface Box {
  readonly tip: string;
  /** In percent. */
  readonly x: number;
  readonly width: number;
  readonly level: number;
  readonly text: string;
}

function exportSvg(profile: Profile, title = 'a title') {
  const options = { measure: 'wall', title, fileName: 'x.svg' } as const;
  const { bytes, notes } = exportProfile(profile, SVG_FORMAT, options);
  const text = new TextDecoder().decode(bytes);
  const boxes = [
    ...text.matchAll(
      /<g><title>([^<]*)<\/title><rect x="([\d.]+)%" y="(\d+)" width="([\d.]+)%"[^>]*\/><text[^>]*>([^<]*)<\/text><\/g>/g,
    ),
  ].map(
    ([, tip, x, y, width, name]): Box => ({
      tip,
      x: Number(x),
      width: Number(width),
      level: Number(y) / 17,
      text: name,
    }),
  );
  return { text, boxes, notes };
}

const PICTURE = profileFromText(`
  @wall  100            300               100               500

  main@/srv/app.py      main@/srv/app.py  main@/srv/app.py  -
  load@/srv/lib/io.py   work@/srv/app.py
                        work@/srv/app.py
`);

test('a box for each call node: as wide as its total, below its caller', () => {
  const { boxes } = exportSvg(PICTURE);
  expect(boxes.map(({ text, x, width, level }) => [text, x, width, level])).toEqual([
    ['all', 0, 100, 0],
    ['main', 0, 50, 1],
    ['work', 0, 30, 2],
    ['work', 0, 30, 3],
    ['load', 30, 10, 2],
  ]);
  expect(boxes[2].tip).toBe('work\n/srv/app.py\n30.0 ms, 30.0 % ± 27.5 %\nself 0 s, 1 sample');
  expect(boxes[0].tip).toBe('all\n100 ms, 50.0 ms without a stack');
});

test('no name breaks out of its place', () => {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  const name = '</title><script>alert(1)</script> & ]]> "q" \'a\' \u0000\u001b[31m \u202egnp \ud800 \ufffe';
  const row = builder.internFunction({ name, file: '<frozen "x">', kind: 'native' });
  builder.addSample(0, thread, builder.internStack(-1, builder.internFrame({ function: row })), 0, 1, 1);
  builder.mergeFacts({ command: 'python <b>' });
  const { text, boxes } = exportSvg(builder.build(), '</svg>]]>');
  expect(text.match(/<script>/g)).toHaveLength(1);
  expect(text.match(/\]\]>/g)).toHaveLength(1);
  expect(text.match(/<\/svg>/g)).toHaveLength(2);
  expect(boxes).toHaveLength(2);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e\ufffe]/);
  expect(boxes[1].tip).toContain('&#60;/title&#62;&#60;script&#62;alert(1)');
  expect(boxes[1].tip).toContain('&#60;frozen &#34;x&#34;&#62; [native]');
});

test('what is left out is told, in the picture and in a note', () => {
  const { boxes, notes, text } = exportSvg(buildRecursive(1500));
  expect(boxes).toHaveLength(1000);
  expect(notes[0]).toBe('501 boxes are too narrow or too deep to be drawn.');
  expect(text).toContain('501 boxes are too narrow or too deep');
  expect(exportSvg(PICTURE).text).not.toContain('too narrow');
});

test('calls below 0.01 % of the whole are not drawn', () => {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  for (let i = 0; i < 120; i++) {
    for (let j = 0; j < 600; j++) {
      let stack: StackIndex | -1 = -1;
      for (const name of [`a${i}`, `b${j}`]) {
        stack = builder.internStack(
          stack,
          builder.internFrame({ function: builder.internFunction({ name, kind: 'python' }) }),
        );
      }
      builder.addSample(0, thread, stack, 0, j < 10 ? 1000 : 10, 0);
    }
  }
  const { boxes } = exportSvg(builder.build());
  // All 120 callers, of each its ten calls above 0.01 %, and the whole.
  expect(boxes).toHaveLength(1 + 120 + 1200);
});

test('of more than fifty thousand wide calls as many are drawn, and callers before what they call', () => {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  for (let i = 0; i < 60; i++) {
    let stack: StackIndex | -1 = -1;
    const row = builder.internFunction({ name: `f${i}`, kind: 'python' });
    for (let level = 0; level < 900; level++) {
      stack = builder.internStack(stack, builder.internFrame({ function: row }));
    }
    builder.addSample(i, thread, stack, 0, 1, 0);
  }
  const { boxes, notes } = exportSvg(builder.build());
  expect(boxes).toHaveLength(50_000);
  expect(notes[0]).toContain('4,001 boxes');
  boxes.forEach(({ level }, row) => {
    if (row > 0) expect(level).toBeLessThanOrEqual(boxes[row - 1].level + 1);
  });
});

test('a hundred thousand levels, and nothing at all, are no trouble', () => {
  expect(exportSvg(buildRecursive(100_000)).boxes).toHaveLength(1000);
  expect(exportSvg(new ProfileBuilder().build()).boxes).toHaveLength(1);
});

test('names are shortened to their boxes', () => {
  const name = 'a_very_long_name_of_a_function_関数関数関数';
  const profile = profileFromText(`
    @wall  1   99
    ${name.slice(0, 1)}   x
  `);
  const { boxes } = exportSvg({
    ...profile,
    strings: profile.strings.map((text) => (text === 'a' ? name : text)),
  });
  expect(boxes.map(({ text }) => text)).toEqual(['all', 'x', '']);
  const wide = profileFromText(`
    @wall  10  90
    a      x
  `);
  const { boxes: wider } = exportSvg({
    ...wide,
    strings: wide.strings.map((text) => (text === 'a' ? name : text)),
  });
  expect(wider[2].text).toBe('a_very_long_nam…');
});

test('colours tell the kind, and are the same in every picture', () => {
  expect(colourOf('python', 'load', 'a.py')).toBe(colourOf('python', 'load', 'a.py'));
  expect(colourOf('python', 'load', 'a.py')).not.toBe(colourOf('python', 'save', 'a.py'));
  const [red, , blue] = [1, 3, 5].map((at) =>
    Number.parseInt(colourOf('native', 'load', 'a.so').slice(at, at + 2), 16),
  );
  expect(blue).toBeGreaterThan(red);
  for (const kind of ['all', 'python', 'kernel', 'gc'] as const) {
    expect(colourOf(kind, 'x', undefined)).toMatch(/^#[0-9a-f]{6}$/);
  }
});

describe('the script', () => {
  test('is JavaScript, and fits into CDATA', () => {
    expect(() => new Function(FLAME_SCRIPT)).not.toThrow();
    expect(FLAME_SCRIPT).not.toContain(']]>');
    expect(FLAME_SCRIPT).not.toMatch(/https?:/);
  });
});
