import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { NONE, type Profile } from '../../profile/tables.ts';
import { computeShares } from '../conformance.testing.ts';
import { detectFormat, importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { expectReadOrRefused } from '../noise.testing.ts';
import { PY_SPY_FORMAT } from './py-spy.ts';
import { SAMPLING_COLLAPSED_FORMAT } from './sampling-collapsed.ts';

function readText(text: string) {
  return importProfile(inputOfBytes(new TextEncoder().encode(text), 'x'));
}

function listThreads({ threads, processes, strings }: Profile): string[] {
  return Array.from(threads.tid, (tid, row) => {
    const process = threads.process[row];
    const name = threads.name[row] === NONE ? '' : strings[threads.name[row]];
    return `${processes.pid[process]} ${strings[processes.command[process]]} / ${tid} ${name}`;
  });
}

/** Function, file and line of each frame. */
function listFrames({ frames, functions, strings }: Profile): string[] {
  return Array.from(frames.function, (row, frame) => {
    const file = functions.file[row] === NONE ? '' : strings[functions.file[row]];
    return `${strings[functions.name[row]]} ${file}:${frames.line[frame]}`;
  });
}

describe('files of the tools', () => {
  const count = (path: string) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .reduce((sum, line) => sum + Number(/ (\d+)$/.exec(line)?.[1] ?? 0), 0);

  test.each([
    ['fixtures/py-spy/threads.txt', 'py-spy', 2],
    ['fixtures/py-spy/subprocesses.txt', 'py-spy', 3],
    ['fixtures/py-spy/plain.txt', 'collapsed', 1],
    ['fixtures/py-spy/native.txt', 'collapsed', 1],
    ['fixtures/sampling/collapsed.txt', 'sampling-collapsed', 2],
  ])('%s', (path, format, threads) => {
    const { profile, notes, format: found } = importProfile(inputOfBytes(readFileSync(path), 'x'));
    expect(found.name).toBe(format);
    expect(notes).toEqual([]);
    expect(computeFunctionCosts(profile, 'wall').sum).toBe(count(path));
    expect(profile.threads.length).toBe(threads);
    // Every Python frame has its file and its line.
    for (const frame of listFrames(profile)) expect(frame).toMatch(/\.pyw?:\d+$|>:\d+$|\.so[.\d]*:-1$/);
  });

  test('threads of py-spy do not change what functions cost', () => {
    const threads = readFileSync('fixtures/py-spy/threads.txt', 'utf8');
    const plain = threads.replace(/^thread \(\d+\)(: \w+)?;?/gm, '');
    expect(computeShares(readText(threads).profile, 'wall')).toEqual(
      computeShares(readText(plain).profile, 'wall'),
    );
  });
});

test('py-spy: processes in processes, commands with semicolons and line ends, late names', () => {
  const { profile, notes } = readText(`process 5:"python -c 
import a; b()";thread (5);main (app.py:3) 2
process 5:"python -c 
import a; b()";process 6:"python "x y" 7";thread (0x7F00AABBCCDD): w;run (app.py:9);read (libc.so.6) 3
process 5:"python -c 
import a; b()";thread (5): MainThread 1
`);
  expect(notes).toEqual([]);
  expect(listThreads(profile)).toEqual([
    '5 python -c \nimport a; b() / 5 MainThread',
    '6 python "x y" 7 / 0 w',
  ]);
  expect(Array.from(profile.processes.parent)).toEqual([NONE, 0]);
  expect(listFrames(profile)).toEqual(['main app.py:3', 'run app.py:9', 'read libc.so.6:-1']);
  expect(computeFunctionCosts(profile, 'wall')).toMatchObject({ sum: 6, withoutStack: 1 });
});

test('profiling.sampling: marks, frozen modules, threads with 64 bits', () => {
  const { profile } = readText(`tid:7;<frozen runpy>:_run_code:87;app.py:main.<locals>.f:3;<GC> 4
tid:140737353922368;<native> 1
tid:7 2
`);
  expect(listThreads(profile)).toEqual(['0  / 7 ', '0  / 0 thread 140737353922368']);
  expect(listFrames(profile)).toEqual([
    '_run_code <frozen runpy>:87',
    'main.<locals>.f app.py:3',
    '<GC> :-1',
    '<native> :-1',
  ]);
  expect(computeFunctionCosts(profile, 'wall')).toMatchObject({ sum: 7, withoutStack: 2 });
});

test.each([
  ['main;thread (5): x 3', 'collapsed'],
  ['process the data;x 3', 'collapsed'],
  ['tid:x;y 3', 'collapsed'],
  ['thread (5);x 3', 'py-spy'],
])('%s is %s', (text, name) => {
  expect(detectFormat(inputOfBytes(new TextEncoder().encode(`${text}\n`), 'x'))?.name).toBe(name);
});

test('files without stacks are refused, other lines are counted', () => {
  expect(() => readText('tid:5;x\n')).toThrow(ProfilerError);
  expect(readText('tid:5;x 2\nwhat\n').notes[0]).toContain('left out: line 2: what');
});

test('changed files are read, or refused in a sentence', () => {
  const whole = readFileSync('fixtures/py-spy/subprocesses.txt').subarray(0, 2000);
  for (const format of [PY_SPY_FORMAT, SAMPLING_COLLAPSED_FORMAT]) {
    expectReadOrRefused(whole, format, ';"\n 9:p(');
  }
});
