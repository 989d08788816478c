// The stacks of a process and of its children, once: `vmprof dump`.

import { setTimeout as sleep } from 'node:timers/promises';
import { ProfilerError } from '../base/errors.ts';
import { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { findRuntime, type PythonRuntime } from './cpython/find-runtime.ts';
import type { RuntimeFileCache } from './cpython/runtime-file.ts';
import { unwindCache } from './native/caches.ts';
import { DebugFileFetcher } from './native/debuginfod.ts';
import { writeCacheFile } from './native/disk-cache.ts';
import { createNativeContext } from './native/native-context.ts';
import { type NativeContext, NativeStacks } from './native/native-stacks.ts';
import { openMappedFile } from './process/mapped-file.ts';
import { readMaps } from './process/maps.ts';
import { openProcessMemory, type ProcessMemory } from './process/memory.ts';
import { noSuchProcess } from './process/permission.ts';
import { readCommandLine } from './process/process-info.ts';
import { type FoundProcess, ProcessTree } from './process/process-tree.ts';
import { ThreadStopper } from './process/thread-stop.ts';
import { monotonicNow } from './process/waiter.ts';
import { dumpNativeThreads, dumpThreads } from './process-dump.ts';
import { SampleCounts } from './sample-log.ts';
import { isAlive, notPython, requireProcess } from './target-process.ts';
import type { ThreadDump } from './thread-dump.ts';

/** One process: one that runs Python, or any where native frames are wanted. */
export interface ProcessDump {
  readonly pid: number;
  /** Its parent, if that is one of the processes looked at. */
  readonly parent: number | undefined;
  readonly command: string;
  /** For example `CPython 3.11.7`; undefined for a program without Python. */
  readonly runtime: string | undefined;
  readonly threads: readonly ThreadDump[];
}

/** A child that has no stacks to show. */
export interface SkippedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Set unless it simply runs no Python. */
  readonly problem: string | undefined;
}

/** Everything that was seen. */
export interface Dump {
  /** At least one; parents before their children. */
  readonly processes: readonly ProcessDump[];
  readonly skipped: readonly SkippedProcess[];
}

export interface DumpOptions {
  readonly wantsLocals: boolean;
  readonly followChildren: boolean;
  /** With native frames, and programs without Python. */
  readonly native?: 'without-interpreter' | 'all' | undefined;
  /** Debug files are taken from the cache of debuginfod; those that it lacks are fetched first. */
  readonly debuginfod?: boolean;
  /** Told what cannot be done as asked for. */
  readonly warn?: (message: string) => void;
}

/** An interpreter that is just starting is ready within this time. */
const START_PATIENCE = 1_000_000_000;

/** Somebody waits at the terminal. In milliseconds. */
const FETCH_PATIENCE = 60_000;

/**
 * Dumps a process, and its children if asked to. With debuginfod, what the first look has missed is fetched, and the processes are
 * looked at again: what is shown is of one moment. ProfilerError `no-such-process`, `not-permitted`, `unknown-python`; and
 * `not-python` when there is no Python in any of them.
 */
export async function dumpProcesses(pid: number, options: DumpOptions): Promise<Dump> {
  if (options.native === undefined || !options.debuginfod) return dumpNow(pid, options);
  const fetcher = new DebugFileFetcher({ warn: options.warn ?? (() => {}) });
  let isMissing = false;
  const first = await dumpNow(pid, options, (buildId, path) => {
    isMissing = true;
    fetcher.ask(buildId, path);
  });
  await fetcher.finish(FETCH_PATIENCE);
  return isMissing && isAlive(pid) ? dumpNow(pid, { ...options, warn: () => {} }, () => {}) : first;
}

async function dumpNow(
  pid: number,
  options: DumpOptions,
  askForDebugFile?: (buildId: string, path: string) => void,
): Promise<Dump> {
  const root = { pid: requireProcess(pid), parent: 0 };
  const found = options.followChildren ? [root, ...findChildren(pid)] : [root];
  const cache: RuntimeFileCache = new Map();
  const processes: ProcessDump[] = [];
  const skipped: SkippedProcess[] = [];
  const seen = new Set(found.map((each) => each.pid));
  const native =
    options.native &&
    createNativeContext({
      wanted: options.native,
      warn: options.warn ?? (() => {}),
      askForDebugFile,
      keepTable: (entry) => writeCacheFile(unwindCache(), entry),
    });
  for (const each of found) {
    const command = readCommandLine(each.pid);
    const dumped = await dumpProcess(each, command, { ...options, cache, nativeContext: native });
    const parent = seen.has(each.parent) ? each.parent : undefined;
    if ('problem' in dumped) {
      if (each === root && dumped.problem !== undefined) throw dumped.problem;
      const problem = dumped.problem?.message;
      if (each !== root && isAlive(each.pid)) skipped.push({ ...each, command, problem });
    } else {
      processes.push({ pid: each.pid, parent, command, ...dumped });
    }
  }
  if (processes.length > 0) return { processes, skipped };
  throw isAlive(pid) ? notPython(pid) : noSuchProcess(pid);
}

function findChildren(pid: number): readonly FoundProcess[] {
  const tree = new ProcessTree(pid);
  try {
    return tree.discover(monotonicNow());
  } finally {
    tree.close();
  }
}

async function dumpProcess(
  process: FoundProcess,
  command: string,
  options: DumpOptions & {
    readonly cache: RuntimeFileCache;
    readonly nativeContext: NativeContext | undefined;
  },
): Promise<Pick<ProcessDump, 'runtime' | 'threads'> | { readonly problem: ProfilerError | undefined }> {
  const memory = openProcessMemory(process.pid);
  let runtime: PythonRuntime | undefined;
  try {
    requireProcess(process.pid);
    runtime = await awaitRuntime(memory, options.cache);
  } catch (error) {
    if (!(error instanceof ProfilerError)) throw error;
    const { message, code, facts } = error;
    const named = `Process ${process.pid} (${command}): ${message}`;
    return { problem: new ProfilerError(code, code === 'unknown-python' ? named : message, { facts }) };
  }
  const builder = new ProfileBuilder();
  const stopper = new ThreadStopper();
  const context = options.nativeContext;
  const native =
    context && new NativeStacks({ context, memory, builder, stopper, counts: new SampleCounts() });
  if (runtime === undefined) {
    const threads = native && dumpNativeThreads(native);
    return threads === undefined ? { problem: undefined } : { runtime: undefined, threads };
  }
  native?.setInterpreter(runtime);
  const { wantsLocals } = options;
  const threads = dumpThreads(memory, runtime, { wantsLocals, builder, stopper, native });
  if (threads === undefined) return { problem: undefined };
  return { runtime: `CPython ${runtime.versionText}`, threads };
}

/** The interpreter of a process; undefined when there is none. */
async function awaitRuntime(
  memory: ProcessMemory,
  cache: RuntimeFileCache,
): Promise<PythonRuntime | undefined> {
  const { pid } = memory;
  const deadline = monotonicNow() + START_PATIENCE;
  for (;;) {
    const openFile = (mapping: Parameters<typeof openMappedFile>[1]) => openMappedFile(pid, mapping);
    const source = { pid, memory, mappings: readMaps(pid), openMappedFile: openFile };
    const runtime = findRuntime(source, cache);
    if (runtime !== 'not-ready') return runtime;
    if (monotonicNow() > deadline) return undefined;
    await sleep(2);
  }
}
