import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { skip } from '../../base/skip.testing.ts';
import { ProfileBuilder, type WeightSpec } from '../../profile/builder/profile-builder.ts';
import { NONE, type Profile, type StackIndex } from '../../profile/tables.ts';
import { exportProfile, getFormatByName, importProfile } from '../formats.ts';
import { inputOfBytes } from '../input.ts';

const ELAPSED: WeightSpec = { type: 'elapsed', unit: 'nanoseconds', scale: 1000, storage: 'float64' };

/** Three frames with lines, one of them native, on two threads, with memory. */
function buildSmall(weights: readonly number[]): Profile {
  const builder = new ProfileBuilder({ timeUnit: 1000, weights: [ELAPSED] });
  const process = builder.addProcess({ pid: 1, command: 'python a.py', runtime: 'CPython 3.11.7', start: 0 });
  const threads = [
    builder.addThread({ process, tid: 70, name: 'MainThread', start: 0 }),
    builder.addThread({ process, tid: 70, name: 'Worker', start: 0 }),
  ];
  const push = (parent: StackIndex | -1, name: string, line?: number) => {
    const kind = line === undefined ? 'native' : 'python';
    const func = builder.internFunction({
      name,
      kind,
      ...(line === undefined ? {} : { file: 'C:\\a.py', firstLine: 3 }),
    });
    return builder.internStack(
      parent,
      builder.internFrame({ function: func, ...(line === undefined ? {} : { line }) }),
    );
  };
  const main = push(NONE, 'main', 5);
  const stacks = [NONE, main, push(main, 'a::b', 7), push(main, 'std::sort')] as const;
  builder.mergeFacts({ startedAt: 1_700_000_000_000, duration: 5e6, askedRate: 100, producer: 'a test' });
  weights.forEach((weight, i) => {
    builder.addSample(i * 10, threads[i % 2], stacks[i % stacks.length], 0, weight, 0);
    builder.addCounter(process, 'resident', i * 10, (1000 + i) * 1024);
  });
  return builder.build();
}

function write(profile: Profile) {
  return exportProfile(profile, getFormatByName('prof'), { measure: 'wall', title: '', fileName: 'x.prof' });
}

test('all that the format has a place for comes back', () => {
  const { bytes, notes } = write(buildSmall([40, 40, 40, 80]));
  expect(notes).toEqual(['Left out, having no place in this format: the times of the samples.']);
  const { profile, notes: problems } = importProfile(inputOfBytes(bytes, 'x'));
  expect(problems).toEqual([]);
  // The last one weighs as much as two.
  expect(profile.samples.length).toBe(5);
  expect(profile.samples.weights).toMatchObject([{ type: 'elapsed', scale: 40_000 }]);
  expect([...profile.samples.thread]).toEqual([0, 1, 0, 1, 1]);
  expect(Array.from(profile.threads.name, (row) => profile.strings[row])).toEqual(['MainThread', 'Worker']);
  expect([...new Set(profile.frames.line)].sort()).toEqual([NONE, 5, 7]);
  expect(profile.strings).toEqual(expect.arrayContaining(['a::b', 'std::sort', 'C:\\a.py', 'python a.py']));
  expect([...profile.counters.value]).toEqual([1000, 1001, 1002, 1003].map((size) => size * 1024));
  expect(profile.facts).toMatchObject({
    startedAt: 1_700_000_000_000,
    duration: 5e6,
    askedRate: 100,
    producer: 'a test',
    command: 'python a.py',
  });
});

test('weights that would need too many samples are rounded, and the sum stays', () => {
  const { bytes, notes } = write(buildSmall([1, 1e9, 7, 3e9 + 1]));
  expect(notes.join(' ')).toMatch(/rounded to/);
  const { profile } = importProfile(inputOfBytes(bytes, 'x'));
  const [{ values, scale }] = profile.samples.weights;
  expect(profile.samples.length).toBeLessThan(70_000);
  expect(Array.from(values).reduce((sum, value) => sum + value, 0) * scale).toBeCloseTo(
    4_000_000_009_000,
    -9,
  );
});

test('what weighs less than nothing is left out, and told', () => {
  const { bytes, notes } = write(buildSmall([40, -40, 40]));
  expect(notes).toContainEqual(expect.stringMatching(/^The weights of 1 sample are below zero/));
  expect(importProfile(inputOfBytes(bytes, 'x')).profile.samples.length).toBe(2);
});

test("the original's own reader agrees", (context) => {
  const python = findVmprof();
  if (python === undefined)
    skip(context, 'there is no Python with the package vmprof (VMPROF_ORIGINAL names one)');
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-'));
  try {
    const path = join(folder, 'x.prof');
    writeFileSync(path, write(buildSmall([40, 40, 40, 80, 40])).bytes);
    const output = execFileSync(String(python), ['-c', SCRIPT, path], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      interpreter: 'cpython',
      duration: 5000,
      memory: [1000, 1001, 1002, 1003, 1003, 1004],
      threads: [70, 71, 70, 71, 71, 70],
      // Root first: a function, and the line that it executed with its sign turned.
      stacks: [
        [],
        [['py:main:3:C\u2236\\a.py', 5]],
        [
          ['py:main:3:C\u2236\\a.py', 5],
          ['py:a\u2236\u2236b:3:C\u2236\\a.py', 7],
        ],
        ...[0, 1].map(() => [
          ['py:main:3:C\u2236\\a.py', 5],
          ['n:std\u2236\u2236sort:0:-', 0],
        ]),
        [],
      ],
      tree: 'py:main:3:C\u2236\\a.py',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const SCRIPT = `
import json, sys, vmprof
stats = vmprof.read_profile(sys.argv[1])
names = dict(stats.adr_dict)
print(json.dumps({
    "interpreter": stats.interp,
    "duration": stats.get_runtime_in_microseconds(),
    "memory": [sample[3] for sample in stats.profiles],
    "threads": [sample[2] for sample in stats.profiles],
    "stacks": [[[names[i], -l] for i, l in zip(s[0][0::2], s[0][1::2])] for s in stats.profiles],
    "tree": stats.get_tree().name,
}))
`;

/** A Python that has the original vmprof. */
function findVmprof(): string | undefined {
  const candidates = [process.env.VMPROF_ORIGINAL, '.cache/vmprof/bin/python'];
  return candidates.find((python) => {
    if (python === undefined) return false;
    try {
      execFileSync(python, ['-c', 'import vmprof.reader'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}
