// `vmprof attach PID`: records a process that runs already.

import type { Command } from 'commander';
import { parseProcessId } from '../options.ts';
import { addOutputOptions, addSamplingOptions, type RecordOptions } from '../record-options.ts';
import { requireLinux } from '../require-linux.ts';

const HELP = `
The process goes on undisturbed: nothing is written into it, and it runs on when vmprof ends, however it ends. Ctrl-C
ends the recording. Processes of other users, and often those of your own, need privileges: use sudo.

Examples:
  vmprof attach 4242 --duration 30s
  vmprof attach 4242 --native
  vmprof attach 4242 --rate 1000 -o service.vmprof
  vmprof attach $(pgrep -f gunicorn | head -1)`;

export function registerAttach(program: Command): void {
  const command = program
    .command('attach')
    .summary('record a process that runs already')
    .description('Records a running process and its children, until it ends or you press Ctrl-C.')
    .argument('<pid>', 'the number of the process', parseProcessId);
  addSamplingOptions(addOutputOptions(command)).addHelpText('after', HELP).action(attachTo);
}

async function attachTo(pid: number, options: RecordOptions): Promise<void> {
  requireLinux();
  const { recordToFile } = await import('../record-to-file.ts');
  await recordToFile({ kind: 'attach', pid }, options, {
    name: `pid-${pid}`,
    progressPlace: 'line',
    onStart(_pid, recording) {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
        process.on(signal, () => recording.stop());
    },
  });
}
