// `vmprof view FILE…`: shows recordings in the browser.

import type { Command } from 'commander';
import { parsePort } from '../options.ts';
import type { ViewOptions } from '../view-files.ts';

const HELP = `
The page is served to this machine only, under an address that cannot be guessed, and asks nothing of any other host.
Ctrl-C ends it.

Examples:
  vmprof view app.vmprof
  vmprof view before.vmprof after.vmprof
  vmprof view stacks.collapsed.gz --no-open
  vmprof view app.vmprof -o report.html --embed-sources
  ssh -L 8123:127.0.0.1:8123 server vmprof view app.vmprof --no-open --port 8123`;

export function registerView(program: Command): void {
  program
    .command('view')
    .summary('show recordings in the browser')
    .description(
      'Shows recordings, or profiles of any format that vmprof reads, as a page in the browser: flame graph, functions, call ' +
        'tree, sources, memory and threads over time. "-" reads standard input.',
    )
    .argument('[file...]', 'the recordings; more can be opened in the page')
    .option('--no-open', 'print the address, but open no browser')
    .option('-o, --output <file>', 'write one HTML file that opens without a server, and do not serve')
    .option('--embed-sources', 'with -o: the texts of the source files go into it, too')
    .option('--port <n>', 'listen on this port (default: any that is free)', parsePort)
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ViewOptions) => {
      const { viewFiles } = await import('../view-files.ts');
      await viewFiles(files, options);
    });
}
