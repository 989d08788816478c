import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { skip } from '../../base/skip.testing.ts';
import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { NONE, type Profile } from '../../profile/tables.ts';
import { exportProfile, importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { expectReadOrRefused } from '../noise.testing.ts';
import { MarshalReader } from './marshal-reader.ts';
import { PSTATS_FORMAT } from './pstats.ts';

const FOLDER = 'fixtures/pstats';
const FIXTURES = ['cprofile-2.7', 'cprofile-3.13', 'profile-3.11', 'sampling-3.15'] as const;

function readFixture(name: string) {
  return importProfile(inputOfBytes(readFileSync(`${FOLDER}/${name}.pstats`), 'unnamed'));
}

/** Self and total in milliseconds, by name. */
function listCosts(profile: Profile): Record<string, readonly [number, number]> {
  const costs = computeFunctionCosts(profile, 'wall');
  const list: Record<string, readonly [number, number]> = {};
  for (let row = 0; row < costs.length; row++) {
    const name = profile.strings[profile.functions.name[row]];
    const [self, total] = list[name] ?? [0, 0];
    list[name] = [round(self + costs.self[row] / 1e6), round(total + costs.total[row] / 1e6)];
  }
  return list;
}

function round(value: number): number {
  return Number(value.toPrecision(9));
}

function listPaths(profile: Profile): string[] {
  const { stacks, frames, functions, strings, samples } = profile;
  return Array.from(samples.stack, (stack) => {
    const names: string[] = [];
    for (let row = stack; row !== NONE; row = stacks.parent[row]) {
      names.unshift(strings[functions.name[frames.function[stacks.frame[row]]]]);
    }
    return names.join(';');
  });
}

describe('files of Python', () => {
  test.each(FIXTURES)('%s is read whole', (name) => {
    const { format, profile, notes } = readFixture(name);
    expect(format).toBe(PSTATS_FORMAT);
    expect(notes.filter((note) => /early|too small/.test(note))).toEqual([]);
    expect(Object.keys(listCosts(profile))).toContain(name === 'sampling-3.15' ? 'Table.fill' : 'fill');
  });

  test('cProfile: self and total of every function are those of the file, recursion included', () => {
    const { profile } = readFixture('cprofile-3.13');
    // As `python -m pstats` prints them.
    const costs = listCosts(profile);
    expect(costs.fibonacci).toEqual(EXPECTED.fibonacci);
    expect(costs.even).toEqual(EXPECTED.even);
    expect(costs.odd).toEqual(EXPECTED.odd);
    expect(costs.fill).toEqual(EXPECTED.fill);
    expect(costs.load).toEqual(EXPECTED.load);
    const paths = listPaths(profile);
    expect(paths.some((path) => path.endsWith(';fibonacci;fibonacci'))).toBe(true);
    expect(paths.some((path) => path.endsWith('load;fill;<built-in method builtins.sorted>;values'))).toBe(
      true,
    );
    expect(profile.functions.kind[profile.functions.length - 1]).toBeLessThan(7);
  });

  test('profile: costs are shared by numbers of calls, and that is said', () => {
    const { profile, notes } = readFixture('profile-3.11');
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('how often functions were called');
    // The program itself, whose name is its code.
    expect(listCosts(profile)['<module>']).toBeDefined();
  });

  test('profiling.sampling: lines are those executed, callers cost what their samples do', () => {
    const { profile, notes } = readFixture('sampling-3.15');
    expect(notes).toEqual([]);
    const costs = listCosts(profile);
    expect(costs['Table.fill']).toEqual([3, 5]);
    expect(costs['Table.values']).toEqual([2, 2]);
    expect(costs.worker).toEqual([29, 29]);
    expect(costs['Thread.run']).toEqual([0, 29]);
    expect(costs.main).toEqual([0, 29]);
    const { frames, functions, strings } = profile;
    const lines = Array.from(frames.function, (row, frame) => [
      strings[functions.name[row]],
      frames.line[frame],
    ]);
    expect(lines.filter(([name]) => name === 'main')).toEqual([
      ['main', 39],
      ['main', 43],
      ['main', 44],
    ]);
  });
});

/** Milliseconds: tottime and cumtime. */
const EXPECTED = {
  fibonacci: [0.077886, 0.077886],
  even: [0.004626, 0.008423],
  odd: [0.003797, 0.007622],
  fill: [0.036347, 9.495812],
  load: [0.030135, 9.525947],
} as const;

describe('what is written', () => {
  const picture = profileFromText(`
    @thread  main        main        worker

    start@app.py:3   start@app.py:4   run@lib/é.py:9
    load@app.py:12   draw@app.py:14
    parse@x.py:1     draw@app.py:15
  `);
  const { bytes, notes } = exportProfile(picture, PSTATS_FORMAT, {
    measure: 'wall',
    title: '',
    fileName: '',
  });

  test('a function that is called like a sample without a stack stays one', () => {
    const builder = new ProfileBuilder();
    const process = builder.addProcess({ pid: 1, command: '', start: 0 });
    const thread = builder.addThread({ process, tid: 1, start: 0 });
    const func = builder.internFunction({ name: '(no stack)', kind: 'native' });
    builder.addSample(0, thread, builder.internStack(-1, builder.internFrame({ function: func })), 0, 30, 0);
    builder.addSample(1, thread, -1, 0, 40, 0);
    const { bytes } = exportProfile(builder.build(), PSTATS_FORMAT, {
      measure: 'wall',
      title: '',
      fileName: 'x.pstats',
    });
    const { profile } = importProfile(inputOfBytes(bytes, 'x'));
    expect(listCosts(profile)['(no stack)#2']).toEqual([3, 3]);
    expect(computeFunctionCosts(profile, 'wall').withoutStack).toBe(4e6);
  });

  test('what is lost is told', () => {
    expect(notes.join(' ')).toMatch(/reduced to functions.*Left out.*threads.*times.*lines/);
  });

  test('Python reads it', (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'pstats-'));
    const path = join(folder, 'out.pstats');
    writeFileSync(path, bytes);
    try {
      const script =
        'import json,pstats,sys; s=pstats.Stats(sys.argv[1]); s.calc_callees(); ' +
        'print(json.dumps([[list(f),v[:4],[[list(c),w] for c,w in v[4].items()]] for f,v in s.stats.items()]))';
      const found = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
      if (found.error !== undefined) skip(context, 'there is no python3 here');
      expect(found.stderr).toBe('');
      const rows = JSON.parse(found.stdout) as [[string, number, string], number[], unknown[]][];
      const byName = Object.fromEntries(rows.map(([[, , name], numbers]) => [name, numbers]));
      expect(byName.start).toEqual([2, 2, 0, 0.02]);
      expect(byName.draw).toEqual([1, 1, 0.01, 0.01]);
      expect(rows.find(([[, , name]]) => name === 'run')?.[0][0]).toBe('lib/é.py');
      const printed = execFileSync('python3', ['-m', 'pstats', path], {
        input: 'sort cumulative\nstats\ncallers\n',
      });
      expect(printed.toString()).toContain('app.py:0(start)');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('bad files', () => {
  const whole = readFileSync(`${FOLDER}/cprofile-3.13.pstats`);

  test('cut anywhere, all functions before are kept', () => {
    for (let length = 2; length < 2000; length += 7) {
      try {
        const { profile, notes } = importProfile(inputOfBytes(whole.subarray(0, length), 'x'), PSTATS_FORMAT);
        expect(profile.functions.length).toBeGreaterThan(0);
        expect(notes[0]).toMatch(/^The file ends early: .* offset \d+/);
      } catch (error) {
        expect(error).toBeInstanceOf(ProfilerError);
        expect((error as Error).message).toMatch(/^The file is no valid pstats file: .* offset \d+/);
      }
    }
  });

  test.each([
    ['a tuple of 2^31 items', '7b28ffffff7f'],
    ['a text of 2^31 bytes', '7b2803000000 75ffffff7f 41'],
    ['a reference to itself', '7ba902 7200000000'],
    ['a negative length', '7b28ffffffff'],
    ['tuples without end', `7b${'2801000000'.repeat(100_000)}`],
  ])('%s is refused', (_, hex) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(() => importProfile(inputOfBytes(bytes, 'x'), PSTATS_FORMAT)).toThrow(ProfilerError);
  });

  test('changed files are read, or refused in a sentence', () => {
    expectReadOrRefused(whole, PSTATS_FORMAT);
  });
});

test('marshal: values of every kind', () => {
  const read = (hex: string) => new MarshalReader([Buffer.from(hex.replaceAll(' ', ''), 'hex')]).value();
  expect(read('4e')).toBe(null);
  expect(read('54')).toBe(true);
  expect(read('69 feffffff')).toBe(-2);
  expect(read('49 0100000001000000')).toBe(2 ** 32 + 1);
  expect(read('6c 03000000 0100 0000 0100')).toBe(2 ** 30 + 1);
  expect(read('6c ffffffff 0500')).toBe(-5);
  expect(read('67 000000000000f83f')).toBe(1.5);
  expect(read('66 03 312e35')).toBe(1.5);
  expect(read('28 03000000 74 01000000 61 52 00000000 7a 01 62')).toEqual(['a', 'a', 'b']);
  expect(read('29 02 da 01 61 72 00000000')).toEqual(['a', 'a']);
  expect(read('7b 69 01000000 4e 30')).toEqual({ entries: [[1, null]] });
  expect(read('75 03000000 edb280')).toBe('\udc80');
});
