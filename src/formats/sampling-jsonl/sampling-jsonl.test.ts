import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NONE, type Profile } from '../../profile/tables.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import { expectNoCrash, listSamples } from '../foreign-json.testing.ts';
import { detectFormat, importProfile } from '../formats.ts';
import { gzip } from '../gzip.ts';
import { inputOfBytes } from '../input.ts';
import { MAX_RUNS } from './runs.ts';
import { SAMPLING_JSONL_FORMAT } from './sampling-jsonl.ts';

const FOLDER = 'fixtures/sampling';
const ALONE =
  'The file holds no stacks: every line of code is shown alone, without its callers. Self is exact; totals cannot be told, and are shown as self.';

function readFixture(name: string) {
  return importProfile(inputOfBytes(readFileSync(`${FOLDER}/${name}`), 'unnamed'));
}

/** Blocks of an odd length: everything is cut somewhere. */
function inputOf(bytes: Uint8Array) {
  return {
    fileName: 'unnamed',
    length: bytes.length,
    *blocks() {
      for (let at = 0; at < bytes.length; at += 77) yield bytes.subarray(at, at + 77);
    },
  };
}

function importText(text: string) {
  const imported = importProfile(inputOf(new TextEncoder().encode(text)), SAMPLING_JSONL_FORMAT);
  assertValidProfile(imported.profile);
  return imported;
}

/** Samples whose innermost frame is at `file:name:line:column`, without frames of the profiler itself, as its own outputs leave them out. */
function countSelf(profile: Profile): Record<string, number> {
  const { stacks, frames, functions, strings, samples } = profile;
  const counts: Record<string, number> = {};
  for (let sample = 0; sample < samples.length; sample++) {
    const paths: string[] = [];
    for (let row = samples.stack[sample]; row !== NONE; row = stacks.parent[row]) {
      const frame = stacks.frame[row];
      const func = frames.function[frame];
      const file = functions.file[func] === NONE ? '~' : strings[functions.file[func]];
      if (file.endsWith('_sync_coordinator.py')) continue;
      paths.push(`${file}:${strings[functions.name[func]]}:${frames.line[frame]}:${frames.column[frame]}`);
    }
    const [{ type, values }] = samples.weights;
    if (paths.length > 0)
      counts[paths[0]] = (counts[paths[0]] ?? 0) + (type === 'samples' ? values[sample] : 1);
  }
  return counts;
}

