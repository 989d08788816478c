import { expect, it } from 'vitest';
import { decodeExit, type ExitStatus, launch, pollExit } from './launch.ts';

function runToEnd(command: readonly string[]): ExitStatus {
  const pid = launch(command, 'discard');
  for (;;) {
    const exit = pollExit(pid);
    if (exit !== undefined) return exit;
  }
}

it('tells how a program ended', () => {
  expect(runToEnd(['true'])).toEqual({ kind: 'exited', code: 0 });
  expect(runToEnd(['/bin/sh', '-c', 'exit 7'])).toEqual({ kind: 'exited', code: 7 });
  expect(runToEnd(['/bin/sh', '-c', 'kill -TERM $$'])).toEqual({
    kind: 'signaled',
    signal: 15,
    name: 'SIGTERM',
  });
});

it('starts it with default signals, although Node ignores some', () => {
  // The two above signal 31 are the C library's own, which it ignores in whatever it starts.
  const command = ['grep', '-qE', 'SigIgn:.*[08]0{7}$', '/proc/self/status'];
  expect(runToEnd(command)).toEqual({ kind: 'exited', code: 0 });
});

it('says what cannot be started, and why', () => {
  expect(() => launch(['/no/such/program'])).toThrow(expect.objectContaining({ code: 'cannot-start' }));
  expect(() => launch(['/etc/passwd'])).toThrow(/not an executable file/);
});

it('takes a stop for no end', () => {
  expect(decodeExit(0x057f)).toBeUndefined();
});
