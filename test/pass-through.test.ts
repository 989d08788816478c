import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRecording } from '../src/profile/recording/recording-decoder.ts';
import type { Profile } from '../src/profile/tables.ts';
import {
  computeTotals,
  isAlive,
  MAIN,
  ordinaryPython,
  readRecording,
  runVmprof,
  start,
  startVmprof,
  target,
  temporaryFolder,
  waitUntil,
} from './support.ts';

// A recorded program must not notice: its streams, its exit code, its signals are its own. And however it ends, the recording
// is whole.

const PYTHON = ordinaryPython();

/** The arguments to record a target program to a file, quietly. */
function recordTo(output: string, ...command: string[]): string[] {
  return ['run', '--quiet', '-o', output, '--', ...command];
}

describe('standard streams', () => {
  it('pass through byte by byte, and nothing is added', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const input = Array.from({ length: 50_000 }, (_, line) => `line ${line} ü\n`).join('');
    const plain = await start([PYTHON, target('streams.py')], { input }).finished;
    const recorded = await runVmprof(recordTo(output, PYTHON, target('streams.py')), { input });
    expect(recorded).toEqual(plain);
    expect(recorded.stdout).toBe(input);
  });

  it('progress and the table keep out of the standard output of the program', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const { stdout } = await runVmprof(['run', '-o', output, '--', PYTHON, '-c', 'print("only this")']);
    expect(stdout).toBe('only this\n');
  });
});

describe('the end of the program', () => {
  it.each([0, 1, 3, 255])('exit code %i', async (code) => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const finished = await runVmprof(recordTo(output, PYTHON, target('end.py'), String(code)));
    expect(finished.code).toBe(code);
    const profile = readRecording(output);
    expect(profile.facts.exit).toBe(code);
    expectWork(profile);
  });

  it('an exception of the program: its own traceback, its own exit code', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const { code, stderr } = await runVmprof(recordTo(output, PYTHON, target('end.py'), 'exception'));
    expect(code).toBe(1);
    expect(stderr).toContain("ValueError: the target's own failure");
    expectWork(readRecording(output));
  });

  it('os._exit', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const { code } = await runVmprof(recordTo(output, PYTHON, target('end.py'), 'os-exit'));
    expect(code).toBe(7);
    expectWork(readRecording(output));
  });

  // Ending by the same signal is what tells a shell or a supervisor what happened.
  it.each(['SIGKILL', 'SIGTERM', 'SIGABRT', 'SIGHUP', 'SIGUSR1'] as const)('death by %s', async (signal) => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const finished = await runVmprof(recordTo(output, PYTHON, target('end.py'), signal));
    expect(finished.signal).toBe(signal);
    const profile = readRecording(output);
    expect(profile.facts.exit).toBe(signal);
    expectWork(profile);
  });

  it('a crash', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const finished = await runVmprof(recordTo(output, PYTHON, target('end.py'), 'crash'));
    expect(finished.signal).toBe('SIGSEGV');
    expectWork(readRecording(output));
  });
});

describe('signals', () => {
  it('Ctrl-C reaches the program once, and the recording is kept', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const terminal = await inTerminal('ready', '\x03', recordTo(output, PYTHON, target('signals.py')));
    expect(terminal.shown.match(/got \d+/g)).toEqual(['got 2']);
    expect(terminal.code).toBe(42);
    expect(readRecording(output).facts.exit).toBe(42);
  });

  it('a program that does not survive Ctrl-C ends as it would alone', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const { signal } = await inTerminal('ready', '\x03', recordTo(output, PYTHON, target('spin.py')));
    // Python ends by the signal itself since 3.8.
    expect(signal).toBe(2);
    readRecording(output);
  });

  it('SIGINT to vmprof alone reaches the program, and the recording is kept', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const vmprof = startVmprof(recordTo(output, PYTHON, target('signals.py')));
    await vmprof.waitForOutput('ready');
    vmprof.kill('SIGINT');
    const { code, stdout } = await vmprof.finished;
    expect(stdout).toBe('ready\ngot 2\n');
    expect(code).toBe(42);
    readRecording(output);
  });

  it('SIGTERM to vmprof alone reaches the program, and the recording is kept', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const vmprof = startVmprof(recordTo(output, PYTHON, target('signals.py')));
    await vmprof.waitForOutput('ready');
    vmprof.kill('SIGTERM');
    const { code, stdout } = await vmprof.finished;
    expect(stdout).toBe('ready\ngot 15\n');
    expect(code).toBe(55);
    readRecording(output);
  });

  it('kill -9 of vmprof leaves the program running and the file readable', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const vmprof = startVmprof(recordTo(output, PYTHON, target('spin.py')));
    await vmprof.waitForOutput('ready');
    await waitUntil('two chunks of samples in the file', () => countSamples(output) > 100);
    const pid = readPid(output);
    vmprof.kill('SIGKILL');
    await vmprof.exited;
    expect(isAlive(pid)).toBe(true);
    const before = cpuTicksOf(pid);
    await waitUntil('the program using more CPU', () => cpuTicksOf(pid) > before);
    const { profile, isComplete } = parseRecording(readFileSync(output));
    expect(isComplete).toBe(false);
    expect(computeTotals(profile).get('work')?.samples).toBeGreaterThan(50);
    process.kill(pid, 'SIGKILL');
  });
});

/** Runs vmprof in a terminal, types the keys once a text is shown, and tells how it ended. */
async function inTerminal(
  awaited: string,
  keys: string,
  args: readonly string[],
): Promise<{ shown: string; code: number | null; signal: number | null }> {
  const script = join(import.meta.dirname, 'terminal.py');
  const { stdout } = await start([PYTHON, script, awaited, keys, process.execPath, MAIN, ...args]).finished;
  return JSON.parse(stdout);
}

/** The work takes 0.3 s: 30 samples, fewer on a busy machine. */
function expectWork(profile: Profile): void {
  expect(computeTotals(profile).get('work')?.samples).toBeGreaterThan(2);
}

function countSamples(path: string): number {
  try {
    return parseRecording(readFileSync(path)).profile.samples.length;
  } catch {
    return 0;
  }
}

function readPid(path: string): number {
  return parseRecording(readFileSync(path)).profile.processes.pid[0];
}

/** User time of a process, in clock ticks. */
function cpuTicksOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[11]);
}
