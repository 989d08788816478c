// What whole-program tests share: starting vmprof and targets, waiting for conditions, folders that go away, recordings read back.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it, onTestFinished } from 'vitest';
import { skip } from '../src/base/skip.testing.ts';
import { parseRecording } from '../src/profile/recording/recording-decoder.ts';
import { NONE, type Profile } from '../src/profile/tables.ts';
import { findPythons, isSince, type TestPython } from './pythons.ts';

export const TARGETS = join(import.meta.dirname, 'targets');
/** The program under test. VMPROF_TEST_MAIN names another one, for example an installed package's. */
export const MAIN = process.env.VMPROF_TEST_MAIN ?? join(import.meta.dirname, '../dist/cli/main.js');

/** A path of a target program of the tests. */
export function target(name: string): string {
  return join(TARGETS, name);
}

/**
 * A group of tests for every Python of this machine from a version on; one skipped test where there is none. `minors` names
 * the versions that suffice, when some of them are here.
 */
export function describeEachPython(
  title: string,
  options: { since: readonly [number, number]; minors?: readonly number[] },
  body: (python: TestPython) => void,
): void {
  const { since, minors = [] } = options;
  const able = findPythons().filter((python) => isSince(python, since));
  const wanted = able.filter(({ version: [, minor] }) => minors.includes(minor));
  for (const python of wanted.length > 0 ? wanted : able) {
    describe(`${title}: Python ${python.name}`, () => body(python));
  }
  if (able.length === 0) {
    it(title, (context) => skip(context, `there is no Python ${since.join('.')} or newer here`));
  }
}

/** The Python for tests that need no special one: of this system, and common. */
export function ordinaryPython(): string {
  const here = findPythons().filter(({ root, version }) => root === undefined && version[0] === 3);
  const [python] = here.sort((a, b) => Math.abs(a.version[1] - 11) - Math.abs(b.version[1] - 11));
  return python?.command[0] ?? 'python3';
}

export interface Finished {
  /** Exit code; null after a death by signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; empty by default. */
  readonly input?: string | Uint8Array;
}

/** A program in a process group of its own, which is killed when the test ends. */
export class Running {
  readonly pid: number;
  /** The program has ended and its output is closed, by its children too. */
  readonly finished: Promise<Finished>;
  /** The program itself has ended. */
  readonly exited: Promise<void>;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess) {
    if (child.pid === undefined) throw new Error(`cannot start ${child.spawnfile}`);
    this.pid = child.pid;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.exited = new Promise((resolve) => {
      child.on('exit', () => resolve());
    });
    this.finished = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until the program has written this to standard output. */
  async waitForOutput(text: string): Promise<void> {
    await waitUntil(`"${text}" on standard output`, () => this.#stdout.includes(text));
  }

  /** Sends a signal to the program alone. */
  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Sends a signal to all processes of its group, as a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }
}

/** Starts a program. */
export function start(command: readonly string[], options: StartOptions = {}): Running {
  const [file, ...args] = command;
  const child = spawn(file, args, {
    detached: true,
    cwd: options.cwd,
    // What Python writes comes as it does by default.
    env: { ...process.env, PYTHONUNBUFFERED: '', ...options.env },
  });
  const running = new Running(child);
  onTestFinished(() => {
    try {
      running.killGroup('SIGKILL');
    } catch {
      // All of them have ended.
    }
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return running;
}

const CACHE = join(tmpdir(), `vmprof-test-cache-${process.pid}`);
afterAll(() => rmSync(CACHE, { recursive: true, force: true }));

/** Starts vmprof as it was built, with a cache that the tests of one file share. */
export function startVmprof(args: readonly string[], options: StartOptions = {}): Running {
  // What earlier versions have left in the user's cache is not under test.
  const env = { XDG_CACHE_HOME: CACHE, ...options.env };
  return start([process.execPath, MAIN, ...args], { ...options, env });
}

/** Runs vmprof to its end. */
export function runVmprof(args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  return startVmprof(args, options).finished;
}

/** Waits for a condition, looking often; fails after 20 seconds. */
export async function waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited 20 s in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a process exists and has not died. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A folder of its own for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A recording that must be there, whole and undamaged. */
export function readRecording(path: string): Profile {
  if (!existsSync(path)) throw new Error(`there is no recording ${path}`);
  const { profile, damage, isComplete } = parseRecording(readFileSync(path));
  if (damage !== undefined) throw new Error(`${path} is damaged at ${damage.offset}: ${damage.reason}`);
  if (!isComplete) throw new Error(`${path} has no end`);
  return profile;
}

/**
 * A recording of a running program that holds enough: made again and for longer until it does, as a busy machine lets neither
 * the program nor the recorder do much in a second.
 */
export async function attachUntil(
  pid: number,
  options: readonly string[],
  holdsEnough: (profile: Profile) => boolean,
): Promise<Profile> {
  const output = join(temporaryFolder(), 'attached.vmprof');
  for (let seconds = 0.5; seconds < 30; seconds *= 2) {
    const args = ['attach', '--quiet', '--duration', String(seconds), ...options, '-o', output, String(pid)];
    const { code, stderr } = await runVmprof(args);
    if (code !== 0 || stderr !== '') throw new Error(`vmprof ended with ${code}: ${stderr}`);
    const profile = readRecording(output);
    if (holdsEnough(profile)) return profile;
  }
  throw new Error(`attaching to process ${pid} did not give what the test waits for`);
}

/** The functions of a stack by name, outermost first. */
export function namesOfStack(profile: Profile, stack: number): string[] {
  const names: string[] = [];
  for (let row = stack; row !== NONE; row = profile.stacks.parent[row]) {
    names.push(profile.strings[profile.functions.name[profile.frames.function[profile.stacks.frame[row]]]]);
  }
  return names.reverse();
}

/** Sum of a column of weights, in its unit. */
export function sumOfWeights(profile: Profile, type: string): number {
  const column = profile.samples.weights.find((candidate) => candidate.type === type);
  if (column === undefined) throw new Error(`no weights of type ${type}`);
  let sum = 0;
  for (const value of column.values) sum += value;
  return sum * column.scale;
}

/** CPU time and number of samples by function name, counted where the function is anywhere in the stack; once a sample. */
export function computeTotals(profile: Profile): Map<string, { samples: number; share: number }> {
  const [, { values }] = profile.samples.weights;
  const totals = new Map<string, { samples: number; share: number }>();
  let sum = 0;
  for (let sample = 0; sample < profile.samples.length; sample++) sum += values[sample];
  for (let sample = 0; sample < profile.samples.length; sample++) {
    for (const name of new Set(namesOfStack(profile, profile.samples.stack[sample]))) {
      const before = totals.get(name) ?? { samples: 0, share: 0 };
      totals.set(name, { samples: before.samples + 1, share: before.share + values[sample] / sum });
    }
  }
  return totals;
}

/** Distinct names of functions in the samples of one thread or process. */
export function functionsSeen(
  profile: Profile,
  isWanted: (thread: number) => boolean = () => true,
): Set<string> {
  const seen = new Set<string>();
  for (let sample = 0; sample < profile.samples.length; sample++) {
    if (!isWanted(profile.samples.thread[sample])) continue;
    for (const name of namesOfStack(profile, profile.samples.stack[sample])) seen.add(name);
  }
  return seen;
}
