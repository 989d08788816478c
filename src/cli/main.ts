#!/usr/bin/env node
// The program: sees to it that every way to end is a quiet and documented one. The only file that exits the process.
// Commands set process.exitCode when they end with a code of their own.

import { existsSync } from 'node:fs';
import { ProfilerError } from '../base/errors.ts';
import { describeFailure } from './failure.ts';
import { explain } from './files.ts';
import { buildProgram } from './program.ts';
import { rewriteArguments } from './rewrite-arguments.ts';

process.on('uncaughtException', fail);

try {
  // The table of formats is not loaded for nothing: `vmprof run` starts sooner without it.
  const formats = process.argv.includes('convert') ? (await import('../formats/formats.ts')).FORMATS : [];
  const program = buildProgram(formats);
  const argv = rewriteArguments(process.argv.slice(2), {
    names: ['help', ...program.commands.map((command) => command.name())],
    runOptions: program.commands.find((command) => command.name() === 'run')?.options ?? [],
    fileExists: existsSync,
  });
  // As soon as Node's streams exist, a pipe behind them is non-blocking for everybody: a program that is being run has to
  // find its own as they were.
  if (argv[0] !== 'run') watchStreams();
  await program.parseAsync(argv, { from: 'user' });
} catch (error) {
  fail(error);
}

function watchStreams(): void {
  process.stdout.on('error', (error) => {
    if (isClosedPipe(error)) fail(error);
    fail(new ProfilerError('cannot-write-file', `Cannot write to standard output: ${explain(error)}.`));
  });
  // Nobody reads the messages: no reason to stop.
  process.stderr.on('error', () => {});
}

function fail(error: unknown): never {
  // The reader has seen enough (`| head`).
  if (isClosedPipe(error)) process.exit();
  const { text, exitCode } = describeFailure(error, (process.env.VMPROF_DEBUG ?? '') !== '');
  process.stderr.write(text);
  process.exit(exitCode);
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
