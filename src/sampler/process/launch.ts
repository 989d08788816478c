// Starting the target. Not by child_process: Node's own loop would wait for the child, and wait(2) reports the stops of a
// traced thread to whichever thread of ours asks first, so the loop would take a stop for the child's end.

import { constants, readFileSync } from 'node:fs';
import { constants as systemConstants } from 'node:os';
import { ProfilerError } from '../../base/errors.ts';
import {
  addressOf,
  ERRNO,
  errnoName,
  posixSpawnattrDestroy,
  posixSpawnattrInit,
  posixSpawnattrSetflags,
  posixSpawnattrSetsigdefault,
  posixSpawnattrSetsigmask,
  posixSpawnFileActionsAdddup2,
  posixSpawnFileActionsAddopen,
  posixSpawnFileActionsDestroy,
  posixSpawnFileActionsInit,
  posixSpawnp,
  prlimit,
  sigemptyset,
  sigfillset,
  waitpid,
} from './libc.ts';

const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const RLIMIT_NOFILE = 7;
const WNOHANG = 1;
const WALL = 0x40000000;

/** How a process ended: with an exit code, or by a signal. */
export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: number; readonly name: string };

/**
 * The standard streams of a program that we start: ours; or empty input and output that goes nowhere, in a session of its
 * own, so that the terminal neither hears of it nor ends it.
 */
export type LaunchStreams = 'inherit' | 'discard';

/**
 * Starts a command with our environment and folder; returns its pid. All signals have their default action in it, and its
 * limit of open files is the one that we were started with (Node raises its own).
 * Throws ProfilerError `cannot-start`.
 */
export function launch(command: readonly string[], streams: LaunchStreams = 'inherit'): number {
  const [file] = command;
  const pid = new Int32Array(1);
  const attributes = new Uint8Array(1024);
  const noSignals = new Uint8Array(128);
  const allSignals = new Uint8Array(128);
  const attributesAddress = addressOf(attributes);
  sigemptyset(addressOf(noSignals));
  sigfillset(addressOf(allSignals));
  posixSpawnattrInit(attributesAddress);
  const session = streams === 'discard' ? POSIX_SPAWN_SETSID : 0;
  posixSpawnattrSetflags(attributesAddress, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | session);
  posixSpawnattrSetsigmask(attributesAddress, addressOf(noSignals));
  posixSpawnattrSetsigdefault(attributesAddress, addressOf(allSignals));
  const actions = new Uint8Array(512);
  const actionsAddress = addressOf(actions);
  posixSpawnFileActionsInit(actionsAddress);
  addStreams(actionsAddress, streams);
  const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  const error = posixSpawnp(
    addressOf(pid),
    file,
    actionsAddress,
    attributesAddress,
    [...command, null],
    [...environment, null],
  );
  posixSpawnattrDestroy(attributesAddress);
  posixSpawnFileActionsDestroy(actionsAddress);
  if (error !== 0) throw cannotStart(file, error);
  restoreOpenFileLimit(pid[0]);
  return pid[0];
}

function addStreams(actions: number, streams: LaunchStreams): void {
  for (const fd of [0, 1, 2]) {
    if (streams === 'discard') {
      const flags = fd === 0 ? constants.O_RDONLY : constants.O_WRONLY;
      posixSpawnFileActionsAddopen(actions, fd, '/dev/null', flags, 0);
    } else {
      // Node marks the standard streams to be closed in programs that it starts; a dup2 onto itself takes the mark away.
      posixSpawnFileActionsAdddup2(actions, fd, fd);
    }
  }
}

/** The end of a child that `launch` started, or undefined while it runs. The child is reaped. */
export function pollExit(pid: number): ExitStatus | undefined {
  const status = new Int32Array(1);
  if (waitpid(pid, addressOf(status), WNOHANG | WALL) !== pid) return undefined;
  return decodeExit(status[0]);
}

/** The value of wait(2); undefined for a stop or a continuation. */
export function decodeExit(status: number): ExitStatus | undefined {
  const signal = status & 0x7f;
  if (signal === 0) return { kind: 'exited', code: (status >> 8) & 0xff };
  if (signal === 0x7f) return undefined;
  return { kind: 'signaled', signal, name: signalName(signal) };
}

/** For example `SIGTERM`. */
export function signalName(signal: number): string {
  const name = Object.entries(systemConstants.signals).find(([, value]) => value === signal)?.[0];
  return name ?? `signal ${signal}`;
}

/** Our parent still has the soft limit that Node raised when it started us. */
function restoreOpenFileLimit(pid: number): void {
  let text: string;
  try {
    text = readFileSync(`/proc/${process.ppid}/limits`, 'utf8');
  } catch {
    return;
  }
  const match = /^Max open files\s+(\d+)\s/m.exec(text);
  if (match === null) return;
  const limit = new BigUint64Array(2);
  if (prlimit(pid, RLIMIT_NOFILE, 0, addressOf(limit)) !== 0) return;
  const soft = BigInt(match[1]);
  if (soft >= limit[0]) return;
  limit[0] = soft;
  prlimit(pid, RLIMIT_NOFILE, addressOf(limit), 0);
}

function cannotStart(file: string, error: number): ProfilerError {
  const facts = { file, error: errnoName(error) };
  if (error === ERRNO.ENOENT) {
    return new ProfilerError('cannot-start', `Cannot start ${file}: there is no such command.`, { facts });
  }
  if (error === ERRNO.EACCES) {
    return new ProfilerError(
      'cannot-start',
      `Cannot start ${file}: it is not an executable file (chmod +x it, or name its interpreter).`,
      { facts },
    );
  }
  return new ProfilerError('cannot-start', `Cannot start ${file}: ${facts.error}.`, { facts });
}
