// Messages to the user while a program of theirs runs in the same terminal. Written straight to the file descriptor: as soon as
// Node's own stream for it exists, a pipe is switched to non-blocking for everybody who shares it, the program included.

import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';

const STDERR = 2;

/** Writes text to standard error as it is. Nobody reading is no reason to stop. */
export function writeMessage(text: string): void {
  try {
    writeSync(STDERR, text);
  } catch {
    // A closed pipe, a terminal that has gone: there is nobody to tell.
  }
}

/** Writes one line, with the program's name before it. */
export function say(message: string): void {
  writeMessage(`vmprof: ${message}\n`);
}

/** Standard error is a terminal. */
export function hasTerminal(): boolean {
  return isatty(STDERR);
}
