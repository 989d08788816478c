import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { skip } from '../../base/skip.testing.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { profileFromText } from '../../profile/profile-text.testing.ts';
import { getFunctionName } from '../../profile/stack-text.ts';
import type { FunctionIndex, Profile } from '../../profile/tables.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import { importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { testSample } from '../samples.testing.ts';
import { CALLGRIND_FORMAT } from './callgrind.ts';

function importText(text: string, format?: typeof CALLGRIND_FORMAT) {
  const imported = importProfile(inputOfBytes(new TextEncoder().encode(text), 'x'), format);
  assertValidProfile(imported.profile);
  return { ...imported, table: toTable(imported.profile) };
}

/** name → [self, total] of the first event. */
function toTable(profile: Profile): Record<string, readonly [number, number]> {
  const costs = computeFunctionCosts(profile, 'wall');
  const rows = Array.from({ length: costs.length }, (_, row) => row);
  return Object.fromEntries(
    rows.map((row) => [getFunctionName(profile, row as FunctionIndex), [costs.self[row], costs.total[row]]]),
  );
}

const HEAD = '# callgrind format\nevents: Ir\n';

test('calls become stacks in which every function keeps self and total', () => {
  // Two callers of one function that calls two others: the file does not tell who made it call which.
  const { table, notes, profile } = importText(`${HEAD}fn=main
1 1
cfn=a
calls=1 1
2 60
cfn=b
calls=1 1
3 40
fn=a
10 10
cfn=shared
calls=1 1
11 50
fn=b
20 10
cfn=shared
calls=1 1
21 30
fn=shared
30 5
cfn=x
calls=1 1
31 45
cfn=y
calls=2 1
32 30
fn=x
40 45
fn=y
50 30
`);
  expect(notes).toEqual([]);
  expect(table).toEqual({
    main: [1, 101],
    a: [10, 60],
    b: [10, 40],
    shared: [5, 80],
    x: [45, 45],
    y: [30, 30],
  });
  expect(profile.samples.length).toBeLessThanOrEqual(13);
});

test('compressed names and positions, hexadecimal addresses, several events, jumps, inlined lines', () => {
  const { profile, table, notes } = importText(`version: 1
creator: callgrind-3.19.0
cmd: ./a.out 1
positions: instr line
events: Ir Dr
ob=(1) /bin/a.out
fl=(1) a.c
fn=(1) main
0x10 5 7 1
+4 +1 3
jump=2 +8 +3
* *
fi=(2) inline.h
+4 99 2 2
fe=(1)
cfn=(2) f
calls=3 +0x10 8
* 7 40 4
fn=(2)
0x40 8 40 4
totals: 52 7
`);
  expect(notes).toEqual([]);
  expect(table).toEqual({ main: [12, 52], f: [40, 40] });
  expect(
    profile.samples.weights.map(({ type, values }) => [type, [...values].reduce((a, b) => a + b, 0)]),
  ).toEqual([
    ['Ir', 52],
    ['Dr', 7],
  ]);
  expect(profile.facts.producer).toBe('callgrind-3.19.0');
  expect([...new Set(profile.frames.line)].sort((a, b) => a - b)).toEqual([-1, 5, 6, 7, 8]);
  expect(profile.strings[profile.mappings.file[0]]).toBe('/bin/a.out');
});

test('a callee without a file is in the file of the lines that call it', () => {
  // As valgrind writes an inlined function that calls another one of its file.
  const { table, notes } = importText(`${HEAD}fl=(1) main.c
fn=(1) main
1 1
fi=(2) inline.h
20 2
cfn=(2) helper
calls=1 5
* 7
fl=(2)
fn=(2)
5 7
`);
  expect(notes).toEqual([]);
  expect(table).toEqual({ main: [3, 10], helper: [7, 7] });
});

test('names that are told where a jump leads', () => {
  const { table, notes, profile } = importText(`${HEAD}fl=(1) main.c
fn=(1) main
1 1
jfi=(2) other.c
jfn=(2) other
jcnd=3/4 9
1
fl=(2)
fn=(2)
5 7
`);
  expect(notes).toEqual([]);
  expect(table).toEqual({ main: [1, 1], other: [7, 7] });
  expect(profile.strings).toContain('other.c');
});

test('cycles count once, recursion levels are one function', () => {
  const call = (name: string, cost: number) => `cfn=${name}\ncalls=1 1\n1 ${cost}\n`;
  const cyclic = importText(
    `${HEAD}fn=main\n1 1\n${call('a', 30)}fn=a\n1 10\n${call('b', 500)}${call('a', 9)}fn=b\n1 20\n${call('a', 400)}`,
  );
  expect(cyclic.table).toEqual({ main: [1, 31], a: [10, 30], b: [20, 20] });
  expect(importText(`${HEAD}fn=f\n1 1\n${call("f'2", 2)}fn=f'2\n1 2\n`).table).toEqual({ f: [3, 3] });
});

