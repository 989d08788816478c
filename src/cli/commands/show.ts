// `vmprof show FILE`: looks at a recording in the terminal.

import { type Command, Option } from 'commander';
import { parseChoice, parseCount, parsePercent } from '../options.ts';
import { addSelectionOptions } from '../selection-options.ts';
import { type ShowOptions, VIEWS } from '../show-options.ts';

const HELP = `
Views:
  flat     what each function cost: self (in its own code) and total (with all that it calls)
  tree     who calls what; --inverted: below each function who calls it
  lines    the source text with the cost of each line
  memory   resident memory over time, its peak, and the stacks at that moment
  info     what was recorded, at which rate, and what was lost

A log of PyPy's JIT is shown as a table of its traces.

Shares stand with their standard error, ±: the true share is within two of them in 95 of 100 recordings.

Examples:
  vmprof show app.vmprof
  vmprof show app.vmprof --view tree --time 10s-20s --thread MainThread
  vmprof show app.vmprof --measure wall --state waiting --view tree --inverted
  vmprof show app.vmprof --function '/^load_/' --view lines
  vmprof show app.vmprof --json | jq '.functions[:3]'`;

export function registerShow(program: Command): void {
  const command = program
    .command('show')
    .summary('show a recording: functions, call tree, lines, memory')
    .description(
      'Shows a recording, or a profile of any format that vmprof reads, as text. "-" reads standard input.',
    )
    .argument('<file>', 'the recording')
    .addOption(
      new Option('--view <name>', `one of ${VIEWS.join(', ')}`).argParser(parseChoice(VIEWS)).default('flat'),
    )
    .option(
      '--measure <name>',
      'what to count: wall, cpu or gil time, samples, or a weight of the file by its name (default: cpu where known)',
    )
    .addOption(new Option('--limit <n>', 'most rows to show, 0 for all').argParser(parseCount))
    .addOption(new Option('--min <percent>', 'leave out what has a smaller share').argParser(parsePercent))
    .option('--by-thread', 'tree: one for each thread')
    .option('--inverted', 'tree: callers below the functions they call')
    .option('--json', 'for programs: docs/command-line.md describes it');
  addSelectionOptions(command)
    .addHelpText('after', HELP)
    .action(async (file: string, options: ShowOptions) => {
      const { showFile } = await import('../show-file.ts');
      await showFile(file, options);
    });
}
