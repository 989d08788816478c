// What `vmprof dump` does.

import { dumpProcesses } from '../sampler/dump.ts';
import { say } from './console.ts';
import { writeStandardOutput } from './files.ts';
import { formatDump } from './output/dump.ts';
import { describeDump } from './output/dump-json.ts';
import { stringify } from './output/json.ts';
import { chooseStyle } from './output/style.ts';
import { toNativeOption } from './record-options.ts';

/** What commander makes of the command's options. */
export interface DumpCommandOptions {
  readonly locals?: boolean;
  readonly json?: boolean;
  readonly children: boolean;
  readonly native?: boolean;
  readonly nativeAll?: boolean;
  readonly debuginfod?: boolean;
}

/** Dumps a process to standard output. */
export async function dumpToText(pid: number, options: DumpCommandOptions): Promise<void> {
  const dump = await dumpProcesses(pid, {
    wantsLocals: options.locals === true,
    followChildren: options.children,
    native: toNativeOption(options),
    debuginfod: options.debuginfod === true,
    warn: say,
  });
  const text = options.json
    ? stringify(describeDump(dump))
    : formatDump(dump, { style: chooseStyle(process.stdout, process.env), folder: process.cwd() });
  await writeStandardOutput(text);
}
