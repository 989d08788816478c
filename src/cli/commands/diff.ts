// `vmprof diff BEFORE AFTER`: what changed from one profile to another.

import { type Command, Option } from 'commander';
import { type DiffOptions, NORMALISATIONS } from '../diff-options.ts';
import { parseChoice, parseCount, parseGrowth } from '../options.ts';
import { addSelectionOptions } from '../selection-options.ts';

const HELP = `
Compared are (--normalise):
  samples  shares: what part of all that a profile counts is spent where
  time     amounts per second of the recording
  none     amounts as they are: for two recordings of the same work

A change stands with its standard error, ±, and is marked with * when it is more than chance: of 100 comparisons of recordings
in which nothing has changed, at most 5 have any mark in a table. Functions are the same by name and file, wherever their lines went.

Examples:
  vmprof diff before.vmprof after.vmprof
  vmprof diff before.vmprof after.vmprof --normalise none --measure wall --thread MainThread
  vmprof diff base.vmprof pull-request.vmprof --fail-above 3 > diff.txt || echo slower
  vmprof diff a.vmprof b.vmprof --json | jq '.functions[] | select(.self.significant)'`;

export function registerDiff(program: Command): void {
  const command = program
    .command('diff')
    .summary('compare two profiles: what grew, what shrank, and how sure that is')
    .description(
      'Compares two recordings, or profiles of any format that vmprof reads. "-" reads standard input.',
    )
    .argument('<before>', 'the profile to compare with')
    .argument('<after>', 'the profile that is compared')
    .addOption(
      new Option('--normalise <by>', `one of ${NORMALISATIONS.join(', ')}`)
        .argParser(parseChoice(NORMALISATIONS))
        .default('samples'),
    )
    .option('--measure <name>', 'what to count, as in show (default: cpu where both have it)')
    .addOption(
      new Option('--limit <n>', 'most rows to show in each direction, 0 for all').argParser(parseCount),
    )
    .addOption(
      new Option(
        '--fail-above <percent>',
        'exit code 17 when a function grew by more than this part of the whole, and by more than chance',
      ).argParser(parseGrowth),
    )
    .option('--json', 'for programs: docs/command-line.md describes it');
  addSelectionOptions(command)
    .addHelpText('after', HELP)
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { diffFiles } = await import('../diff-files.ts');
      await diffFiles(before, after, options);
    });
}
