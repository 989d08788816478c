import { describe, expect, it } from 'vitest';
import { ordinaryPython, runVmprof, start, target, waitUntil } from './support.ts';

// `vmprof dump` as users and scripts see it. What it reads is tested on every Python in src/sampler/dump.test.ts.

const PYTHON = ordinaryPython();

async function startThreads() {
  const program = start([PYTHON, '-B', target('dump.py')]);
  await program.waitForOutput('ready');
  await waitUntil('all threads where they wait', async () => {
    const { stdout } = await runVmprof(['dump', String(program.pid), '--json', '--no-children']);
    const [{ threads }] = JSON.parse(stdout).processes;
    return threads.every(({ syscall }: { syscall: string | null }) => syscall !== null);
  });
  return program;
}

describe('dump', () => {
  it('prints every thread with its state, its stack and, if asked, its locals', async () => {
    const program = await startThreads();
    const { stdout, stderr, code } = await runVmprof(['dump', String(program.pid), '--locals']);
    expect(code, stderr).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`Process ${program.pid}: ${PYTHON} -B `);
    expect(stdout).toMatch(/^CPython 3\.\d+\.\d+\S*, 2 threads$/m);
    expect(stdout).toMatch(
      new RegExp(`^MainThread \\(${program.pid}\\): waiting in (clock_nanosleep|nanosleep|select)$`, 'm'),
    );
    expect(stdout).toMatch(/^eater \(\d+\): waiting in futex$/m);
    // Paths below the current folder are relative to it, as in all other output.
    expect(stdout).toMatch(/^ {2}eat +test\/targets\/dump\.py:9$/m);
    expect(stdout).toMatch(/^ {6}argument {2}plate {4}\['rice', 'beans'\]$/m);
    expect(stdout).toMatch(/^ {6}local {5}started {2}True$/m);
    expect(stdout).toMatch(/^ {2}descend +test\/targets\/dump\.py:16\n {6}argument {2}depth {2}0$/m);

    const plain = await runVmprof(['dump', String(program.pid)]);
    expect(plain.stdout).not.toContain('plate');
    // Recursion is told, not repeated.
    expect(plain.stdout).toMatch(
      /^ {2}descend +test\/targets\/dump\.py:15\n {2}… and 39 more calls like this$/m,
    );
  });

  it('gives scripts a stable JSON', async () => {
    const program = await startThreads();
    const { stdout } = await runVmprof(['dump', String(program.pid), '--json', '--locals']);
    const dump = JSON.parse(stdout);
    expect(Object.keys(dump)).toEqual(['schema', 'view', 'processes', 'skipped']);
    expect(dump).toMatchObject({ schema: 1, view: 'dump', skipped: [] });
    const [process] = dump.processes;
    expect(Object.keys(process)).toEqual(['pid', 'parentPid', 'command', 'runtime', 'threads']);
    expect(process).toMatchObject({ pid: program.pid, parentPid: null });
    const [main, eater] = process.threads;
    expect(main).toMatchObject({ tid: program.pid, name: 'MainThread' });
    expect(main.frames).toHaveLength(42);
    const { frames, ...rest } = eater;
    expect(rest).toEqual({
      tid: expect.any(Number),
      name: 'eater',
      systemName: expect.any(String),
      python: true,
      state: 'waiting',
      syscall: 'futex',
      holdsGil: false,
      consistent: true,
      problem: null,
    });
    expect(frames.at(-4)).toEqual({
      name: 'eat',
      kind: 'python',
      file: target('dump.py'),
      line: 9,
      locals: [
        { name: 'plate', kind: 'argument', value: "['rice', 'beans']" },
        { name: 'started', kind: 'local', value: 'True' },
      ],
    });
  });

  it('says what cannot be dumped', async () => {
    const missing = await runVmprof(['dump', '999999999']);
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    expect(missing.stderr).toMatch(/^vmprof: There is no process 999999999\..*\n$/);
    const sleeper = start(['sleep', '60']);
    const plain = await runVmprof(['dump', String(sleeper.pid)]);
    expect(plain).toMatchObject({ code: 5, stdout: '' });
    expect(plain.stderr).toMatch(/^vmprof: Process \d+ \(sleep 60\) runs no Python.*\n$/);
    expect((await runVmprof(['dump'])).code).toBe(2);
    expect((await runVmprof(['dump', 'python'])).code).toBe(2);
  });
});
