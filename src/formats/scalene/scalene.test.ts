import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NONE, type Profile } from '../../profile/tables.ts';
import { importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { expectReadOrRefused } from '../noise.testing.ts';
import { SCALENE_FORMAT } from './scalene.ts';

const FOLDER = 'fixtures/scalene';

interface ScaleneFile {
  readonly elapsed_time_sec: number;
  readonly stacks?: readonly (readonly [readonly string[], { python_time: number; c_time: number }])[];
  readonly files: Record<string, { lines: readonly Record<string, number>[] }>;
}

function readFixture(name: string) {
  const bytes = readFileSync(`${FOLDER}/${name}`);
  return {
    ...importProfile(inputOfBytes(bytes, 'unnamed')),
    file: JSON.parse(bytes.toString()) as ScaleneFile,
  };
}

function readText(text: string) {
  return importProfile(inputOfBytes(new TextEncoder().encode(text), 'x'));
}

function sum(profile: Profile, column: number): number {
  return Float64Array.from(profile.samples.weights[column].values).reduce((total, value) => total + value, 0);
}

/** `file:name:line;…` and own milliseconds, for each sample. */
function listStacks(profile: Profile): [string, number, number][] {
  const { stacks, frames, functions, strings, samples } = profile;
  return Array.from(samples.stack, (stack, sample) => {
    const parts: string[] = [];
    for (let row = stack; row !== NONE; row = stacks.parent[row]) {
      const frame = stacks.frame[row];
      const func = frames.function[frame];
      const file = functions.file[func] === NONE ? '' : strings[functions.file[func]];
      parts.unshift(`${file}:${strings[functions.name[func]]}:${frames.line[frame]}`);
    }
    const [elapsed, allocated] = samples.weights;
    return [parts.join(';'), elapsed.values[sample] / 1e6, allocated.values[sample]];
  });
}

describe('files of scalene', () => {
  test('with stacks: the time of each, in Python and in native code', () => {
    const { profile, notes, format, file } = readFixture('stacks.json');
    expect(format).toBe(SCALENE_FORMAT);
    expect(notes).toEqual([
      'Left out: stacks of native code, which scalene counts apart from all other time.',
    ]);
    const shares = (file.stacks ?? []).reduce(
      (all, [, { python_time, c_time }]) => all + python_time + c_time,
      0,
    );
    expect(shares).toBeCloseTo(1, 6);
    expect(sum(profile, 0)).toBeCloseTo(file.elapsed_time_sec * shares * 1e9, 0);
    const found = listStacks(profile);
    for (const [frames, { python_time, c_time }] of file.stacks ?? []) {
      const path = frames.map((frame) => frame.replace(/ ([^ ]+):(\d+);$/, ':$1:$2')).join(';');
      const take = (wanted: string) =>
        found.filter(([text]) => text === wanted).reduce((all, [, time]) => all + time, 0);
      expect(take(path)).toBeCloseTo(python_time * file.elapsed_time_sec * 1000, 6);
      expect(take(`${path};:(native code):-1`)).toBeCloseTo(c_time * file.elapsed_time_sec * 1000, 6);
    }
    expect(profile.facts).toMatchObject({ producer: 'scalene', command: 'program.py' });
  });

  test('without stacks: every line alone, in its function', () => {
    const { profile, notes, file } = readFixture('lines.json');
    expect(notes[0]).toBe(
      'The file holds stacks for 1.9 % of the time: every line is shown alone, without its callers.',
    );
    const percent = Object.values(file.files)
      .flatMap(({ lines }) => lines)
      .reduce((all, line) => all + line.n_cpu_percent_python + line.n_cpu_percent_c + line.n_sys_percent, 0);
    expect(sum(profile, 0)).toBeCloseTo((file.elapsed_time_sec * percent * 1e9) / 100, 0);
    const paths = listStacks(profile).map(([path]) => path);
    expect(paths.some((path) => /^program\.py:main:3\d/.test(path))).toBe(true);
  });
});

const HEAD =
  '{"alloc_samples":1,"args":["a.py","-x"],"elapsed_time_sec":2,"files":{},"samples":[[1000000,1.5]],';

test('memory: stacks, and the footprint over time', () => {
  const { profile } = readText(
    `${HEAD}"memory_stacks":[[[{"display_name":"f","filename_or_module":"a b.py","line":3,"kind":"py","ip":null},{"display_name":"malloc","filename_or_module":"libc.so","line":null,"kind":"native"}],2.5]],"stacks":[[["a b.py f:3;"],{"python_time":0.25,"c_time":0,"count":1}]]}`,
  );
  expect(listStacks(profile)).toEqual([
    ['a b.py:f:3', 500, 0],
    ['a b.py:f:3;libc.so:malloc:-1', 0, 2.5 * 2 ** 20],
  ]);
  expect(Array.from(profile.counters.value)).toEqual([1.5 * 2 ** 20]);
  expect(Array.from(profile.counters.time)).toEqual([10]);
});

test('memory of lines where there are no stacks of memory', () => {
  const { profile } = readText(
    '{"alloc_samples":1,"elapsed_time_sec":1,"files":{"a.py":{"lines":[{"lineno":4,"start_function_line":2,"n_malloc_mb":3}],"functions":[{"line":"g","lineno":2}]}}}',
  );
  expect(listStacks(profile)).toEqual([['a.py:g:4', 0, 3 * 2 ** 20]]);
});

test.each([
  [`${HEAD}"stacks":[]}`, /nothing has cost anything/],
  [`${HEAD}"stacks":[[{"c_time":1`, /ends at byte/],
  [`${HEAD}"stacks":[[["x"],{"c_time":"y"}]]}`, /"stacks\[0\]\[1\].c_time" is not a number/],
])('refused: %s', (text, message) => {
  expect(() => readText(text)).toThrow(message);
});

test('changed files are read, or refused in a sentence', () => {
  const whole = readFileSync(`${FOLDER}/stacks.json`);
  expectReadOrRefused(whole, SCALENE_FORMAT, '[]{},:"0123456789-e');
});
