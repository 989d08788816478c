import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { computeEffectiveSamples, computeShareError } from '../src/profile/statistics.ts';
import {
  FUNCTION_KINDS,
  NONE,
  type Profile,
  SAMPLE_STATES,
  STATE_HOLDS_GIL,
  STATE_MASK,
} from '../src/profile/tables.ts';
import { isSince, placeFor, type TestPython } from './pythons.ts';
import {
  attachUntil,
  computeTotals,
  describeEachPython,
  namesOfStack,
  readRecording,
  runVmprof,
  start,
  sumOfWeights,
  TARGETS,
  temporaryFolder,
} from './support.ts';

const PYTHON_KIND = FUNCTION_KINDS.indexOf('python');

// What a recording says about real programs, on every Python: who was busy, by how much, where, in which thread, in which state.

describeEachPython('recording', { since: [2, 7] }, (python) => {
  it('finds the shares of two busy functions, their lines and the version', async () => {
    const { profile, stdout } = await record(python, ['spin.py', '1.5'], { rate: 500 });
    const totals = computeTotals(profile);
    const [heavy, light] = [totals.get('heavy'), totals.get('light')];
    expect(heavy?.samples).toBeGreaterThan(100);
    const share = (heavy?.share ?? 0) / ((heavy?.share ?? 0) + (light?.share ?? 0));
    // Four standard errors, about 0.02 each, or more where a busy machine made samples few and of unequal weight.
    const error = computeShareError(0.75, computeEffectiveSamples(profile.samples.weights[1].values));
    expect(Math.abs(share - 0.75)).toBeLessThan(0.02 + 4 * error);
    expect([16, 17]).toEqual(expect.arrayContaining([...linesOf(profile, 'heavy').keys()]));
    expect(linesOf(profile, 'heavy').get(17)).toBeGreaterThan(50);
    expect(linesOf(profile, 'light').get(13)).toBeGreaterThan(10);
    expect(profile.strings[profile.processes.runtime[0]]).toContain(`CPython ${python.version.join('.')}.`);
    // The kernel counts the same CPU time for the program itself, in steps of 10 ms.
    const ownCpu = Number(/cpu (\S+)/.exec(stdout)?.[1]) * 1e9;
    expect(Math.abs(sumOfWeights(profile, 'cpu') - ownCpu)).toBeLessThan(0.1e9);
    const elapsed = sumOfWeights(profile, 'elapsed');
    expect(elapsed).toBeGreaterThan(1.4e9);
    expect(elapsed).toBeLessThanOrEqual((profile.facts.duration ?? 0) * 1.001);
  });

  it('names threads and tells what each was doing', async () => {
    const { profile } = await record(python, ['threads.py', '1.5'], { rate: 200 });
    const threads = statesByThread(profile);
    expect([...threads.keys()].sort()).toEqual(
      ['MainThread', 'computer', 'sleeper', 'locked out', 'Größe-線程-🐍'].sort(),
    );
    for (const name of ['sleeper', 'locked out']) {
      expect(shareOf(threads, name, ['waiting']), name).toBeGreaterThan(0.8);
    }
    // The main thread starts Python before it waits.
    expect(shareOf(threads, 'MainThread', ['waiting'])).toBeGreaterThan(0.5);
    // Before 3.7 the interpreter does not say where its lock is: waiting for it is waiting.
    const isLockKnown = isSince(python, [3, 7]);
    const busyStates = ['running', 'runnable', isLockKnown ? 'waiting-gil' : 'waiting'];
    for (const name of ['computer', 'Größe-線程-🐍']) {
      expect(shareOf(threads, name, busyStates), name).toBeGreaterThan(0.8);
    }
    // Only threads that run are ever stopped: looking at one that waits does not disturb it.
    const waiting = SAMPLE_STATES.indexOf('waiting');
    const awake = profile.samples.state.filter((bits) => (bits & STATE_MASK) < waiting).length;
    expect(profile.facts.stoppedSamples).toBeLessThanOrEqual(awake * 1.1 + 10);
    expect(threads.get('sleeper')?.functions).toContain('sleep_long');
    expect(threads.get('computer')?.functions).toContain('compute');
    expect(threads.get('computer')?.functions).not.toContain('compute_elsewhere');
    if (python.isFreeThreaded) return;
    // Two threads want the interpreter lock all the time: each has it for about half of it, and never both at once.
    const holders = ['computer', 'Größe-線程-🐍'].map((name) => threads.get(name));
    const held = holders.map((thread) => (thread?.holdsGil ?? 0) / (thread?.samples ?? 1));
    // On a busy machine the lock is free while the thread that is to get it waits for a CPU.
    expect(held[0] + held[1]).toBeGreaterThan(0.2);
    expect(held[0] + held[1]).toBeLessThan(1.25);
    expect(Math.min(...held)).toBeGreaterThan(0.04);
  });

  it('reads function names of every kind and length', async (context) => {
    if (python.version[0] > 2) {
      const { profile } = await record(python, ['unicode.py', '2.4'], { rate: 200 });
      const seen = new Set(computeTotals(profile).keys());
      expect(seen).toContain('ändern');
      expect(seen).toContain('функция');
      // The parser brings names to normal form.
      expect(seen).toContain('func');
      expect(seen).toContain(python.version[1] >= 8 ? 'snake_🐍' : 'f');
      expect(filesOf(profile)).toContain('ünï-💩.py');
    }
    const { profile } = await record(python, ['long_names.py', '2'], { rate: 200 });
    const seen = [...computeTotals(profile).keys()].filter((name) => name.startsWith('long_long_'));
    expect(seen.map((name) => name.slice(6000)).sort(), context.task.name).toEqual(['first', 'second']);
    expect(filesOf(profile)).toContain(`${'x'.repeat(5000)}.py`);
  });

  it('finds the lines of a very long function, and carries its source if it is to', async () => {
    const flags = ['--embed-sources'];
    const { profile } = await record(python, ['big_function.py', '1.2'], { rate: 200, flags });
    const [, source] = [...(profile.sources ?? [])].find(([file]) => file.endsWith('big_function.py')) ?? [];
    // A program in another root names files of that one.
    if (python.root === undefined) {
      expect(source).toBe(readFileSync(join(TARGETS, 'big_function.py'), 'utf8'));
    }
    const lines = linesOf(profile, 'big');
    // The other lines take microseconds all together; on a busy machine the program may stand still at one of them for a while.
    const hottest = [...lines].sort(([, a], [, b]) => b - a).slice(0, 3);
    expect(hottest.map(([line]) => line).sort((a, b) => a - b)).toEqual([3, 10_003, 20_003]);
    for (const [, count] of hottest) expect(count).toBeGreaterThan(10);
  });
});

