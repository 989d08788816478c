// Native stacks of one process: what its threads share.

import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { FrameIndex } from '../../profile/tables.ts';
import type { Demangle } from '../../symbols/demangle.ts';
import { AddressChain } from '../../symbols/unwind/code-address.ts';
import type { UnwindArchitecture } from '../../symbols/unwind/unwind-table.ts';
import { Unwinder } from '../../symbols/unwind/unwinder.ts';
import type { ProcessMemory } from '../process/memory.ts';
import type { ThreadStopper } from '../process/thread-stop.ts';
import type { SampleCounts } from '../sample-log.ts';
import type { BinaryFiles } from './binary-file.ts';
import { JitNames } from './jit-names.ts';
import type { StackMarks } from './merge-stacks.ts';
import { type InterpreterFile, NativeFrames } from './native-frames.ts';
import { ProcessCode } from './process-code.ts';
import { RegisterReader } from './registers.ts';
import { StackCopy } from './stack-copy.ts';

/** What all processes of a recording share for native stacks. */
export interface NativeContext {
  readonly architecture: UnwindArchitecture;
  readonly files: BinaryFiles;
  readonly demangle: Demangle;
  /** Frames of the interpreter's own machinery are kept. */
  readonly keepsInterpreter: boolean;
  /** Tells the user about something once. */
  readonly warn: (message: string) => void;
}

/** One process. Its threads are read one after the other, into the same copies. */
export class NativeStacks {
  readonly context: NativeContext;
  readonly memory: ProcessMemory;
  readonly builder: ProfileBuilder;
  readonly stopper: ThreadStopper;
  readonly counts: SampleCounts;
  readonly code: ProcessCode;
  readonly frames: NativeFrames;
  readonly unwinder: Unwinder;
  readonly registers: RegisterReader;
  readonly copy = new StackCopy();
  readonly chain = new AddressChain();
  readonly marks: StackMarks;
  /** Python frames are expected in the stacks. */
  hasInterpreter = false;
  /** False once it has turned out that threads of this process cannot be read. */
  isAvailable = true;
  #generation = -1;

  constructor(options: {
    readonly context: NativeContext;
    readonly memory: ProcessMemory;
    readonly builder: ProfileBuilder;
    readonly stopper: ThreadStopper;
    readonly counts: SampleCounts;
  }) {
    const { context, memory, builder } = options;
    this.context = context;
    this.memory = memory;
    this.builder = builder;
    this.stopper = options.stopper;
    this.counts = options.counts;
    this.code = new ProcessCode(memory, context.files);
    const jit = new JitNames(memory.pid, () => this.code.ranges);
    const { code } = this;
    this.frames = new NativeFrames({ builder, code, jit, ...context });
    this.unwinder = new Unwinder(context.architecture, this.code.find);
    this.registers = new RegisterReader(context.architecture);
    this.marks = {
      cut: internMark(builder, '(stack too large: callers unknown)'),
      lost: internMark(builder, '(callers unknown)'),
      seam: internMark(builder, '(Python and native stack do not fit)'),
    };
  }

  /** The process runs Python from now on. */
  setInterpreter(interpreter: InterpreterFile): void {
    this.hasInterpreter = true;
    this.frames.interpreter = interpreter;
  }

  /** Before the samples of a round. */
  beginRound(now: number): void {
    this.code.now = now;
  }

  /** Before a stack is unwound: forgets what was known of code that is not there any more. */
  noticeChanges(): void {
    if (this.code.generation === this.#generation) return;
    this.#generation = this.code.generation;
    this.unwinder.forget();
  }

  /** Threads of this process cannot be read natively: the recording goes on without. */
  giveUp(reason: string): void {
    this.isAvailable = false;
    this.context.warn(`Native frames of process ${this.memory.pid} cannot be recorded: ${reason}`);
  }
}

function internMark(builder: ProfileBuilder, name: string): FrameIndex {
  return builder.internFrame({ function: builder.internFunction({ name, kind: 'other' }), tier: 'native' });
}
