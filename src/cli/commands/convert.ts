// `vmprof convert IN [IN…] -o OUT`: from one file format to another, and several profiles to one.

import type { Command } from 'commander';
import type { Format } from '../../formats/format.ts';
import { formatFormatsHelp } from '../../formats/formats-page.ts';
import type { ConvertOptions } from '../convert-files.ts';
import { addSelectionOptions } from '../selection-options.ts';

const HELP = `
What is read is told by its content, what is written by the end of the file's name; ".gz" behind it compresses.
What the other format has no place for is told on stderr. A name that ends in .html (or --to html) makes one file of the page and
the profile, which opens in any browser, without vmprof. Several files become the processes of one recording.

Examples:
  vmprof convert app.vmprof -o app.svg
  vmprof convert heap.pb.gz -o heap.html
  vmprof convert app.vmprof -o app.speedscope.json
  vmprof convert app.vmprof -o first-minute.vmprof --time -1m
  vmprof convert web-1.vmprof web-2.vmprof web-3.vmprof -o web.vmprof
  vmprof convert app.vmprof -o - --to collapsed | grep parse
  py-spy record --format raw -o stacks.txt -- python app.py; vmprof convert stacks.txt -o app.vmprof`;

export function registerConvert(program: Command, formats: readonly Format[]): void {
  const command = program
    .command('convert')
    .summary('turn profiles into another format, or into one')
    .description(
      'Reads a profile, or several, and writes it in another format. "-" is standard input or output.',
    )
    .argument('<files...>', 'the profile to read; of several, the processes stay apart')
    .requiredOption('-o, --output <file>', 'where to write it')
    .option('--to <format>', 'the format to write, whatever the name says')
    .option('--from <format>', 'the format to read, whatever the content looks like')
    .option('--embed-sources', 'in recordings and pages: the texts of the source files, too')
    .option('--measure <name>', 'what to write, in formats that hold one weight (default as in show)');
  addSelectionOptions(command)
    .addHelpText('after', () => `\nFormats:\n${formatFormatsHelp(formats)}\n${HELP}`)
    .action(async (files: readonly string[], options: ConvertOptions) => {
      const { convertFiles } = await import('../convert-files.ts');
      await convertFiles(files, options);
    });
}
