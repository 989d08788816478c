// The filters that commands on recordings have in common, as users write them; resolve-selection.ts tells which samples
// they mean.

import { type Command, Option } from 'commander';
import { SAMPLE_STATES } from '../profile/tables.ts';
import { collect, parseProcessId, parseTimeRange, type TimeRange } from './options.ts';

/** What commander makes of them. */
export interface SelectionOptions {
  readonly time?: TimeRange;
  readonly thread?: readonly string[];
  readonly process?: readonly number[];
  readonly function?: readonly string[];
  readonly state?: readonly string[];
}

/** Adds the filters to a command. */
export function addSelectionOptions(command: Command): Command {
  const states = SAMPLE_STATES.join(', ');
  return command
    .optionsGroup('Filters (each narrows what is shown):')
    .addOption(
      new Option('--time <range>', 'part of the recording: 2s-5s, 1m30s-, -500ms').argParser(parseTimeRange),
    )
    .addOption(new Option('--thread <name|tid>', 'a thread; may be given several times').argParser(collect))
    .addOption(
      new Option('--process <pid>', 'a process; may be given several times').argParser(
        (text, before: readonly number[] | undefined) => [...(before ?? []), parseProcessId(text)],
      ),
    )
    .addOption(
      new Option(
        '--function <text|/regex/>',
        'samples with a function so named anywhere in their stack; may be given several times',
      ).argParser(collect),
    )
    .addOption(
      new Option('--state <state>', `one of ${states}; may be given several times`).argParser(collect),
    )
    .optionsGroup('Options:');
}
