import { isatty } from 'node:tty';
import { getpgrp, tcgetpgrp } from './libc.ts';

/** Whether we are in the foreground of a terminal: then its keys (Ctrl-C) send their signals to us and our children alike. */
export function isInForeground(): boolean {
  const group = getpgrp();
  return [0, 1, 2].some((fd) => isatty(fd) && tcgetpgrp(fd) === group);
}
