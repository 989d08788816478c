import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ProfilerError } from '../../base/errors.ts';
import { computeFunctionCosts } from '../../profile/costs/function-costs.ts';
import { formatStack } from '../../profile/stack-text.ts';
import { FUNCTION_KINDS, type Profile, type StackIndex } from '../../profile/tables.ts';
import { assertValidProfile } from '../../profile/valid-profile.testing.ts';
import { importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';
import { testSample } from '../samples.testing.ts';

function importText(text: string) {
  const imported = importProfile(inputOfBytes(new TextEncoder().encode(text), 'x'));
  expect(imported.format.name).toBe('perf-script');
  assertValidProfile(imported.profile);
  return imported;
}

/** `time thread stack weight…` of every sample. */
function toLines({ samples, threads, strings, ...rest }: Profile): string[] {
  return Array.from({ length: samples.length }, (_, row) => {
    const thread = strings[threads.name[samples.thread[row]]];
    const weights = samples.weights.map((column) => column.values[row]).join(' ');
    const stack = formatStack({ samples, threads, strings, ...rest }, samples.stack[row] as StackIndex);
    return `${samples.time[row]} ${thread} ${stack} ${weights}`;
  });
}

const TWO = `
# ========
app 7 Web 100/101 [003] 5.000200:     250 cycles:u:
\t    ffffffff81000010 do_syscall_64+0x10 ([kernel.kallsyms])
\t          1040 operator()(int) const+0x4 (/opt/my app (1)/server (deleted))

:-1 100/100 d..1 5.000100:     99 instructions: \x20
\t          2000 inner (inlined)
  inner.c:12
\t          2000 outer (inlined)
  outer.c:3
\t          2000 main+0x20 (/bin/app)
  main.c:99
`;

test('headers, stacks, inlined functions, source lines, events', () => {
  const { profile, notes } = importText(TWO);
  expect(toLines(profile)).toEqual([
    '0 :-1 main;outer;inner 0 99',
    '100 app 7 Web operator()(int) const;do_syscall_64 250 0',
  ]);
  expect(profile.samples.weights.map((column) => column.type)).toEqual(['cycles:u', 'instructions']);
  expect(notes).toEqual(['Left out: the CPU that each sample was taken on.']);
  const { functions, frames, mappings, strings } = profile;
  const described = Array.from(frames.function, (row, frame) => [
    strings[functions.name[row]],
    FUNCTION_KINDS[functions.kind[row]],
    strings[functions.file[row]],
    strings[mappings.file[frames.mapping[frame]]],
    frames.inlineDepth[frame],
    frames.line[frame],
    frames.address[frame],
  ]);
  const server = '/opt/my app (1)/server (deleted)';
  expect(described).toEqual([
    ['operator()(int) const', 'native', server, server, 0, -1, 0x1040],
    [
      'do_syscall_64',
      'kernel',
      '[kernel.kallsyms]',
      '[kernel.kallsyms]',
      0,
      -1,
      Number('0xffffffff81000010'),
    ],
    ['main', 'native', 'main.c', '/bin/app', 0, 99, 0x2000],
    ['outer', 'native', 'outer.c', '/bin/app', 1, 3, 0x2000],
    ['inner', 'native', 'inner.c', '/bin/app', 2, 12, 0x2000],
  ]);
  expect(Array.from(profile.threads.tid)).toEqual([101, 100]);
  expect(Array.from(profile.processes.pid)).toEqual([100]);
});

test('samples without stacks, without periods, and clocks', () => {
  const { profile, notes } = importText(
    'a 1 1.5: cpu-clock:  401000 main+0x3 (/bin/a)\na 1 1.6: cpu-clock:  [unknown]\n',
  );
  expect(toLines(profile)).toEqual(['0 a main 1', '100000 a  1']);
  expect(profile.samples.weights[0].type).toBe('samples');
  expect(notes).toEqual(['The file tells threads, but not their processes: they stand in one.']);
  const clock = importText('a 1/1 1.5: 1000 task-clock:ppp: \n\t 10 f (/bin/a)\n').profile.samples.weights[0];
  expect([clock.type, clock.unit, clock.values[0]]).toEqual(['task-clock:ppp', 'nanoseconds', 1000]);
});

test('code of virtual machines', () => {
  const { profile } = importText(`node 1/1 1.5: 1 cycles:
\t 10 LazyCompile:*parse /srv/app.js:12:3 (/tmp/perf-1.map)
\t 11 py::Server.run:/srv/app.py (/tmp/perf-1.map)
\t 12 stub (/tmp/perf-1.map)
\t 13 f ([ext4])
\t 14 [unknown] ([unknown])
`);
  const { functions, strings } = profile;
  const rows = Array.from(functions.name, (name, row) => [
    strings[name],
    FUNCTION_KINDS[functions.kind[row]],
    strings[functions.file[row]],
    functions.firstLine[row],
  ]);
  expect(rows).toEqual([
    ['[unknown]', 'native', undefined, -1],
    ['f', 'kernel', '[ext4]', -1],
    ['stub', 'jit', '/tmp/perf-1.map', -1],
    ['Server.run', 'python', '/srv/app.py', -1],
    ['parse', 'javascript', '/srv/app.js', 12],
  ]);
});

test('many events share the last column', () => {
  const text = Array.from({ length: 40 }, (_, i) => `a 1/1 1.${100 + i}: sys:e${i}: x=1\n`).join('');
  const { profile, notes } = importText(text);
  expect(profile.samples.weights).toHaveLength(17);
  expect(profile.samples.weights[16].type).toBe('other events');
  const sums = profile.samples.weights.map(({ values }) =>
    [...values].reduce((sum, value) => sum + value, 0),
  );
  expect(sums).toEqual([...Array(16).fill(1), 24]);
  expect(notes.at(-1)).toContain('40 events');
});

test('deep stacks, lines of noise and cut files', () => {
  const deep = `a 1/1 1.5: 1 cycles:\n${'\t 10 f (/a)\n'.repeat(100_000)}noise\n`;
  const { profile, notes } = importText(deep);
  expect(profile.stacks.length).toBe(100_000);
  expect(notes).toEqual(['1 line was not understood: line 100002: noise']);
  for (let end = 1; end < TWO.length; end++) {
    try {
      const bytes = new TextEncoder().encode(TWO.slice(0, end));
      assertValidProfile(importProfile(inputOfBytes(bytes, 'x.perf')).profile);
    } catch (error) {
      expect(error).toBeInstanceOf(ProfilerError);
    }
  }
});

const REAL_FILES: readonly (readonly [string, number | undefined, number | undefined])[] = [
  ['one-sample', 1, 1001001],
  ['simple-with-pid', undefined, undefined],
  ['forks', 561, 561 * 1001001],
  ['rust-mangled', undefined, undefined],
];

function checkFile(path: string, count: number | undefined, sum: number | undefined): void {
  const text = readFileSync(path, 'utf8');
  const { profile } = importText(text);
  const headers = text.split('\n').filter((line) => /^\S/.test(line)).length;
  expect(profile.samples.length).toBe(count ?? headers);
  if (sum !== undefined) expect(computeFunctionCosts(profile, 'wall').sum).toBe(sum);
  expect(profile.functions.length).toBeGreaterThan(3);
}

for (const [name, count, sum] of REAL_FILES) {
  testSample(`real file ${name}`, `perf-script/${name}.linux-perf.txt`, (path) =>
    checkFile(path, count, sum),
  );
}
