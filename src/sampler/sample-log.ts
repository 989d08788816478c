// Where the samplers of all processes put what they see: the profile being built, its clock, and the counts of what went wrong.

import type { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import {
  type FrameIndex,
  NONE,
  SAMPLE_STATES,
  STATE_HOLDS_GIL,
  type StackIndex,
  type ThreadIndex,
} from '../profile/tables.ts';
import { syscallName } from './process/syscall-names.ts';
import type { Activity } from './process/thread-activity.ts';

/** What a sample of a thread says besides its stack. */
export interface ThreadSituation {
  readonly activity: Activity | 'waiting-gil';
  readonly holdsGil: boolean;
}

/** Weights that one thread has been given so far. One for each thread of the recording. */
export interface ThreadAccount {
  readonly thread: ThreadIndex;
  /** When the last sample was, in time units. */
  sampledAt: number;
  /** CPU time since the thread was first seen, in nanoseconds, and how much of it samples have, in time units. */
  cpu: number;
  cpuGiven: number;
  /** Stack of the last sample, without the system call on top of it. */
  stack: StackIndex | -1;
}

/** Samples that did not come easily. */
export class SampleCounts {
  samples = 0;
  /** Snapshots that had to be repeated because the thread ran on meanwhile. */
  retried = 0;
  /** Samples that needed the thread to be stopped. */
  stopped = 0;
  /** Native stacks: how they ended → count. See MergeResult. */
  readonly native = new Map<string, number>();
  /** Samples that were given up: cause → count. */
  readonly lost = new Map<string, number>();

  addLost(cause: string): void {
    this.lost.set(cause, (this.lost.get(cause) ?? 0) + 1);
  }

  addNative(result: string): void {
    this.native.set(result, (this.native.get(result) ?? 0) + 1);
  }
}

/** The profile being built, and its clock. Times given are of monotonicNow, in nanoseconds. */
export class SampleLog {
  readonly builder: ProfileBuilder;
  readonly counts = new SampleCounts();
  /** Time of the current round, in time units. */
  time = 0;
  readonly #start: number;
  readonly #firstWeight: number;
  readonly #systemCalls = new Map<number, FrameIndex>();

  /** @param gap mean time between rounds in nanoseconds: the weight of a thread's first sample at the most */
  constructor(builder: ProfileBuilder, start: number, gap: number) {
    this.builder = builder;
    this.#start = start;
    this.#firstWeight = Math.max(1, Math.round(gap / builder.timeUnit));
  }

  /** All samples of a round have its time. */
  beginRound(now: number): void {
    this.time = this.toTime(now);
  }

  /** Time units since the start of the recording. */
  toTime(now: number): number {
    return Math.max(0, Math.round((now - this.#start) / this.builder.timeUnit));
  }

  /** Begins the account of a thread that was first seen in this round. */
  openAccount(thread: ThreadIndex): ThreadAccount {
    return {
      thread,
      sampledAt: Math.max(0, this.time - this.#firstWeight),
      cpu: 0,
      cpuGiven: 0,
      stack: NONE,
    };
  }

  /**
   * A sample of the current round. Time that lost samples left over goes to it. So does CPU time, but only if the thread is
   * not waiting: it was not used by what it waits in, but before, and belongs to the next sample that finds it running.
   */
  add(account: ThreadAccount, stack: StackIndex | -1, situation: ThreadSituation, systemCall = -1): void {
    const { activity, holdsGil } = situation;
    const isWaiting = activity === 'waiting' || activity === 'waiting-gil';
    const state =
      SAMPLE_STATES.indexOf(activity === 'ended' ? 'unknown' : activity) | (holdsGil ? STATE_HOLDS_GIL : 0);
    const whole = isWaiting && systemCall >= 0 ? this.#inSystemCall(stack, systemCall) : stack;
    account.stack = stack;
    this.#append(account, whole, state, isWaiting ? 0 : this.#openCpu(account));
  }

  /** The thread has ended: CPU time that no sample found it using goes to the stack that it was seen in last. */
  closeAccount(account: ThreadAccount): void {
    const cpu = this.#openCpu(account);
    if (cpu > 0) this.#append(account, account.stack, SAMPLE_STATES.indexOf('running'), cpu);
  }

  /** CPU time that has not been given to a sample, in time units. */
  #openCpu(account: ThreadAccount): number {
    return Math.max(0, Math.round(account.cpu / this.builder.timeUnit) - account.cpuGiven);
  }

  #append(account: ThreadAccount, stack: StackIndex | -1, state: number, cpu: number): void {
    this.builder.addSample(this.time, account.thread, stack, state, this.time - account.sampledAt, cpu);
    account.sampledAt = this.time;
    account.cpuGiven += cpu;
    this.counts.samples++;
  }

  /** The stack of a thread that is blocked in a system call: that call stands on top, as a function of the kernel. */
  #inSystemCall(stack: StackIndex | -1, number: number): StackIndex {
    let frame = this.#systemCalls.get(number);
    if (frame === undefined) {
      const call = this.builder.internFunction({ name: syscallName(number), kind: 'kernel' });
      frame = this.builder.internFrame({ function: call, tier: 'native' });
      this.#systemCalls.set(number, frame);
    }
    return this.builder.internStack(stack, frame);
  }
}
