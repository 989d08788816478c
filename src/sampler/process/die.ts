import { constants } from 'node:os';
import { addressOf, kill, prlimit, signal } from './libc.ts';

const RLIMIT_CORE = 4;
const SIG_DFL = 0;

/**
 * Ends this process by a signal, as the program that it stands for ended. Returns when the signal does not do that.
 * There is no core dump: that of the program is not to be overwritten.
 */
export function dieBySignal(number: number): void {
  prlimit(process.pid, RLIMIT_CORE, addressOf(new BigUint64Array(2)), 0);
  if (number !== constants.signals.SIGKILL) signal(number, SIG_DFL);
  kill(process.pid, number);
}
