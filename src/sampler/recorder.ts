// The loop that records: rounds of samples at their deadlines, processes as they come and go, and once a second what is new
// as bytes. It blocks the thread it runs in.

import { ProfilerError } from '../base/errors.ts';
import { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { RecordingEncoder } from '../profile/recording/recording-encoder.ts';
import type { ProcessIndex, RecordingFacts } from '../profile/tables.ts';
import { describeHost } from './host.ts';
import { createNativeContext } from './native/native-context.ts';
import { type ExitStatus, launch, pollExit } from './process/launch.ts';
import { readCommandLine } from './process/process-info.ts';
import { ProcessTree } from './process/process-tree.ts';
import { ThreadStopper } from './process/thread-stop.ts';
import { monotonicNow, runBeforeOthers, Waiter } from './process/waiter.ts';
import { RecordedProcess, type RecordingContext } from './recorded-process.ts';
import type {
  RecorderInput,
  RecorderMessage,
  RecordingOptions,
  RecordingProgress,
} from './recording-options.ts';
import { SampleLog } from './sample-log.ts';
import { Schedule } from './schedule.ts';
import { isAlive, notPython, requireProcess } from './target-process.ts';
import { chooseTimeUnit } from './time-unit.ts';

/** New processes are looked for this often. */
const DISCOVER_INTERVAL = 20_000_000;
/** With no gaps between rounds, ends and requests are looked for this often. */
const GLANCE_INTERVAL = 2_000_000;
/** The facts are written with the first bytes, with the last, and this often in between. */
const FACTS_INTERVAL = 30_000_000_000;
/** A thread that could not be stopped in time must not stay stopped when it is. */
const RELEASE_INTERVAL = 200_000;
/** An interpreter that is there is found within this time. */
const PYTHON_PATIENCE = 1_000_000_000;
/** Times in a recording are 32-bit numbers of time units. */
const LAST_TIME = 0xffff_ff00;

/** Records until the target ends, the duration is over, or the wake file descriptor is written to. */
export function record(input: RecorderInput, post: (message: RecorderMessage) => void): void {
  const { target } = input.options;
  const pid = target.kind === 'launch' ? launch(target.command, target.streams) : requireProcess(target.pid);
  post({ kind: 'started', pid });
  // A thread that samples without pause would take the CPU from the target instead.
  if (input.options.period > 0) runBeforeOthers();
  const waiter = new Waiter(input.wakeFd, pid);
  new Recorder(input, pid, waiter, post).run();
  waiter.close();
}

class Recorder {
  readonly #options: RecordingOptions;
  readonly #producer: string;
  readonly #root: number;
  readonly #waiter: Waiter;
  readonly #post: (message: RecorderMessage) => void;
  readonly #builder: ProfileBuilder;
  readonly #encoder: RecordingEncoder;
  readonly #log: SampleLog;
  readonly #start = monotonicNow();
  readonly #startedAt = Date.now();
  readonly #schedule: Schedule;
  readonly #tree: ProcessTree;
  readonly #stopper = new ThreadStopper();
  readonly #context: RecordingContext;
  readonly #processes = new Map<number, RecordedProcess>();
  #foundPython = false;
  #isStopped = false;
  /** A program that we start may be anything. */
  #mayBePlain: boolean;
  #exit: ExitStatus | undefined;
  #rootHasEnded = false;
  #glancedAt = this.#start;
  #discoveredAt = this.#start;
  #flushedAt = this.#start;
  #flushedRounds = 0;
  #factsAt = Number.NEGATIVE_INFINITY;

  constructor(input: RecorderInput, root: number, waiter: Waiter, post: (message: RecorderMessage) => void) {
    const { options } = input;
    this.#options = options;
    this.#producer = input.producer;
    this.#mayBePlain = options.target.kind === 'launch' || options.native !== undefined;
    this.#root = root;
    this.#waiter = waiter;
    this.#post = post;
    this.#builder = new ProfileBuilder({ timeUnit: chooseTimeUnit(options.period) });
    this.#encoder = new RecordingEncoder(this.#builder);
    this.#log = new SampleLog(this.#builder, this.#start, options.period);
    this.#schedule = new Schedule(this.#start, options);
    this.#tree = new ProcessTree(root);
    const warned = new Set<string>();
    const warn = (message: string): void => {
      if (!warned.has(message)) post({ kind: 'warning', message });
      warned.add(message);
    };
    const askForDebugFile = options.debuginfod
      ? (buildId: string, path: string) => post({ kind: 'debug-file-wanted', buildId, path })
      : undefined;
    this.#context = {
      log: this.#log,
      stopper: this.#stopper,
      runtimeFiles: new Map(),
      native:
        options.native &&
        createNativeContext({
          wanted: options.native,
          warn,
          askForDebugFile,
          keepTable: (entry) => post({ kind: 'unwind-table-made', entry }),
        }),
      warn,
    };
  }

  run(): void {
    this.#builder.mergeFacts(this.#firstFacts());
    this.#post({ kind: 'bytes', bytes: this.#encoder.encodeHeader(), progress: this.#progress(this.#start) });
    this.#log.beginRound(this.#start);
    this.#addProcess(this.#root, undefined, this.#start);
    const end = this.#start + (this.#options.duration ?? Number.POSITIVE_INFINITY);
    while (!this.#isStopped && !this.#rootHasEnded) {
      const now = monotonicNow();
      if (now >= end || this.#isFull(now)) break;
      this.#round(now);
      this.#requirePython(now);
      this.#sleep(Math.min(this.#schedule.deadline, end));
    }
    this.#finish();
  }

  /** One sample of every thread of every process. */
  #round(now: number): void {
    const schedule = this.#schedule;
    schedule.begin(now);
    if (this.#stopper.hasLate) this.#stopper.release();
    this.#log.beginRound(now);
    if (this.#options.followChildren && now - this.#discoveredAt >= DISCOVER_INTERVAL) {
      this.#discoveredAt = now;
      for (const { pid, parent } of this.#tree.discover(now)) {
        this.#addProcess(pid, this.#processes.get(parent)?.row, now);
      }
    }
    for (const process of this.#processes.values()) {
      if (!process.sample(now)) this.#endProcess(process);
    }
    const after = monotonicNow();
    if (after - this.#flushedAt >= this.#options.flushInterval) this.#flush(after);
    schedule.end(monotonicNow());
  }

  /** Sleeps until the next round. Interpreters that are starting are looked at in between. */
  #sleep(deadline: number): void {
    for (;;) {
      const now = monotonicNow();
      if (now >= deadline && now - this.#glancedAt < GLANCE_INTERVAL) return;
      this.#glancedAt = now;
      if (this.#stopper.hasLate) this.#stopper.release();
      let wakeAt = this.#stopper.hasLate ? Math.min(deadline, now + RELEASE_INTERVAL) : deadline;
      for (const process of this.#processes.values()) wakeAt = Math.min(wakeAt, process.wakeAt);
      const { woken, ended } = this.#waiter.waitUntil(wakeAt);
      if (woken) this.#isStopped = true;
      if (ended || this.#stopper.exitOf(this.#root) !== undefined) this.#noticeEnd();
      const woke = monotonicNow();
      if (woken || this.#rootHasEnded || woke >= deadline) return;
      for (const process of this.#processes.values()) process.findPython(woke);
    }
  }

  /** Whoever attaches to a program without Python has mistaken the process: says so at once rather than at the end. */
  #requirePython(now: number): void {
    if (this.#mayBePlain || now - this.#start < PYTHON_PATIENCE) return;
    this.#mayBePlain = true;
    for (const process of this.#processes.values()) if (process.wasPython) return;
    throw notPython(this.#root);
  }

  #noticeEnd(): void {
    if (this.#options.target.kind === 'attach') {
      this.#rootHasEnded = !isAlive(this.#root);
      return;
    }
    this.#exit ??= this.#stopper.exitOf(this.#root) ?? pollExit(this.#root);
    this.#rootHasEnded = this.#exit !== undefined;
  }

  #addProcess(pid: number, parent: ProcessIndex | undefined, now: number): void {
    this.#processes.set(pid, new RecordedProcess(this.#context, pid, parent, now));
  }

  #endProcess(process: RecordedProcess): void {
    this.#foundPython ||= process.wasPython;
    process.close();
    this.#processes.delete(process.pid);
    this.#tree.forget(process.pid);
  }

  /** Times would no longer fit into the recording. */
  #isFull(now: number): boolean {
    if (this.#log.toTime(now) < LAST_TIME) return false;
    this.#context.warn('The recording has reached its greatest length and ends here; the program goes on.');
    return true;
  }

  /** Hands over what is new. */
  #flush(now: number): void {
    for (const process of this.#processes.values()) process.measurePeak();
    if (now - this.#factsAt >= FACTS_INTERVAL) {
      this.#factsAt = now;
      this.#builder.mergeFacts(this.#currentFacts(now));
    }
    const progress = this.#progress(now);
    this.#flushedAt = now;
    this.#flushedRounds = this.#schedule.rounds;
    this.#post({ kind: 'bytes', bytes: this.#encoder.encodeNew(), progress });
  }

  #finish(): void {
    const now = monotonicNow();
    this.#log.beginRound(now);
    const progress = this.#progress(now);
    for (const process of this.#processes.values()) process.measurePeak();
    const root = this.#processes.get(this.#root);
    if (root !== undefined && this.#rootHasEnded) this.#endProcess(root);
    for (const process of this.#processes.values()) {
      this.#foundPython ||= process.wasPython;
      process.settle();
    }
    this.#tree.close();
    const isMissingPython = !this.#foundPython && this.#options.native === undefined;
    if (this.#options.target.kind === 'attach' && isMissingPython) throw endedEarly(this.#root);
    this.#builder.mergeFacts(this.#currentFacts(now));
    this.#post({ kind: 'bytes', bytes: this.#encoder.encodeEnd(), progress });
    this.#awaitExit();
    this.#post({
      kind: 'done',
      result: { exit: this.#exit, foundPython: this.#foundPython, samples: this.#log.counts.samples },
    });
  }

  /** A launched program goes on after the recording, and whoever started us wants to know how it ends. */
  #awaitExit(): void {
    if (this.#options.target.kind === 'attach' || this.#options.awaitExit === false) return;
    while (!this.#rootHasEnded) {
      this.#waiter.waitUntil(Number.MAX_SAFE_INTEGER);
      this.#noticeEnd();
    }
  }

  #firstFacts(): RecordingFacts {
    const { period, exponential, target } = this.#options;
    return {
      producer: this.#producer,
      host: describeHost(),
      command: target.kind === 'launch' ? target.command.join(' ') : readCommandLine(this.#root),
      startedAt: this.#startedAt,
      askedRate: period === 0 ? 0 : 1e9 / period,
      schedule: exponential ? 'exponential' : 'regular',
      mode: target.kind === 'launch' ? 'launched' : 'attached',
    };
  }

  #currentFacts(now: number): RecordingFacts {
    const { counts } = this.#log;
    const { rounds, lateRounds, missedRounds } = this.#schedule;
    const elapsed = now - this.#start;
    const { user, system } = process.cpuUsage();
    return {
      duration: Math.round(elapsed),
      realRate: elapsed > 0 ? (rounds * 1e9) / elapsed : 0,
      rounds,
      lateRounds,
      missedRounds,
      retriedSamples: counts.retried,
      stoppedSamples: counts.stopped,
      lostSamples: Object.fromEntries(counts.lost),
      ...(counts.native.size > 0 && { nativeStacks: Object.fromEntries(counts.native) }),
      ...this.#stopper.times.toFacts(),
      profilerCpu: (user + system) * 1000,
      ...(this.#exit !== undefined && {
        exit: this.#exit.kind === 'exited' ? this.#exit.code : this.#exit.name,
      }),
    };
  }

  #progress(now: number): RecordingProgress {
    const { counts } = this.#log;
    let lost = 0;
    for (const count of counts.lost.values()) lost += count;
    let resident = 0;
    for (const process of this.#processes.values()) resident += process.resident;
    const interval = Math.max(1, now - this.#flushedAt);
    return {
      elapsed: now - this.#start,
      samples: counts.samples,
      rate: ((this.#schedule.rounds - this.#flushedRounds) * 1e9) / interval,
      lost,
      processes: this.#processes.size,
      resident,
    };
  }
}

function endedEarly(pid: number): ProfilerError {
  return new ProfilerError(
    'target-ended-early',
    `Process ${pid} ended (or the recording was stopped) before a first sample could be taken. Short programs are recorded whole with "vmprof run".`,
    { facts: { pid } },
  );
}
