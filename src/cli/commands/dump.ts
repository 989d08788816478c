// `vmprof dump PID`: what all threads of a process are doing now.

import type { Command } from 'commander';
import type { DumpCommandOptions } from '../dump-to-text.ts';
import { parseProcessId } from '../options.ts';
import { debuginfodOption, nativeAllOption, nativeOption } from '../record-options.ts';
import { requireLinux } from '../require-linux.ts';

const HELP = `
Each thread stands with its stack, innermost call first, and with what it does: running, waiting (and in which system
call), waiting for the GIL, or holding it. The program goes on: a thread that waits is not disturbed at all, one that
runs is stopped for a moment where an exact look needs that. Values are read from outside, no code of the program runs;
other threads may change them meanwhile.

Examples:
  vmprof dump 4242
  vmprof dump 4242 --locals
  vmprof dump 4242 --native
  vmprof dump 4242 --json | jq '.processes[].threads[] | select(.holdsGil) | .frames[0]'
  for i in 1 2 3; do vmprof dump 4242; sleep 1; done      is it stuck?`;

export function registerDump(program: Command): void {
  program
    .command('dump')
    .summary('print the stacks of all threads, now')
    .description('Prints what every thread of a running process, and of its child processes, is doing now.')
    .argument('<pid>', 'the number of the process', parseProcessId)
    .option('-l, --locals', 'with the arguments and local variables of every function')
    .addOption(nativeOption())
    .addOption(nativeAllOption())
    .addOption(debuginfodOption())
    .option('--no-children', 'leave child processes out')
    .option('--json', 'for programs: docs/command-line.md describes it')
    .addHelpText('after', HELP)
    .action(async (pid: number, options: DumpCommandOptions) => {
      requireLinux();
      const { dumpToText } = await import('../dump-to-text.ts');
      await dumpToText(pid, options);
    });
}
