// `vmprof top PID` and `vmprof top -- COMMAND`: a live table of the hottest functions.

import { type Command, Option } from 'commander';
import { ProfilerError } from '../../base/errors.ts';
import type { Target } from '../../sampler/recording-options.ts';
import { parseChoice, parseProcessId } from '../options.ts';
import { addSamplingOptions } from '../record-options.ts';
import { requireLinux } from '../require-linux.ts';
import { TOP_MEASURES } from '../top/function-sums.ts';
import type { WatchOptions } from '../top/watch.ts';

const HELP = `
Columns:
  self%, total%   in the last 5 seconds: time spent in the function itself, and with all that it calls.
                  100 % is one CPU (cpu), one thread (wall), or the lock held all the time (gil)
  self, total     the same since the start, as time

Keys:
  1 2 3 4, ← →, s     sort by another column          r   the other way round
  t T                 next thread, previous thread    m   count cpu, wall or gil time
  p, space            hold the picture                ↑ ↓ page home end   scroll
  q                   quit                            ?   help

A process that vmprof was attached to goes on when you quit. A program that top started has no terminal: it reads nothing,
and what it prints is dropped. Ctrl-C goes to it; q asks whether to end it, or to leave it running. When it ends, the last
picture stays on the screen, and its exit code is that of vmprof.

Examples:
  vmprof top 4242
  vmprof top 4242 --rate 1000 --measure gil
  vmprof top -- python3 app.py --port 8000`;

export function registerTop(program: Command): void {
  const command = program
    .command('top')
    .usage('[options] <pid>\n       vmprof top [options] -- COMMAND [ARG…]')
    .summary('watch the hottest functions live')
    .description(
      'Shows live what a running process, or a command, and all its children spend their time with.',
    )
    .argument('<target...>', 'the number of a process; or a command, behind --')
    .addOption(
      new Option('--measure <name>', 'what to count first: cpu, wall or gil time (default: cpu)').argParser(
        parseChoice(TOP_MEASURES),
      ),
    );
  addSamplingOptions(command)
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], options: WatchOptions) => {
      const target = chooseTarget(words, process.argv.includes('--'));
      requireLinux();
      const { watch } = await import('../top/watch.ts');
      await watch(target, options);
    });
}

/** A number is a process, everything behind `--` a command. */
function chooseTarget(words: readonly string[], isCommand: boolean): Target {
  if (isCommand) return { kind: 'launch', command: words };
  const [word] = words;
  if (words.length === 1 && /^\d+$/.test(word)) return { kind: 'attach', pid: parseProcessId(word) };
  const command = words.length === 1 && word.endsWith('.py') ? `python3 ${word}` : words.join(' ');
  throw new ProfilerError(
    'bad-usage',
    `"${word}" is not the number of a process. To start a command: vmprof top -- ${command}`,
    { facts: { word } },
  );
}
