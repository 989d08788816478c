// Why the kernel refuses to let us look into a process, in words. See "Ptrace access mode checking" in ptrace(2).

import { readFileSync } from 'node:fs';
import { ProfilerError } from '../../base/errors.ts';
import { readProcessStat } from './process-info.ts';

const CAP_SYS_PTRACE = 19;

/** The error for a process that exists but must not be looked at (or has just ended). */
export function explainRefusal(pid: number): ProfilerError {
  if (readProcessStat(pid) === undefined) return noSuchProcess(pid);
  const reason = findReason(pid);
  return new ProfilerError('not-permitted', `Not allowed to look into process ${pid}: ${reason}`, {
    facts: { pid },
  });
}

/** The error for a pid that nothing runs under. */
export function noSuchProcess(pid: number): ProfilerError {
  return new ProfilerError(
    'no-such-process',
    `There is no process ${pid}. It may have ended, or its id may be of another container.`,
    { facts: { pid } },
  );
}

function findReason(pid: number): string {
  if (hasPtraceCapability()) {
    return 'a security policy (seccomp, SELinux, AppArmor) forbids it. In a container, start it with --cap-add SYS_PTRACE and a seccomp profile that allows process_vm_readv and ptrace.';
  }
  const owner = readUserId(pid);
  const we = readUserId('self');
  if (owner !== we) {
    return `it belongs to user ${owner} and you are user ${we}. Run vmprof as that user or as root (sudo), or give it the capability SYS_PTRACE.`;
  }
  const scope = readNumber('/proc/sys/kernel/yama/ptrace_scope');
  if (scope > 0) {
    return `kernel.yama.ptrace_scope is ${scope}. Start the program with "vmprof run", use sudo, or set it to 0: sudo sysctl kernel.yama.ptrace_scope=0`;
  }
  return 'it is not dumpable (set-user-id, or it changed its user), or it runs in another container. Use sudo, or start the container with --cap-add SYS_PTRACE.';
}

function hasPtraceCapability(): boolean {
  const mask = statusField('self', 'CapEff');
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(CAP_SYS_PTRACE)) & 1n) === 1n;
}

function readUserId(pid: number | 'self'): string {
  return statusField(pid, 'Uid')?.split(/\s+/)[1] ?? '?';
}

function statusField(pid: number | 'self', field: string): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(text)?.[1];
  } catch {
    return undefined;
  }
}

function readNumber(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return 0;
  }
}
