// `vmprof run -- COMMAND`: starts a program and records it and its children.

import { constants } from 'node:os';
import type { Command } from 'commander';
import {
  addOutputOptions,
  addSamplingOptions,
  type RecordOptions,
  toNativeOption,
} from '../record-options.ts';
import { requireLinux } from '../require-linux.ts';

const HELP = `
The program has the terminal, its streams, its arguments and its signals for itself; its exit code is the exit code of
vmprof. Ctrl-C reaches the program, and the recording is kept. Without -o it goes to a new file in the current folder.

Examples:
  vmprof run -- python3 app.py --port 8000
  vmprof run --rate 1000 -o app.vmprof -- python3 app.py
  vmprof run -o app.speedscope.json -- pytest -x
  vmprof run --native -- ./program
  vmprof run --duration 30s -- ./start-service.sh`;

export function registerRun(program: Command): void {
  const command = program
    .command('run')
    .summary('start a program and record it')
    .description('Starts a program, and records it and all its child processes until it ends.')
    .argument('<command...>', 'the program with its arguments')
    .passThroughOptions();
  addSamplingOptions(addOutputOptions(command)).addHelpText('after', HELP).action(runCommand);
}

/** Signals that a terminal sends to all of its foreground programs; sent to us alone, they are meant for the program. */
const TERMINAL_SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGHUP'] as const;
/** Signals that only we get. */
const OWN_SIGNALS = ['SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;

async function runCommand(command: readonly string[], options: RecordOptions): Promise<void> {
  requireLinux();
  const [{ recordToFile }, { isInForeground }, { dieBySignal }, { say }] = await Promise.all([
    import('../record-to-file.ts'),
    import('../../sampler/process/terminal.ts'),
    import('../../sampler/process/die.ts'),
    import('../console.ts'),
  ]);
  let target: number | undefined;
  const pending: NodeJS.Signals[] = [];
  const forward = (signal: NodeJS.Signals) => {
    if (target === undefined) pending.push(signal);
    else sendSignal(target, signal);
  };
  for (const signal of OWN_SIGNALS) process.on(signal, forward);
  for (const signal of TERMINAL_SIGNALS) {
    process.on(signal, () => {
      if (!isInForeground()) forward(signal);
    });
  }
  const result = await recordToFile({ kind: 'launch', command }, options, {
    name: programName(command),
    progressPlace: 'title',
    onStart(pid) {
      target = pid;
      for (const signal of pending) sendSignal(pid, signal);
    },
  });
  const isNative = toNativeOption(options) !== undefined;
  if (!result.foundPython && !isNative && options.quiet !== true) {
    say('no Python was found in the program: it was recorded as plain processes, with CPU time and memory.');
  }
  if (result.exit?.kind === 'exited') process.exitCode = result.exit.code;
  if (result.exit?.kind === 'signaled') {
    dieBySignal(result.exit.signal);
    process.exitCode = 128 + result.exit.signal;
  }
}

/** The script rather than its interpreter. */
function programName(command: readonly string[]): string {
  const script = command.slice(1).find((argument) => /\.py$/.test(argument));
  return script ?? command[0];
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, constants.signals[signal]);
  } catch {
    // It ended a moment ago.
  }
}
