// A process without an interpreter that we know (yet): one frame, the program itself, with the CPU time of all its threads.

import type { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { NONE, type StackIndex } from '../profile/tables.ts';
import { readProcessCpu } from './process/cpu-clock.ts';
import { ThreadActivity } from './process/thread-activity.ts';
import type { SampleLog, ThreadAccount } from './sample-log.ts';

/** Samples one process as a whole. */
export class PlainProcess {
  readonly #pid: number;
  readonly #log: SampleLog;
  readonly #account: ThreadAccount;
  readonly #stack: StackIndex;
  readonly #activity: ThreadActivity | undefined;
  #cpu: number;

  /** @param account that of the main thread, which stands for all */
  constructor(pid: number, executable: string, log: SampleLog, account: ThreadAccount, now: number) {
    this.#pid = pid;
    this.#log = log;
    this.#account = account;
    this.#stack = internProgram(log.builder, executable);
    this.#activity = ThreadActivity.open(pid, pid, now);
    this.#cpu = readProcessCpu(pid) ?? 0;
  }

  sample(now: number): void {
    const cpu = readProcessCpu(this.#pid);
    if (cpu === undefined || this.#activity === undefined) return;
    const { ended, staysBlocked } = this.#activity.look(now);
    if (ended) return;
    const used = Math.max(0, cpu - this.#cpu);
    this.#account.cpu += used;
    this.#cpu = cpu;
    const isWaiting = (staysBlocked || this.#activity.classify(false) === 'waiting') && used === 0;
    const situation = { activity: isWaiting ? 'waiting' : 'running', holdsGil: false } as const;
    this.#log.add(this.#account, this.#stack, situation, this.#activity.syscall);
  }

  close(): void {
    this.#activity?.close();
  }
}

function internProgram(builder: ProfileBuilder, executable: string): StackIndex {
  const program = builder.internFunction({
    name: executable.slice(executable.lastIndexOf('/') + 1),
    file: executable,
    kind: 'native',
  });
  return builder.internStack(NONE, builder.internFrame({ function: program, tier: 'native' }));
}
