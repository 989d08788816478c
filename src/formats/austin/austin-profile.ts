// What both of austin's formats say, text and MOJO, as a profile: samples of threads of processes, with times in microseconds,
// changes of memory in bytes, or both. https://github.com/P403n1x87/austin

import { ProfileBuilder, type WeightSpec } from '../../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  type FunctionKind,
  type ProcessIndex,
  type Profile,
  SAMPLE_STATES,
  type StackIndex,
  type ThreadIndex,
} from '../../profile/tables.ts';

/** What is measured: `# mode:`. Full is wall time, CPU time and memory. */
export type AustinMode = 'wall' | 'cpu' | 'memory' | 'full';

/** A frame. `line` is 0 where unknown. */
export interface AustinFrame {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  /** From 1; 0 where unknown. */
  readonly column: number;
}

/** Numbers behind a stack. */
export interface AustinMetrics {
  /** Microseconds since the sample before of the same thread. */
  readonly time: number;
  /** Bytes by which the process has grown since the sample before; negative when it has shrunk. */
  readonly memory: number;
  /** Undefined where not measured. */
  readonly isIdle: boolean | undefined;
}

const ELAPSED: WeightSpec = { type: 'elapsed', unit: 'nanoseconds', scale: 1000, storage: 'float64' };
const CPU: WeightSpec = { ...ELAPSED, type: 'cpu' };
const ALLOCATED: WeightSpec = { type: 'allocated', unit: 'bytes', scale: 1, storage: 'float64' };
const RELEASED: WeightSpec = { ...ALLOCATED, type: 'released' };

const WEIGHTS: Readonly<Record<AustinMode, readonly WeightSpec[]>> = {
  wall: [ELAPSED],
  cpu: [CPU],
  memory: [ALLOCATED, RELEASED],
  full: [ELAPSED, CPU, ALLOCATED, RELEASED],
};

/** Microseconds. */
const TIME_UNIT = 100;
const RUNNING = SAMPLE_STATES.indexOf('running');
const WAITING = SAMPLE_STATES.indexOf('waiting');
/** Ids that columns can hold. */
const MAX_ID = 0x7fff_ffff;

/** The mode that a file names; undefined for others. */
export function parseAustinMode(text: string): AustinMode | undefined {
  return text === 'wall' || text === 'cpu' || text === 'memory' || text === 'full' ? text : undefined;
}

interface KnownProcess {
  readonly row: ProcessIndex;
  readonly threads: Map<string, AustinThread>;
  resident: number;
}

/** A thread of the profile being made. */
export interface AustinThread {
  readonly row: ThreadIndex;
  readonly process: KnownProcess;
  /** Microseconds that its samples stand for. */
  time: number;
}

export class AustinProfile {
  readonly builder: ProfileBuilder;
  readonly #mode: AustinMode;
  readonly #processes = new Map<number, KnownProcess>();
  readonly #metadata: ReadonlyMap<string, string>;

  /** `metadata` may grow until `build`. */
  constructor(mode: AustinMode, metadata: ReadonlyMap<string, string>) {
    this.#mode = mode;
    this.#metadata = metadata;
    this.builder = new ProfileBuilder({ timeUnit: TIME_UNIT * 1000, weights: WEIGHTS[mode] });
  }

  internFrame({ file, name, line, column }: AustinFrame): FrameIndex {
    const { builder } = this;
    if (file === '') {
      // What stands for no code: garbage collection, a frame that could not be read.
      const isGc = name === 'GC';
      const func = builder.internFunction({ name, kind: isGc ? 'gc' : 'other' });
      return builder.internFrame(isGc ? { function: func, tier: 'gc' } : { function: func });
    }
    const kind = classifyFile(file);
    const func = builder.internFunction(kind === 'kernel' ? { name, kind } : { name, file, kind });
    return builder.internFrame({
      function: func,
      ...(line > 0 ? { line } : {}),
      ...(column > 0 ? { column } : {}),
      ...(kind === 'python' ? {} : { tier: 'native' }),
    });
  }

  /** `id` is the thread's, as the file has it; `interpreter` 0 is the main one. */
  internThread(pid: number, interpreter: number, id: string): AustinThread {
    let process = this.#processes.get(pid);
    if (process === undefined) {
      const row = this.builder.addProcess({ pid: pid <= MAX_ID ? pid : 0, command: '', start: 0 });
      process = { row, threads: new Map(), resident: 0 };
      this.#processes.set(pid, process);
    }
    const key = `${interpreter} ${id}`;
    let thread = process.threads.get(key);
    if (thread === undefined) {
      const number = Number(id);
      const isId = Number.isInteger(number) && number > 0 && number <= MAX_ID;
      const names = [
        ...(isId || id === '' ? [] : [`thread ${id}`]),
        ...(interpreter > 0 ? [`interpreter ${interpreter}`] : []),
      ];
      const row = this.builder.addThread({
        process: process.row,
        tid: isId ? number : 0,
        start: 0,
        ...(names.length === 0 ? {} : { name: names.join(', ') }),
      });
      thread = { row, process, time: 0 };
      process.threads.set(key, thread);
    }
    return thread;
  }

  addSample(thread: AustinThread, stack: StackIndex | -1, { time, memory, isIdle }: AustinMetrics): void {
    const elapsed = Math.max(0, time);
    const isTimed = this.#mode === 'wall' || this.#mode === 'full';
    // A thread's samples follow each other without gaps, as long as idle ones are not left out.
    thread.time += isTimed ? elapsed : 0;
    const at = Math.floor(thread.time / TIME_UNIT);
    const isRunning = isIdle === undefined ? this.#mode === 'cpu' : !isIdle;
    const state = isRunning ? RUNNING : isIdle === true ? WAITING : 0;
    const allocated = Math.max(0, memory);
    const released = Math.max(0, -memory);
    const add = (values: readonly number[]) =>
      this.builder.addSampleWeights(at, thread.row, stack, state, values);
    if (this.#mode === 'memory') add([allocated, released]);
    else if (this.#mode !== 'full') add([elapsed]);
    else {
      add([elapsed, isRunning ? elapsed : 0, allocated, released]);
      if (memory !== 0) {
        thread.process.resident += memory;
        this.builder.addCounter(thread.process.row, 'resident', at, Math.max(0, thread.process.resident));
      }
    }
  }

  build(): Profile {
    const version = this.#metadata.get('austin');
    const interval = Number(this.#metadata.get('interval'));
    const duration = Number(this.#metadata.get('duration'));
    const python = this.#metadata.get('python');
    if (python !== undefined) {
      for (const { row } of this.#processes.values()) {
        this.builder.updateProcess(row, { runtime: `CPython ${python}` });
      }
    }
    const others = [...this.#metadata].filter(([key]) => !TOLD.has(key));
    this.builder.mergeFacts({
      mode: 'imported',
      producer: version === undefined ? 'austin' : `austin ${version}`,
      ...(interval > 0 ? { askedRate: 1e6 / interval } : {}),
      ...(duration > 0 ? { duration: duration * 1000 } : {}),
      ...(others.length === 0 ? {} : { notes: Object.fromEntries(others) }),
    });
    return this.builder.build();
  }
}

/** Metadata that have a place of their own. */
const TOLD = new Set(['austin', 'interval', 'duration', 'python', 'mode']);

function classifyFile(file: string): FunctionKind {
  if (file === 'kernel') return 'kernel';
  return /\.pyw?$/.test(file) || file.startsWith('<') ? 'python' : 'native';
}
