// What `vmprof dump` does.

import { dumpProcesses } from '../sampler/dump.ts';
import { writeStandardOutput } from './files.ts';
import { formatDump } from './output/dump.ts';
import { describeDump } from './output/dump-json.ts';
import { stringify } from './output/json.ts';
import { chooseStyle } from './output/style.ts';

/** What commander makes of the command's options. */
export interface DumpCommandOptions {
  readonly locals?: boolean;
  readonly json?: boolean;
  readonly children: boolean;
}

/** Dumps a process to standard output. */
export async function dumpToText(pid: number, options: DumpCommandOptions): Promise<void> {
  const dump = await dumpProcesses(pid, {
    wantsLocals: options.locals === true,
    followChildren: options.children,
  });
  const text = options.json
    ? stringify(describeDump(dump))
    : formatDump(dump, { style: chooseStyle(process.stdout, process.env), folder: process.cwd() });
  await writeStandardOutput(text);
}
