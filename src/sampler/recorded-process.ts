// One process of the recorded tree, from when it is found until it ends: which program it runs, its threads, its memory.

import { ProfilerError } from '../base/errors.ts';
import type { ProcessIndex } from '../profile/tables.ts';
import { findRuntime, type PythonRuntime } from './cpython/find-runtime.ts';
import { PythonProcess } from './cpython/python-process.ts';
import type { RuntimeFileCache } from './cpython/runtime-file.ts';
import { NativeProcess, type PythonFound } from './native/native-process.ts';
import { type NativeContext, NativeStacks } from './native/native-stacks.ts';
import { PlainProcess } from './plain-process.ts';
import { openMappedFile } from './process/mapped-file.ts';
import { type MappedFile, readMaps } from './process/maps.ts';
import { openProcessMemory, type ProcessMemory } from './process/memory.ts';
import { MemorySize } from './process/memory-size.ts';
import { readCommandLine, readExecutable } from './process/process-info.ts';
import type { ThreadStopper } from './process/thread-stop.ts';
import { monotonicNow } from './process/waiter.ts';
import type { SampleLog } from './sample-log.ts';
import { ThreadAccounts } from './thread-accounts.ts';

/** A program that is no Python may load one: looked for after this time, then after twice as long, up to the longest. */
const FIRST_LOOK_AGAIN = 4_000_000;
const LONGEST_LOOK_AGAIN = 1_000_000_000;
/** An interpreter that is just starting is ready within milliseconds. */
const NOT_READY_LOOK_AGAIN = 3_000_000;
/** Memory and the program that is executed are looked at this often at the most. */
const LOOK_INTERVAL = 9_500_000;

/** What all processes of a recording share. */
export interface RecordingContext {
  readonly log: SampleLog;
  readonly stopper: ThreadStopper;
  readonly runtimeFiles: RuntimeFileCache;
  /** Undefined when native frames are not recorded. */
  readonly native: NativeContext | undefined;
  /** Tells the user about something once. */
  readonly warn: (message: string) => void;
}

/** Samples one process. */
export class RecordedProcess {
  readonly pid: number;
  readonly row: ProcessIndex;
  /** True once an interpreter was found. */
  wasPython = false;
  /** Resident bytes when it was last measured. */
  resident = 0;
  readonly #context: RecordingContext;
  readonly #memory: ProcessMemory;
  readonly #memorySize: MemorySize;
  readonly #accounts: ThreadAccounts;
  #executable: string;
  #python: PythonProcess | undefined;
  #plain: PlainProcess | undefined;
  #nativeStacks: NativeStacks | undefined;
  #native: NativeProcess | undefined;
  #lookAgainAt: number;
  #lookAgainAfter = FIRST_LOOK_AGAIN;
  /** There is an interpreter, which could not be read yet when it was last looked for. */
  #isNotReady = false;
  #lookedForLoopAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #peak = -1;

  constructor(context: RecordingContext, pid: number, parent: ProcessIndex | undefined, now: number) {
    this.pid = pid;
    this.#context = context;
    this.#memory = openProcessMemory(pid);
    this.#memorySize = new MemorySize(pid);
    this.#executable = readExecutable(pid) ?? '';
    this.#lookAgainAt = now;
    this.row = context.log.builder.addProcess({
      pid,
      command: readCommandLine(pid),
      ...(parent !== undefined && { parent }),
      start: context.log.time,
    });
    this.#accounts = new ThreadAccounts(context.log, this.row, pid);
  }

  /** When the process wants to be looked at before the next round: an interpreter may be ready then. */
  get wakeAt(): number {
    return this.#python === undefined && !this.wasPython ? this.#lookAgainAt : Number.POSITIVE_INFINITY;
  }