test('costs that do not add up are kept, and told', () => {
  const { table, notes } = importText(`${HEAD}fn=a\n1 10\ncfn=b\ncalls=1 1\n1 90\nfn=b\n1 40\n`);
  expect(table).toEqual({ a: [10, 50], b: [40, 40] });
  expect(notes).toEqual([
    '100 % of the cost is told of calls, but not of the functions called, and was left out.',
  ]);
});

test('a graph with very many paths, and a chain of 100,000 calls', () => {
  let ladder = HEAD;
  for (let i = 0; i < 60; i++) {
    ladder += `fn=f${i}\n1 1\n`;
    for (const side of ['l', 'r']) ladder += `cfn=${side}${i}\ncalls=1 1\n1 ${(60 - i) * 7}\n`;
    for (const side of ['l', 'r'])
      ladder += `fn=${side}${i}\n1 1\ncfn=f${i + 1}\ncalls=1 1\n1 ${(59 - i) * 7 + 3}\n`;
  }
  expect(importText(ladder).profile.stacks.length).toBeLessThan(100_000);
  let chain = HEAD;
  for (let i = 0; i < 100_000; i++)
    chain += `fn=f${i}\n1 1\ncfn=f${i + 1}\ncalls=1 1\n1 ${100_000 - i - 1}\n`;
  const { profile } = importText(chain);
  expect(computeFunctionCosts(profile, 'wall').total[0]).toBe(100_000);
});

test('whatever the lines are, a valid profile or a sentence comes out', () => {
  const line = fc.constantFrom(
    ...'fn=(1) a|fn=(1)|fn=b|fn=|cfn=a|cfn=(9)|calls=1 1|calls=|1 5|+1 7|* *|-9 3|0x1f 2|1|1 99999999999999999999|1 -5'.split(
      '|',
    ),
    ...'fl=x.c|fi=y.h|events: A|events: A B|positions: instr line|positions:|jump=1 2|ob=o|cfi=|noise|# c'.split(
      '|',
    ),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      try {
        importText(lines.join('\n'), CALLGRIND_FORMAT);
      } catch (error) {
        expect(error).toBeInstanceOf(ProfilerError);
      }
    }),
    { numRuns: 500 },
  );
});

const PICTURE = profileFromText(`
  @wall    100         250         100         120          50

  start@app.py:3   start@app.py:4   run@app.py:9    run@app.py:10    -
  load@app.py:12   draw@app.py:14   poll@app.py:20  load@app.py:12
  parse@lib/x.py:1 draw@app.py:15                   start@app.py:2
`);

test('callgrind_annotate reads what is written', (context) => {
  const { error } = spawnSync('callgrind_annotate', ['--version']);
  if (error !== undefined) skip(context, 'valgrind is not installed here');
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-'));
  try {
    const path = join(folder, 'x.callgrind');
    const exported = CALLGRIND_FORMAT.exportProfile?.(PICTURE, { measure: 'wall', title: 'app' });
    writeFileSync(path, exported?.bytes ?? '');
    const self = spawnSync('callgrind_annotate', ['--threshold=100', path], { encoding: 'utf8' });
    expect(self.stderr).toBe('');
    const numbers = self.stdout.replaceAll(',', '');
    expect(numbers).toMatch(/62000000 .*PROGRAM TOTALS/);
    expect(numbers).toMatch(/25000000 .*app.py:draw/);
    expect(numbers).toMatch(/10000000 .*x.py:parse/);
    const total = spawnSync('callgrind_annotate', ['--inclusive=yes', '--threshold=100', path], {
      encoding: 'utf8',
    });
    expect(total.stdout.replaceAll(',', '')).toMatch(/22000000 .*app.py:run/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const REAL_FILES = [
  ['callgrind.example.log', { main: [20, 820], func1: [100, 400], func2: [700, 700] }],
  ['callgrind.name-compression.log', { main: [20, 820], func1: [100, 400], func2: [700, 700] }],
  ['callgrind.subposition-compression.log', { main: [20, 820], func1: [100, 400], func2: [700, 700] }],
  // In units of ten nanoseconds.
  ['callgrind.multiple-event-types.log', { main: [200, 8200], func1: [1000, 4000], func2: [7000, 7000] }],
  // Its gamma costs less than the calls of it, which share what it has.
  ['callgrind.cfn-reset.log', { alpha: [10, 40], beta: [10, 10], gamma: [10, 10], delta: [10, 15] }],
] as const;

for (const [name, expected] of REAL_FILES) {
  testSample(`real file ${name}`, `callgrind/${name}`, (path) => {
    const { table, format } = importText(readFileSync(path, 'utf8'));
    expect(format.name).toBe('callgrind');
    expect(table).toEqual(expected);
  });
}
