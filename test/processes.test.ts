import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NONE, type Profile } from '../src/profile/tables.ts';
import {
  functionsSeen,
  ordinaryPython,
  readRecording,
  runVmprof,
  sumOfWeights,
  target,
  temporaryFolder,
} from './support.ts';

// The whole tree of processes: as it forks and execs, with programs that are not Python in it.

const PYTHON = ordinaryPython();

describe('process tree', () => {
  it('forked children have samples of their own', async () => {
    const profile = await record([], PYTHON, target('fork.py'), '0.8');
    const works = seenByProcess(profile);
    expect(works).toHaveLength(3);
    expect(works[0]).toContain('parent');
    expect(works[0]).not.toContain('first_child');
    const children = works
      .slice(1)
      .map((seen) => ['first_child', 'second_child'].filter((name) => seen.has(name)));
    expect(children.sort()).toEqual([['first_child'], ['second_child']]);
    expect([...profile.processes.parent]).toEqual([NONE, 0, 0]);
  });

  it('--no-children records the program alone', async () => {
    const profile = await record(['--no-children'], PYTHON, target('fork.py'), '0.5');
    expect(profile.processes.length).toBe(1);
    expect([...functionsSeen(profile)]).not.toContain('first_child');
  });

  it.each(['fork', 'spawn', 'forkserver'])('multiprocessing by %s', async (method) => {
    const profile = await record([], PYTHON, target('pool.py'), '1.5', method);
    const busy = seenByProcess(profile).filter((seen) => seen.has('crunch'));
    expect(busy).toHaveLength(2);
  });

  it('a shell that starts Python later', async () => {
    const profile = await record([], target('late_python.sh'), target('spin.py'), '0.8', PYTHON);
    const [shell, ...children] = seenByProcess(profile);
    expect(shell).not.toContain('heavy');
    expect(children.filter((seen) => seen.has('heavy'))).toHaveLength(1);
    expect(profile.processes.runtime[0]).toBe(NONE);
  });

  it('a shell that becomes Python', async () => {
    const profile = await record(
      [],
      'sh',
      '-c',
      `sleep 0.3; exec "$0" "$@"`,
      PYTHON,
      target('spin.py'),
      '0.8',
    );
    expect(profile.strings[profile.processes.runtime[0]]).toContain('CPython');
    expect([...functionsSeen(profile)]).toContain('heavy');
    expect(profile.strings[profile.processes.command[0]]).toContain('spin.py');
  });

  it('many children that end at once, and a program that goes on unharmed', async () => {
    const output = join(temporaryFolder(), 'out.vmprof');
    const command = [PYTHON, target('short_children.py'), '60'];
    const finished = await runVmprof(['run', '--quiet', '-o', output, '--', ...command]);
    expect(finished).toMatchObject({ code: 0, stdout: 'done\n', stderr: '' });
    expect([...functionsSeen(readRecording(output))]).toContain('main');
  });

  it('a zombie child does not matter', async () => {
    const profile = await record([], PYTHON, target('zombie.py'), '0.6');
    expect([...functionsSeen(profile)]).toContain('outlive');
  });

  it('a program that is not Python is recorded as a process with CPU and memory', async () => {
    const script = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done';
    const profile = await record([], 'sh', '-c', script);
    expect(profile.processes.length).toBe(1);
    expect(profile.processes.runtime[0]).toBe(NONE);
    expect(sumOfWeights(profile, 'cpu')).toBeGreaterThan(0.05e9);
    const resident = [...profile.counters.value].filter(
      (_, row) => profile.strings[profile.counters.name[row]] === 'resident',
    );
    expect(Math.max(...resident)).toBeGreaterThan(200_000);
  });

  it('resident memory rises, peaks and falls with the program', async () => {
    const profile = await record([], PYTHON, target('memory.py'));
    const rows = [...profile.counters.name.keys()].filter(
      (row) => profile.strings[profile.counters.name[row]] === 'resident',
    );
    const values = rows.map((row) => profile.counters.value[row]);
    const peak = Math.max(...values);
    expect(peak).toBeGreaterThan(200e6);
    expect(peak).toBeLessThan(300e6);
    expect(values.filter((value) => value > 50e6 && value < 150e6).length).toBeGreaterThan(2);
    expect(values.at(-1)).toBeLessThan(60e6);
  });
});

async function record(options: readonly string[], ...command: string[]): Promise<Profile> {
  const output = join(temporaryFolder(), 'out.vmprof');
  const finished = await runVmprof(['run', '--quiet', ...options, '-o', output, '--', ...command]);
  expect(finished.code, finished.stderr).toBe(0);
  return readRecording(output);
}

/** Functions that each process was seen in, in the order of the processes. */
function seenByProcess(profile: Profile): Set<string>[] {
  return [...profile.processes.pid.keys()].map((row) =>
    functionsSeen(profile, (thread) => profile.threads.process[thread] === row),
  );
}