  /** Samples all threads; false when the process has ended. */
  sample(now: number): boolean {
    if (now - this.#lookedAt >= LOOK_INTERVAL) {
      this.#lookedAt = now;
      if (!this.#measureMemory()) return false;
      if (this.#python === undefined) this.#noticeExec(now);
    }
    this.findPython(now);
    this.#nativeStacks?.beginRound(now);
    if (this.#python !== undefined) {
      const python = this.#python;
      if (python.sample(now)) {
        if (this.#nativeStacks?.isAvailable) this.#native?.sample(now, (tid) => python.hasThread(tid));
        return true;
      }
      this.#python.close();
      this.#python = undefined;
      this.#closeNative();
      this.#noticeExec(now);
      this.#lookAgain(now, FIRST_LOOK_AGAIN);
    }
    if (this.#openNative()?.isAvailable) {
      if (this.#native?.sample(now, () => false) === false) this.#sampleFoundPython(now);
      return true;
    }
    this.#plain ??= new PlainProcess(
      this.pid,
      this.#executable,
      this.#context.log,
      this.#accounts.open(this.pid),
      now,
    );
    this.#plain.sample(now);
    return true;
  }

  /** An interpreter was found while a sample was taken, which is taken again. */
  #sampleFoundPython(now: number): void {
    this.#python?.sample(now);
  }

  /** Looks for an interpreter when it is time to. */
  findPython(now: number): void {
    if (this.#python !== undefined || now < this.#lookAgainAt) return;
    const { log, stopper } = this.#context;
    const runtime = this.#findRuntime();
    this.#isNotReady = runtime === 'not-ready';
    if (runtime === 'not-ready') {
      this.#lookAgainAt = now + NOT_READY_LOOK_AGAIN;
      return;
    }
    if (runtime === undefined) {
      this.#lookAgain(now, Math.min(LONGEST_LOOK_AGAIN, this.#lookAgainAfter * 2));
      return;
    }
    this.wasPython = true;
    this.#plain?.close();
    this.#plain = undefined;
    log.builder.updateProcess(this.row, {
      runtime: `CPython ${runtime.versionText}`,
      command: readCommandLine(this.pid),
    });
    const native = this.#openNative();
    native?.setInterpreter(runtime);
    this.#python = new PythonProcess({
      memory: this.#memory,
      runtime,
      log,
      stopper,
      accounts: this.#accounts,
      native,
    });
  }

  /** What reading native stacks needs, if they are wanted. */
  #openNative(): NativeStacks | undefined {
    const { native, log, stopper } = this.#context;
    if (native === undefined || this.#nativeStacks !== undefined) return this.#nativeStacks;
    this.#nativeStacks = new NativeStacks({
      context: native,
      memory: this.#memory,
      builder: log.builder,
      counts: log.counts,
      stopper,
    });
    const findsPython = (tid: number) => this.#findRunningPython(tid);
    const stacks = this.#nativeStacks;
    this.#native = new NativeProcess({ stacks, log, accounts: this.#accounts, findsPython });
    return this.#nativeStacks;
  }

  #closeNative(): void {
    this.#native?.close();
    this.#native = undefined;
    this.#nativeStacks = undefined;
  }

  #findRuntime(): PythonRuntime | 'not-ready' | undefined {
    const mappings = readMaps(this.pid);
    if (mappings.length === 0) return undefined;
    const openFile = (mapping: MappedFile) => openMappedFile(this.pid, mapping);
    try {
      return findRuntime(
        { pid: this.pid, memory: this.#memory, mappings, openMappedFile: openFile },
        this.#context.runtimeFiles,
      );
    } catch (error) {
      if (!(error instanceof ProfilerError)) throw error;
      // Memory that went away while it was read; or a Python that nobody knows, which is recorded as a plain program.
      if (error.code === 'unknown-python') this.#context.warn(error.message);
      return undefined;
    }
  }

  /**
   * A thread was seen in an evaluation loop: it is new to its interpreter, or that has begun since it was looked for, or its
   * library was loaded. One that cannot be read at all is not looked for with each sample.
   */
  #findRunningPython(tid: number): PythonFound {
    const now = monotonicNow();
    if (this.#python !== undefined) return this.#python.sampleNewThread(tid, now) ? 'sampled' : 'nothing';
    if (this.#isNotReady || now - this.#lookedForLoopAt >= LONGEST_LOOK_AGAIN) {
      this.#lookedForLoopAt = now;
      this.#lookAgainAt = now;
      this.findPython(now);
    }
    return this.#python === undefined ? 'nothing' : 'interpreter';
  }

  #lookAgain(now: number, after: number): void {
    this.#lookAgainAfter = after;
    this.#lookAgainAt = now + after;
  }

  /** A process that executes another program begins anew. */
  #noticeExec(now: number): void {
    const executable = readExecutable(this.pid) ?? this.#executable;
    if (executable === this.#executable) return;
    this.#executable = executable;
    this.#plain?.close();
    this.#plain = undefined;
    this.#closeNative();
    this.#context.log.builder.updateProcess(this.row, { command: readCommandLine(this.pid) });
    this.#lookAgain(now, 0);
  }

  #measureMemory(): boolean {
    const resident = this.#memorySize.read();
    if (resident === undefined) return false;
    if (resident === this.resident) return true;
    this.resident = resident;
    this.#context.log.builder.addCounter(this.row, 'resident', this.#context.log.time, resident);
    return true;
  }

  /** The most memory that was ever resident, which is read rarely. */
  measurePeak(): void {
    const peak = this.#memorySize.readPeak();
    if (peak === undefined || peak === this.#peak) return;
    this.#peak = peak;
    this.#context.log.builder.addCounter(this.row, 'peak-resident', this.#context.log.time, peak);
  }

  /** The recording ends before the process does. */
  settle(): void {
    this.#accounts.settleAll();
  }

  close(): void {
    this.#python?.close();
    this.#plain?.close();
    this.#closeNative();
    this.#memorySize.close();
    this.#accounts.endAll();
    this.#context.log.builder.updateProcess(this.row, { end: this.#context.log.time });
  }
}
