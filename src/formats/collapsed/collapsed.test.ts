import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { formatStack, getFunctionName } from '../../profile/stack-text.ts';
import {
  FRAME_TIERS,
  FUNCTION_KINDS,
  type FunctionIndex,
  type Profile,
  type StackIndex,
} from '../../profile/tables.ts';
import { detectFormat, importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { COLLAPSED_FORMAT } from './collapsed.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function importText(text: string) {
  const { profile, notes } = importProfile(inputOfBytes(bytesOf(text), 'x'), COLLAPSED_FORMAT);
  return { profile, notes, table: toTable(profile) };
}

/** name → [self, total] */
function toTable(profile: Profile): Record<string, readonly [number, number]> {
  const costs = computeFunctionCosts(profile, 'wall');
  const rows = Array.from({ length: costs.length }, (_, row) => row);
  return Object.fromEntries(
    rows.map((row) => [getFunctionName(profile, row as FunctionIndex), [costs.self[row], costs.total[row]]]),
  );
}

test('a weight is never expanded into samples', () => {
  const { profile, table } = importText('a;b 50000000\n');
  expect(profile.samples.length).toBe(1);
  expect(table).toEqual({ a: [0, 50_000_000], b: [50_000_000, 50_000_000] });
});

test('comments and empty lines are skipped; lines that are no stacks are told', () => {
  const { table, notes } = importText('# made by x 5\n// and 6\n\na;b;c 1\na b;c 2.5\ninvalid line\n\n');
  expect(table).toEqual({ a: [0, 1], b: [0, 1], c: [3.5, 3.5], 'a b': [0, 2.5] });
  expect(notes).toEqual(['1 line is no stack and was left out: line 6: invalid line']);
});

test('a line without a stack makes no function', () => {
  const { profile } = importText(' 2\n(no stack) 3\na 1\n');
  expect(profile.functions.length).toBe(1);
  expect(computeFunctionCosts(profile, 'wall')).toMatchObject({ sum: 6, withoutStack: 5 });
});

test('tabs, Windows line ends, UTF-16 and files without a last line end', () => {
  expect(importText('a;b\t3\r\na 1').table).toEqual({ a: [1, 4], b: [3, 3] });
  const text = '\ufeffa;b 3\n';
  const utf16 = new Uint8Array(new Uint16Array([...text].map((character) => character.charCodeAt(0))).buffer);
  expect(toTable(importProfile(inputOfBytes(utf16, 'x')).profile)).toEqual({ a: [0, 3], b: [3, 3] });
});

test('numbers are samples unless they look like something else', () => {
  const typeOf = (text: string) => importText(text).profile.samples.weights[0].type;
  expect(typeOf('a;b 3\nc 7\n')).toBe('samples');
  expect(typeOf('a;b 30\n')).toBe('samples');
  // Microseconds, a hundred of them a unit.
  expect(typeOf('a;b 300\nc 700\n')).toBe('weight');
  expect(typeOf('a;b 300000001\nc 7\n')).toBe('weight');
  expect(typeOf('a;b 2.5\nc 7\n')).toBe('weight');
});

test('files, lines and kinds in names as other tools write them', () => {
  const { profile } = importText(
    'main (/srv/app.py:12);main (/srv/app.py:14);vfs_read_[k];operator() (int) 4\n',
  );
  const { functions, frames, strings } = profile;
  expect(functions.length).toBe(3);
  expect(strings[functions.file[0]]).toBe('/srv/app.py');
  expect([frames.line[0], frames.line[1]]).toEqual([12, 14]);
  expect(Array.from(functions.kind, (kind) => FUNCTION_KINDS[kind])).toEqual(['python', 'kernel', 'other']);
  expect(getFunctionName(profile, 2 as FunctionIndex)).toBe('operator() (int)');
});

test('is written with one line for each stack of functions, in microseconds', () => {
  const profile = profileFromText(`
    main@app.py:3  main@app.py:4  -
    a;b            a;b
  `);
  const { bytes, notes } =
    COLLAPSED_FORMAT.exportProfile?.(profile, { measure: 'wall', title: '' }) ?? fail();
  expect(new TextDecoder().decode(bytes)).toBe('(no stack) 10000\nmain (app.py);a%3Bb 20000\n');
  expect(notes).toEqual([
    'The numbers are microseconds.',
    'Left out, having no place in this format: the times of the samples; executed lines; other weights (cpu); states of threads.',
  ]);
});

