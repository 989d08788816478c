// What /proc tells of a process once: who started it, what it runs, how it sees itself.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Facts of /proc/PID/stat, see proc_pid_stat(5). */
export interface ProcessStat {
  readonly parent: number;
  /** `R`, `S`, `D`, `Z` … */
  readonly state: string;
  /** Start in clock ticks since boot: with the pid it names a process for good. */
  readonly startTicks: number;
}

/** Undefined when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name may hold spaces and parentheses: fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], parent: Number(fields[1]), startTicks: Number(fields[19]) };
}

/** Arguments, separated by spaces; the system's short name in brackets when there are none. */
export function readCommandLine(pid: number): string {
  const text = readText(`/proc/${pid}/cmdline`) ?? '';
  const command = text.split('\0').join(' ').trim();
  return command !== '' ? command : `[${(readText(`/proc/${pid}/comm`) ?? '?').trim()}]`;
}

/** Path of the executable as the process sees it; undefined when it cannot be known. */
export function readExecutable(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

/** System name of a thread, 15 bytes at the most. */
export function readThreadName(pid: number, tid: number): string | undefined {
  return readText(`/proc/${pid}/task/${tid}/comm`)?.replace(/\n$/, '');
}

/** What the system says that a thread does: `R`, `S`, `T` … as in ProcessStat; undefined when it has ended. */
export function readThreadState(pid: number, tid: number): string | undefined {
  const text = readText(`/proc/${pid}/task/${tid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ', 1)[0];
}

/** Ids of the threads of a process; empty when it has ended. */
export function readThreadIds(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

/** The id that a thread (or process) has inside its own pid namespace; undefined when it has ended. */
export function readInnerThreadId(pid: number, tid: number): number | undefined {
  const ids = /^NSpid:\s*(.*)$/m.exec(readText(`/proc/${pid}/task/${tid}/status`) ?? '')?.[1];
  return ids === undefined ? undefined : Number(ids.trim().split(/\s+/).at(-1));
}

/** Highest resident size a process ever had, in bytes; undefined when it has ended. */
export function readPeakResident(pid: number): number | undefined {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** All processes that can be seen. */
export function listProcesses(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
