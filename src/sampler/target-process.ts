// A process that the user named: whether it is there, whether we may look into it, whether it is a Python at all.

import { ProfilerError } from '../base/errors.ts';
import { readMaps } from './process/maps.ts';
import { openProcessMemory } from './process/memory.ts';
import { explainRefusal, noSuchProcess } from './process/permission.ts';
import { readCommandLine, readProcessStat } from './process/process-info.ts';

/** The process, if there is one that we may look into. */
export function requireProcess(pid: number): number {
  if (!isAlive(pid)) throw noSuchProcess(pid);
  const [mapping] = readMaps(pid);
  if (mapping === undefined) throw explainRefusal(pid);
  if (!openProcessMemory(pid).readInto(mapping.start, new Uint8Array(8))) throw explainRefusal(pid);
  return pid;
}

/** The error for a process that is no Python and has no child that is one. */
export function notPython(pid: number): ProfilerError {
  return new ProfilerError(
    'not-python',
    `Process ${pid} (${readCommandLine(pid)}) runs no Python, nor do its children. With --native its native frames can be seen. To record a program that starts Python later, start it with "vmprof run".`,
    { facts: { pid } },
  );
}

/** Whether a process exists and has not died. */
export function isAlive(pid: number): boolean {
  const stat = readProcessStat(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}