describeEachPython('qualified names', { since: [3, 11] }, (python) => {
  it('has them where the version has them', async () => {
    const { profile } = await record(python, ['unicode.py', '0.8'], { rate: 200 });
    const qualified = [...profile.functions.qualifiedName].filter((row) => row !== NONE);
    expect(qualified.map((row) => profile.strings[row])).toContain('Größe.ändern');
  });
});

describeEachPython('sub-interpreters', { since: [3, 8] }, (python) => {
  it('records the threads of all interpreters', async () => {
    const { profile } = await record(python, ['subinterpreters.py', '0.7'], { rate: 200 });
    const threads = statesByThread(profile);
    expect(threads.get('MainThread')?.functions).toContain('outside');
    expect(threads.get('guest')?.functions).toContain('inside');
    expect(threads.get('guest')?.functions).not.toContain('outside');
  });

  it('calls threads as the oldest interpreter does', async () => {
    const place = placeFor(python, join(TARGETS, 'subinterpreters.py'));
    const program = start([...python.command, '-B', place.path, '30']);
    await program.waitForOutput('ready');
    const { stdout } = await runVmprof(['dump', String(program.pid)]);
    expect(stdout).toMatch(/^guest \(\d+\)/m);
    const hasSeenBoth = (profile: Profile) => (statesByThread(profile).get('guest')?.samples ?? 0) > 10;
    const profile = await attachUntil(program.pid, ['--rate', '200'], hasSeenBoth);
    place.remove();
    expect([...statesByThread(profile).keys()].sort()).toEqual(['MainThread', 'guest']);
  });
});

