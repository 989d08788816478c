import type { Dump } from '../../sampler/dump.ts';
import type { FrameDump, ThreadDump } from '../../sampler/thread-dump.ts';
import { JSON_SCHEMA_VERSION } from './json.ts';

/** A dump as a value for `--json`. */
export function describeDump(dump: Dump) {
  return {
    schema: JSON_SCHEMA_VERSION,
    view: 'dump',
    processes: dump.processes.map(({ pid, parent, command, runtime, threads }) => ({
      pid,
      parentPid: parent ?? null,
      command,
      runtime: runtime ?? null,
      threads: threads.map(describeThread),
    })),
    skipped: dump.skipped.map(({ pid, parent, command, problem }) => ({
      pid,
      parentPid: parent,
      command,
      problem: problem ?? null,
    })),
  };
}

function describeThread(thread: ThreadDump) {
  return {
    tid: thread.tid,
    name: thread.name ?? null,
    systemName: thread.systemName ?? null,
    python: thread.isPython,
    state: thread.state,
    syscall: thread.syscall ?? null,
    holdsGil: thread.holdsGil,
    consistent: thread.isConsistent,
    problem: thread.failure ?? null,
    frames: thread.frames.map(describeFrame),
  };
}

function describeFrame(frame: FrameDump) {
  return {
    name: frame.function,
    kind: frame.kind,
    file: frame.file ?? null,
    line: frame.line ?? null,
    ...(frame.locals !== undefined && {
      locals: frame.locals.map(({ name, kind, value }) => ({ name, kind, value })),
    }),
  };
}
