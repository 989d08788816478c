import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { skip } from '../../base/skip.testing.ts';
import { launch, pollExit } from './launch.ts';
import { ThreadStopper } from './thread-stop.ts';

// Launched by ourselves, because Node would take a stop for the end: docs/decisions/001-launch-by-posix-spawn.md.

const started: number[] = [];

afterEach(() => {
  for (const pid of started.splice(0)) {
    process.kill(pid, 'SIGKILL');
    while (pollExit(pid) === undefined);
  }
});

function start(script: string): number {
  const pid = launch(['/bin/sh', '-c', script], 'discard');
  started.push(pid);
  return pid;
}

/** Stops a thread that a busy machine may not let come to its stop in time: then once more. */
function stopAtLast(stopper: ThreadStopper, pid: number, whileStopped: () => void): string {
  for (;;) {
    const result = stopper.stop(pid, whileStopped);
    if (result !== 'busy' && result !== 'still-busy') return result;
    stopper.release();
  }
}

function stateOf(pid: number): string {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? '?';
}

function catchesSignal10(pid: number): boolean {
  const mask = /SigCgt:\s*(\S+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return ((BigInt(`0x${mask}`) >> 9n) & 1n) === 1n;
}

it('stops a thread for as long as the callback runs, and lets it go on', () => {
  const pid = start('while :; do :; done');
  const stopper = new ThreadStopper();
  let during = '';
  for (let turn = 0; turn < 50; turn++) {
    const result = stopAtLast(stopper, pid, () => {
      during = stateOf(pid);
    });
    expect(result).toBe('stopped');
    expect(during).toBe('t');
    expect(stateOf(pid)).not.toBe('t');
  }
});

it('lets it go on when the callback throws', () => {
  const pid = start('while :; do :; done');
  const stop = () =>
    stopAtLast(new ThreadStopper(), pid, () => {
      throw new Error('from the callback');
    });
  expect(stop).toThrow('from the callback');
  expect(stateOf(pid)).not.toBe('t');
});

it('passes on a signal that comes while the thread is stopped', () => {
  const pid = start('trap "exit 42" USR1; while :; do :; done');
  const stopper = new ThreadStopper();
  // The shell needs a moment to set its trap.
  while (!catchesSignal10(pid));
  stopAtLast(stopper, pid, () => process.kill(pid, 'SIGUSR1'));
  let exit = pollExit(pid);
  while (exit === undefined) exit = pollExit(pid);
  started.pop();
  expect(exit).toEqual({ kind: 'exited', code: 42 });
});

it('tells that there is no such thread', () => {
  expect(new ThreadStopper().stop(2 ** 22 + 1, () => {})).toBe('ended');
});

it('does not wait for a thread that cannot be stopped, and lets it go when it has stopped at last', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vmprof-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'vfork');
  // The parent of a vfork stands still, uninterruptible, until the child ends.
  const source =
    '#include <unistd.h>\nint main(void) { if (vfork() == 0) { read(0, &(char){0}, 1); _exit(0); } pause(); }';
  const { error } = spawnSync('cc', ['-x', 'c', '-w', '-o', program, '-'], { input: source });
  if (error !== undefined) skip(context, 'there is no C compiler here');
  const fifo = join(folder, 'input');
  execFileSync('mkfifo', [fifo]);
  const pid = start(`exec ${program} < ${fifo}`);
  const writer = openSync(fifo, 'w');
  while (stateOf(pid) !== 'D');
  const stopper = new ThreadStopper();
  expect(stopper.stop(pid, () => {})).toBe('busy');
  expect(stopper.stop(pid, () => {})).toBe('still-busy');
  closeSync(writer);
  while (stopper.hasLate) stopper.release();
  while (stateOf(pid) !== 'S');
  expect(stopAtLast(stopper, pid, () => {})).toBe('stopped');
});