async function record(
  python: TestPython,
  [name, ...args]: readonly string[],
  { rate, flags = [] }: { rate: number; flags?: readonly string[] },
): Promise<{ profile: Profile; stdout: string }> {
  const place = placeFor(python, TARGETS);
  onTestFinished(place.remove);
  const output = join(temporaryFolder(), 'out.vmprof');
  const command = [...python.command, '-B', join(place.path, name), ...args];
  const { code, stdout, stderr } = await runVmprof([
    'run',
    '--rate',
    String(rate),
    '--quiet',
    ...flags,
    '-o',
    output,
    '--',
    ...command,
  ]);
  expect(code, stderr).toBe(0);
  return { profile: readRecording(output), stdout };
}

/** Samples by the line that the function was on. */
function linesOf(profile: Profile, functionName: string): Map<number, number> {
  const lines = new Map<number, number>();
  for (const stack of profile.samples.stack) {
    for (let row = stack; row !== NONE; row = profile.stacks.parent[row]) {
      const frame = profile.stacks.frame[row];
      if (profile.strings[profile.functions.name[profile.frames.function[frame]]] !== functionName) continue;
      const line = profile.frames.line[frame];
      lines.set(line, (lines.get(line) ?? 0) + 1);
    }
  }
  return lines;
}

function filesOf(profile: Profile): string[] {
  return [...profile.functions.file].filter((row) => row !== NONE).map((row) => profile.strings[row]);
}

/** Whether the outermost function is Python's: the innermost may be a system call. */
function isPython(profile: Profile, stack: number): boolean {
  let outermost = stack;
  while (profile.stacks.parent[outermost] !== NONE) outermost = profile.stacks.parent[outermost];
  return profile.functions.kind[profile.frames.function[profile.stacks.frame[outermost]]] === PYTHON_KIND;
}

interface ThreadStates {
  samples: number;
  holdsGil: number;
  readonly states: Map<string, number>;
  readonly functions: Set<string>;
}

function statesByThread(profile: Profile): Map<string, ThreadStates> {
  const threads = new Map<string, ThreadStates>();
  for (let sample = 0; sample < profile.samples.length; sample++) {
    // Before the interpreter is there, and after, the thread has another name and runs no Python.
    const stack = profile.samples.stack[sample];
    if (stack === NONE || !isPython(profile, stack)) continue;
    const name = profile.strings[profile.threads.name[profile.samples.thread[sample]]] ?? '';
    const thread = threads.get(name) ?? { samples: 0, holdsGil: 0, states: new Map(), functions: new Set() };
    threads.set(name, thread);
    const bits = profile.samples.state[sample];
    const state = SAMPLE_STATES[bits & STATE_MASK];
    thread.samples++;
    if ((bits & STATE_HOLDS_GIL) !== 0) thread.holdsGil++;
    thread.states.set(state, (thread.states.get(state) ?? 0) + 1);
    for (const functionName of namesOfStack(profile, stack)) thread.functions.add(functionName);
  }
  return threads;
}

function shareOf(threads: Map<string, ThreadStates>, name: string, states: readonly string[]): number {
  const thread = threads.get(name);
  if (thread === undefined) return 0;
  return states.reduce((sum, state) => sum + (thread.states.get(state) ?? 0), 0) / thread.samples;
}