/** The same from the file, read whole. */
function countInFile(name: string): Record<string, number> {
  const records = readFileSync(`${FOLDER}/${name}`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const strings: string[] = records.flatMap((record) => record.strings ?? []).map(({ value }) => value);
  const frames = records.flatMap((record) => record.frames ?? []);
  const counts: Record<string, number> = {};
  for (const { frame_id, self } of records.flatMap((record) => record.entries ?? [])) {
    const { path_str_id, func_str_id, line, col = -2 } = frames[frame_id];
    const place = line > 0 ? `${line}:${col + 1}` : '-1:-1';
    const key = `${strings[path_str_id]}:${strings[func_str_id]}:${place}`;
    if (self > 0) counts[key] = (counts[key] ?? 0) + self;
  }
  return counts;
}

describe('files of profiling.sampling --jsonl', () => {
  test.each(['plain.jsonl', 'gil.jsonl', 'native.jsonl'])(
    '%s: each line costs what the file says',
    (name) => {
      const { profile, notes, format } = readFixture(name);
      expect(format).toBe(SAMPLING_JSONL_FORMAT);
      expect(notes).toEqual([ALONE]);
      assertValidProfile(profile);
      expect(countSelf(profile)).toEqual(countInFile(name));
      expect(profile.facts).toMatchObject({
        mode: 'imported',
        askedRate: 1000,
        producer: 'profiling.sampling',
      });
    },
  );

  // Both are of the same samples: the tool itself made the one of the other.
  test.each(['plain', 'gil'])('%s: each line costs what it does in the file with stacks', (name) => {
    expect(countSelf(readFixture(`${name}.jsonl`).profile)).toEqual(
      countSelf(readFixture(`${name}.bin`).profile),
    );
  });

  test('what stands for no code has a kind of its own', () => {
    const kinds = (name: string) => {
      const { functions, strings } = readFixture(name).profile;
      return Object.fromEntries(
        Array.from(functions.kind, (kind, row) => [strings[functions.name[row]], kind]),
      );
    };
    expect(kinds('gil.jsonl')).toMatchObject({ '<GC>': 5, main: 0 });
    expect(kinds('native.jsonl')).toMatchObject({ '<native>': 1, 'Thread.run': 0 });
  });

  test('compressed', () => {
    const bytes = gzip(readFileSync(`${FOLDER}/plain.jsonl`));
    expect(importProfile(inputOfBytes(bytes, 'x')).format).toBe(SAMPLING_JSONL_FORMAT);
  });

  test('changed files are read, or refused in a sentence', () => {
    expectNoCrash(readFileSync(`${FOLDER}/native.jsonl`), SAMPLING_JSONL_FORMAT);
  });
});

const line = (type: string, rest: object, run = 'a') =>
  `${JSON.stringify({ type, v: 0, run_id: run, ...rest })}\n`;
const agg = (samples_total: number, entries: readonly object[], run = 'a') =>
  line('agg', { kind: 'frame', scope: 'final', samples_total, entries }, run);
const META = line('meta', { sample_interval_usec: 500, mode: 'cpu' });
const STRINGS = line('string_table', {
  strings: ['a.py', 'f', 'g', '<task>'].map((value, str_id) => ({ str_id, value })),
});
const FRAMES = line('frame_table', {
  frames: [
    { frame_id: 0, path_str_id: 0, func_str_id: 1, line: 3, end_line: 3, col: 0, end_col: 4 },
    { frame_id: 1, path_str_id: 0, func_str_id: 2, line: 7 },
    { frame_id: 2, path_str_id: 3, func_str_id: 2, line: 0 },
  ],
});
const COSTS = agg(60, [
  { frame_id: 0, self: 10, cumulative: 60 },
  { frame_id: 1, self: 50, cumulative: 50 },
  { frame_id: 2, self: 0, cumulative: 60 },
]);
const END = line('end', { samples_total: 60 });
const WHOLE = META + STRINGS + FRAMES + COSTS + END;

function describeText(text: string) {
  const { profile, notes } = importText(text);
  expect(notes[0]).toBe(ALONE);
  return { samples: listSamples(profile), damage: notes.slice(1) };
}

describe('records', () => {
  test('a line is a stack of its own', () => {
    const { profile } = importText(WHOLE);
    expect(listSamples(profile)).toEqual(['f:3 10', 'g:7 50']);
    expect(Array.from(profile.frames.column)).toEqual([1, NONE, NONE]);
    expect(profile.facts).toMatchObject({ askedRate: 2000, notes: { 'mode of sampling': 'cpu' } });
  });

  test('what is not known is passed over, in whatever order it comes', () => {
    const sorted = (text: string) => {
      const turned = Object.entries(JSON.parse(text)).reverse();
      return `${JSON.stringify(Object.fromEntries([['new', { v: [1, { type: 'x' }] }], ...turned]))}\r\n`;
    };
    const text = `\n${sorted(META)}${line('thread_table', { threads: [1] })}${sorted(STRINGS)}  \n${sorted(FRAMES)}`;
    const other = line('agg', { kind: 'thread', scope: 'final', samples_total: 1, entries: [{}] });
    expect(describeText(`${text}${sorted(COSTS)}${other}${sorted(END)}`)).toEqual({
      samples: ['f:3 10', 'g:7 50'],
      damage: ['Left out: 1 record with counts of another kind.'],
    });
    expect(detectFormat(inputOf(new TextEncoder().encode(text)))).toBe(SAMPLING_JSONL_FORMAT);
  });

  test('tables and counts go on in further records', () => {
    const [more, frames] = [
      line('string_table', { strings: [{ str_id: 4, value: 'h' }] }),
      line('frame_table', { frames: [{ frame_id: 3, path_str_id: 0, func_str_id: 4, line: 9 }] }),
    ];
    const text = META + STRINGS + more + FRAMES + frames + COSTS;
    const last = agg(60, [{ frame_id: 3, self: 0, cumulative: 1 }]) + END;
    expect(describeText(text + last)).toEqual({ samples: ['f:3 10', 'g:7 50'], damage: [] });
    const h = agg(67, [{ frame_id: 3, self: 7 }]) + line('end', { samples_total: 67 });
    expect(describeText(text + h)).toEqual({ samples: ['f:3 10', 'g:7 50', 'h:9 7'], damage: [] });
  });

  test('runs one behind the other, or mixed, have numbers and threads of their own', () => {
    const other = (text: string) =>
      text.replace('"run_id":"a"', '"run_id":"bbbbbbbbbb"').replace('"g"', '"h"');
    const mixed =
      META + other(META) + STRINGS + other(STRINGS) + other(FRAMES) + FRAMES + COSTS + other(COSTS);
    for (const text of [
      WHOLE + [META, STRINGS, FRAMES, COSTS, END].map(other).join(''),
      mixed + END + other(END),
    ]) {
      const { profile, notes } = importText(text);
      expect(notes).toEqual([ALONE]);
      expect(listSamples(profile)).toEqual(['f:3 10', 'g:7 50', 'f:3 10', 'h:7 50']);
      expect(Array.from(profile.threads.name, (name) => profile.strings[name])).toEqual([
        'run a',
        'run bbbbbbbb',
      ]);
      expect(Array.from(profile.samples.thread)).toEqual([0, 0, 1, 1]);
    }
    expect(importText(mixed + END).notes).toEqual([
      ALONE,
      'The file ends early: the last record of 1 of 2 runs is missing.',
    ]);
  });

  test('counts stay as large as they are', () => {
    const text = WHOLE.replaceAll('50', '4503599627370496').replaceAll('60', '4503599627370506');
    expect(describeText(text)).toEqual({ samples: ['f:3 10', 'g:7 4503599627370496'], damage: [] });
  });

  test('numbers that begin anywhere take no memory for those before', () => {
    const text = WHOLE.replaceAll('"str_id":1', '"str_id":9007199254740991')
      .replaceAll('"func_str_id":1', '"func_str_id":9007199254740991')
      .replaceAll('"frame_id":1', '"frame_id":4294967295');
    expect(describeText(text)).toEqual({ samples: ['f:3 10', 'g:7 50'], damage: [] });
  });
});

describe('damage', () => {
  test('a file that is cut keeps what is before', () => {
    const at = WHOLE.indexOf('{"frame_id":1,"self"');
    const { samples, damage } = describeText(WHOLE.slice(0, at + 24));
    expect(samples).toEqual(['f:3 10']);
    expect(damage).toEqual([
      expect.stringMatching(
        /^The file is damaged in line 4: it ends at byte \d+, within "entries\[1\]\.self"\. What/,
      ),
      'The file ends early: the last record is missing.',
      'The file says that it has 60 samples, and holds 10.',
    ]);
    expect(describeText(META + STRINGS + FRAMES + COSTS).damage).toEqual([
      'The file ends early: the last record is missing.',
    ]);
  });

  const replaced = (from: string, to: string) => WHOLE.replace(from, to);
  test.each([
    [
      'no whole number',
      replaced('"self":50', '"self":1.5'),
      ['f:3 10'],
      /line 4: "entries\[1\]\.self" is not a whole/,
    ],
    ['too large a number', replaced('"self":50', '"self":1e300'), ['f:3 10'], /is not a whole number/],
    ['less than nothing', replaced('"self":50', '"self":-50'), ['f:3 10'], /is not a whole number from 0 on/],
    ['no number', replaced('"self":50', '"self":null'), ['f:3 10'], /"entries\[1\]\.self" is not a number/],
    [
      'a count left out',
      replaced('"self":50,', ''),
      ['f:3 10'],
      /"entries\[1\]" is not an entry with "frame_id"/,
    ],
    [
      'noise behind a record',
      replaced(']}\n{"type":"end"', ']}]\n{"type":"end"'),
      ['f:3 10', 'g:7 50'],
      /line 4: it is not at its end/,
    ],
    [
      'a line of noise',
      replaced('{"type":"frame', 'x\n{"type":"frame'),
      ['f:3 10', 'g:7 50'],
      /in line 3: it is not an object/,
    ],
    [
      'a record of nothing',
      replaced('{"type":"frame', '{}\n{"type":"frame'),
      ['f:3 10', 'g:7 50'],
      /no record with "type"/,
    ],
    [
      'another version',
      WHOLE + line('end', { v: 1 }),
      ['f:3 10', 'g:7 50'],
      /line 6: the version of the record is 1/,
    ],
  ])('%s: the rest is read, and it is told', (_, text, samples, message) => {
    const read = describeText(text);
    expect(read.samples).toEqual(samples);
    expect(read.damage[0]).toMatch(message);
    expect(read.damage).toHaveLength(samples.length === 1 ? 2 : 1);
  });

  test('several lines: the first one is told, the others are counted', () => {
    const text = META + STRINGS + FRAMES + COSTS;
    expect(describeText(`${text}x\n{"a\n[]\n${END}`).damage).toEqual([
      expect.stringMatching(
        / in line 5: it is not an object \(at byte 0\), and in 2 more lines\. What stands/,
      ),
    ]);
  });

  test('lines that are not named keep their samples, without a stack', () => {
    const frames = FRAMES.replace('"func_str_id":2', '"func_str_id":99');
    expect(describeText(META + STRINGS + frames + COSTS + END)).toEqual({
      samples: ['f:3 10', '- 50'],
      damage: ['The lines of 50 samples are not named in the file: shown without a stack.'],
    });
    expect(describeText(META + COSTS + END).samples).toEqual(['- 10', '- 50']);
  });

  test('more samples than the file says it has', () => {
    expect(describeText(WHOLE.replaceAll('60', '9')).damage).toEqual([
      'The file says that it has 9 samples, and holds 60.',
    ]);
  });

  test('more runs than anybody puts into a file', () => {
    const runs = Array.from({ length: MAX_RUNS + 5 }, (_, run) => line('meta', {}, `r${run}`));
    const { samples, damage } = describeText(WHOLE + runs.join(''));
    expect(samples).toEqual(['f:3 10', 'g:7 50']);
    expect(damage[0]).toMatch(/in line 1005: it begins a run, and only 1,000 are read, and in 5 more lines/);
  });

  test.each([
    ['no samples', META + line('end', { samples_total: 0 }), /it holds no samples\.$/],
    [
      'only a newer version',
      WHOLE.replaceAll('"v":0', '"v":3'),
      /line 1: the version of the record is 3, and 0/,
    ],
    ['a cut first line', META.slice(0, 30), /in line 1: it ends at byte 30, within "run_id"/],
    ['something else', 'a.py:f 12\n', /in line 1: it is not an object/],
  ])('%s: refused', (_, text, message) => {
    expect(() => importText(text)).toThrow(message);
    expect(() => importText(text)).toThrow(
      /^The file is no valid JSON Lines file of profiling\.sampling[:,] /,
    );
  });

  test('short lines cost no more than others', () => {
    const text = `${WHOLE}${'{}\n'.repeat(100_000)}`;
    expect(describeText(text).damage[0]).toContain('and in 99,999 more lines');
  });
});

test.each([
  ['{"type":"meta"}\n', undefined],
  ['{"type":"session","v":0,"run_id":"a"}\n', undefined],
  ['{"type":"meta","v":0,"run_id":"a"}', 'sampling-jsonl'],
  [`${STRINGS.slice(0, 80)}`, 'sampling-jsonl'],
  [`\ufeff\n${META}`, 'sampling-jsonl'],
  ['[{"type":"meta","v":0,"run_id":"a"}]', undefined],
])('%s is known by its first line', (text, name) => {
  expect(detectFormat(inputOfBytes(new TextEncoder().encode(text), 'unnamed'))?.name).toBe(name);
});