test('is told from other text by its lines', () => {
  const detect = (text: string) => detectFormat(inputOfBytes(bytesOf(text), 'x'))?.name;
  expect(detect('main 5\n')).toBe('collapsed');
  expect(detect('main;a 5')).toBe('collapsed');
  expect(detect('Dear reader,\nthis is a letter.\nIt has 3 lines\n')).toBeUndefined();
  expect(detect('{"a": 5}')).toBeUndefined();
  expect(detect(`a;${'b;'.repeat(100_000)}c 5`)).toBe('collapsed');
});

function fail(): never {
  throw new Error('not reached');
}

test('two numbers in every line are two weights', () => {
  const { profile } = importText('# before and after\na;b 10 20\na;c d 3 0\n');
  expect(profile.samples.weights.map(({ type, values }) => [type, [...values]])).toEqual([
    ['before', [10, 3]],
    ['after', [20, 0]],
  ]);
  expect(toTable(profile)).toEqual({ a: [0, 13], b: [10, 10], 'c d': [3, 3] });
});

test('numbers at the end of names are no weights, unless every line has them', () => {
  expect(importText('a;worker 1 20\na;b 5\n').table).toEqual({ a: [0, 25], 'worker 1': [20, 20], b: [5, 5] });
  expect(importText('thread 7 30\n').table).toEqual({ 'thread 7': [30, 30] });
});

test('suffixes tell kernel, compiled, inlined and interpreted frames; unknown ones stay in the name', () => {
  const { profile } = importText('a_[0];a_[1];b_[i];c_[i];c_[j];sys_[k];sys_[w] 2\n');
  const { functions, frames, strings } = profile;
  const rows = Array.from(frames.function, (row, frame) => [
    strings[functions.name[row]],
    FUNCTION_KINDS[functions.kind[row]],
    FRAME_TIERS[frames.tier[frame]],
    frames.inlineDepth[frame],
  ]);
  expect(rows).toEqual([
    ['a', 'jit', 'interpreted', 0],
    ['a', 'jit', 'jit', 0],
    ['b', 'jit', 'interpreted', 1],
    ['c', 'jit', 'interpreted', 1],
    ['c', 'jit', 'interpreted', 2],
    ['c', 'jit', 'interpreted', 0],
    ['sys', 'kernel', 'interpreted', 0],
    ['sys_[w]', 'other', 'interpreted', 0],
  ]);
});

test('names that look like something else come back as they were', () => {
  const names = [
    'a 5',
    'b ',
    '#c',
    '//d',
    '(no stack)',
    'e_[k]',
    'f (g.py)',
    'h%20',
    'i 1e5',
    'j (k.py:3)',
    '%5B',
  ];
  for (const name of names) {
    const builder = new ProfileBuilder();
    const process = builder.addProcess({ pid: 1, command: '', start: 0 });
    const thread = builder.addThread({ process, tid: 1, start: 0 });
    const frame = builder.internFrame({ function: builder.internFunction({ name, kind: 'native' }) });
    builder.addSample(0, thread, builder.internStack(builder.internStack(-1, frame), frame), 0, 9, 9);
    const { bytes } =
      COLLAPSED_FORMAT.exportProfile?.(builder.build(), { measure: 'wall', title: '' }) ?? fail();
    expect(Object.keys(importText(new TextDecoder().decode(bytes)).table)).toEqual([name]);
  }
});

test('what the lines share does not matter', () => {
  const names = fc.constantFrom('', 'a', 'ab', 'abc', 'b c', 'é', 'é_[i]', '(no stack)');
  const stacks = fc.array(fc.tuple(fc.array(names, { minLength: 2, maxLength: 5 }), fc.nat(99)), {
    minLength: 1,
  });
  fc.assert(
    fc.property(stacks, (rows) => {
      const { profile } = importText(rows.map(([path, weight]) => `${path.join(';')} ${weight}\n`).join(''));
      rows.forEach(([path], row) => {
        const stack = profile.samples.stack[row] as StackIndex;
        expect(formatStack(profile, stack)).toBe(path.join(';').replaceAll('_[i]', ''));
      });
    }),
  );
});
