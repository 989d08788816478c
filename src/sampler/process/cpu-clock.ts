// CPU time of a whole process, to the nanosecond: its CPU clock, see clock_getcpuclockid(3).

import { addressOf, clockGettime } from './libc.ts';

const CPUCLOCK_SCHED = 2;

const time = new BigInt64Array(2);
const timeAddress = addressOf(time);

/** CPU time that all threads of a process have used, in nanoseconds; undefined when it has ended. */
export function readProcessCpu(pid: number): number | undefined {
  // The kernel's MAKE_PROCESS_CPUCLOCK.
  const clock = (~pid << 3) | CPUCLOCK_SCHED;
  if (clockGettime(clock, timeAddress) !== 0) return undefined;
  return Number(time[0]) * 1e9 + Number(time[1]);
}
