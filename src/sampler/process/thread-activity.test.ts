import { afterEach, expect, it } from 'vitest';
import { launch, pollExit } from './launch.ts';
import { syscallName } from './syscall-names.ts';
import { ThreadActivity } from './thread-activity.ts';
import { ThreadStopper } from './thread-stop.ts';
import { monotonicNow } from './waiter.ts';

const started: number[] = [];

afterEach(() => {
  for (const pid of started.splice(0)) {
    process.kill(pid, 'SIGKILL');
    while (pollExit(pid) === undefined);
  }
});

it('names the call that a thread waits in, also after a stop has interrupted it', () => {
  const pid = launch(['/bin/sleep', '1000'], 'discard');
  started.push(pid);
  const activity = ThreadActivity.open(pid, pid, monotonicNow());
  if (activity === undefined) throw new Error('sleep has ended');
  const callOf = () => {
    activity.look(monotonicNow());
    return activity.classify(false) === 'waiting' ? syscallName(activity.syscall) : 'no call';
  };
  while (callOf() !== 'clock_nanosleep');
  const stopper = new ThreadStopper();
  for (let turn = 0; turn < 3; turn++) {
    while (stopper.stop(pid, () => {}) !== 'stopped') stopper.release();
    let call = callOf();
    while (call === 'no call') call = callOf();
    expect(call).toBe('clock_nanosleep');
  }
  activity.close();
});
