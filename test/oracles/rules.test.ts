import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ProfileBuilder } from '../../src/profile/builder/profile-builder.ts';
import { NONE, type Profile, type StackIndex } from '../../src/profile/tables.ts';
import { isSince, placeFor, type TestPython } from '../pythons.ts';
import { describeEachPython } from '../support.ts';
import { checkOracle, type OracleRules } from './check.ts';
import { ORACLES } from './rules.ts';

// The rules judge the recorder, so they are judged first: they must allow every stack that Python itself reports,
// and must refuse the same stacks with one frame missing.

type PythonFrame = readonly [file: string, name: string, firstLine: number, line: number];
type TracedStack = readonly [thread: string, ...frames: PythonFrame[]];

const FOLDER = import.meta.dirname;

// First lines and the lines of calls are counted in three ways: up to 3.7, up to 3.10, and since. With the newest, enough.
const versions = { since: [2, 7], minors: [6, 7, 9, 11, 15] } as const;

describeEachPython('rules of the oracles against Python tracing itself', versions, (python) => {
  for (const oracle of ORACLES.filter(({ since }) => isSince(python, since))) {
    it(oracle.name, () => {
      const source = readFileSync(join(FOLDER, `${oracle.name}.py`), 'utf8');
      const stacks = traceStacks(python, oracle);
      expect(stacks.length).toBeGreaterThan(5);
      expect(checkOracle(profileOf(stacks), oracle, source).impossible).toEqual([]);
      const damaged = stacks.flatMap((stack) => withoutInnerFrame(stack, oracle));
      expect(damaged.length).toBeGreaterThan(0);
      const refused = checkOracle(profileOf(damaged), oracle, source).impossible;
      expect(refused.reduce((sum, { count }) => sum + count, 0)).toBe(damaged.length);
    });
  }
});

function traceStacks(python: TestPython, oracle: OracleRules): TracedStack[] {
  const place = placeFor(python, FOLDER);
  try {
    // Deep stacks are slow to walk, and soon all seen.
    const quietEvents = oracle.name.startsWith('deep') ? 1000 : 5000;
    const [file, ...args] = [...python.command, '-B', join(place.path, 'trace_stacks.py')];
    const output = execFileSync(file, [...args, join(place.path, `${oracle.name}.py`), `${quietEvents}`], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const lines = output.split('\n').filter((line) => line.startsWith('['));
    return lines.map((line) => JSON.parse(line));
  } finally {
    place.remove();
  }
}

function profileOf(stacks: readonly TracedStack[]): Profile {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'oracle', start: 0 });
  for (const [threadName, ...frames] of stacks) {
    const thread = builder.addThread({ process, tid: 1, name: threadName, start: 0 });
    let stack: StackIndex | typeof NONE = NONE;
    for (const [file, name, firstLine, line] of frames) {
      const row = builder.internFunction({ name, file, firstLine, kind: 'python' });
      stack = builder.internStack(stack, builder.internFrame({ function: row, line, tier: 'interpreted' }));
    }
    builder.addSample(0, thread, stack, 0, 1, 1);
  }
  return builder.build();
}

/** The stack without the frame above its innermost, where both are functions of the oracle. */
function withoutInnerFrame(stack: TracedStack, oracle: OracleRules): TracedStack[] {
  const [thread, ...frames] = stack;
  const inner = frames.slice(-2);
  const isOwn = inner.every(
    ([file, name]) =>
      name !== '<module>' && (/^gen\d\d\.py$/.test(file) || file.endsWith(`/${oracle.name}.py`)),
  );
  return isOwn && frames.length > 2 ? [[thread, ...frames.slice(0, -2), frames[frames.length - 1]]] : [];
}
