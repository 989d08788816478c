import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
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
