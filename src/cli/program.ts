// The command line as commander knows it: one register function for each command, and the help around them.

import { Command } from 'commander';
import type { Format } from '../formats/format.ts';
import { registerAttach } from './commands/attach.ts';
import { registerConvert } from './commands/convert.ts';
import { registerDiff } from './commands/diff.ts';
import { registerDump } from './commands/dump.ts';
import { registerRun } from './commands/run.ts';
import { registerShow } from './commands/show.ts';
import { registerTop } from './commands/top.ts';
import { registerView } from './commands/view.ts';
import { readVersion } from './version.ts';

const DESCRIPTION =
  'Shows where the time and the memory of a Python program go. vmprof looks at the program many times a second from ' +
  'outside: the program needs no change, and hardly gets slower. What it sees goes to a recording, a small .vmprof ' +
  'file with every thread and every child process on one time axis.';

const EXAMPLES = `
Examples:
  vmprof app.py --port 8000               record app.py until it ends, print its hottest functions
  vmprof --rate 1000 -o a.vmprof app.py   the same, 1000 times a second, to a file of your choice
  vmprof run -- pytest -x                 record any command and all its child processes
  vmprof attach 4242 --duration 30s       record a process that is running already
  vmprof top 4242                         watch it live
  vmprof dump 4242                        what all of its threads are doing now
  vmprof show a.vmprof --view tree        who calls what, and what it costs
  vmprof view a.vmprof                    the same in the browser: flame graph, sources, threads, memory
  vmprof diff before.vmprof after.vmprof  what became slower, and whether that is more than chance
  vmprof convert a.vmprof -o a.svg        a flame graph; or any format that other tools open

"vmprof COMMAND --help" tells more about each command.`;

/** Width of help that does not go to a terminal. */
const USUAL_COLUMNS = 100;

/** All commands. Nothing heavy is loaded before one of them runs. `formats` are those that the help of convert lists. */
export function buildProgram(formats: readonly Format[]): Command {
  const program = new Command('vmprof')
    .usage('[options] program.py [ARG…]\n       vmprof COMMAND [options] [ARG…]')
    .description(DESCRIPTION)
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    // Options behind the name of a command, and behind the program to run, are theirs.
    .enablePositionalOptions()
    .exitOverride()
    // main.ts prints failures, all in one way.
    .configureOutput({
      outputError: () => {},
      getOutHelpWidth: () => process.stdout.columns ?? USUAL_COLUMNS,
      getErrHelpWidth: () => process.stderr.columns ?? USUAL_COLUMNS,
    })
    .addHelpText('after', EXAMPLES);
  program.commandsGroup('Record:');
  registerRun(program);
  registerAttach(program);
  program.commandsGroup('Look:');
  registerShow(program);
  registerView(program);
  registerDiff(program);
  registerTop(program);
  registerDump(program);
  program.commandsGroup('Exchange:');
  registerConvert(program, formats);
  program.commandsGroup('Help:').helpCommand('help [command]', 'print the help of a command');
  // Without any argument.
  program.action(() => program.help({ error: true }));
  return program;
}
