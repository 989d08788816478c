// `vmprof convert IN -o OUT`: from one file format to another.

import { type Command, Option } from 'commander';
import type { ConvertOptions } from '../convert-file.ts';
import { addSelectionOptions } from '../selection-options.ts';

const HELP = `
Formats:
  vmprof      vmprof's own recordings (.vmprof)
  speedscope  JSON of https://www.speedscope.app (.speedscope.json)
  collapsed   a line for each stack, as flame graph tools read it (.collapsed, .folded, .txt)

What is read is told by its content, what is written by the end of the file's name; ".gz" behind it compresses.
What the other format has no place for is told on stderr.

Examples:
  vmprof convert app.vmprof -o app.speedscope.json
  vmprof convert app.vmprof -o first-minute.vmprof --time -1m
  vmprof convert app.vmprof -o - --to collapsed | flamegraph.pl > app.svg
  py-spy record --format raw -o stacks.txt -- python app.py; vmprof convert stacks.txt -o app.vmprof`;

export function registerConvert(program: Command): void {
  const command = program
    .command('convert')
    .summary('turn a profile into another format')
    .description('Reads a profile and writes it in another format. "-" is standard input or output.')
    .argument('<file>', 'the profile to read')
    .requiredOption('-o, --output <file>', 'where to write it')
    .option('--to <format>', 'the format to write, whatever the name says')
    .option('--from <format>', 'the format to read, whatever the content looks like')
    .addOption(
      new Option(
        '--measure <name>',
        'what to write, in formats that hold one weight (default as in show)',
      ).choices(['wall', 'cpu', 'gil', 'samples']),
    );
  addSelectionOptions(command)
    .addHelpText('after', HELP)
    .action(async (file: string, options: ConvertOptions) => {
      const { convertFile } = await import('../convert-file.ts');
      await convertFile(file, options);
    });
}
