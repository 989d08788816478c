// What the user reads, and what a script gets as exit code, when a command throws.

import { CommanderError } from 'commander';
import { ERROR_CODES, messageOf, ProfilerError } from '../base/errors.ts';
import { cleanText } from './output/text.ts';

/** Exit code of a bug: EX_SOFTWARE of sysexits.h. */
export const INTERNAL_ERROR_EXIT = 70;

export interface Failure {
  /** For stderr, with its line end; empty when everything is said already. */
  readonly text: string;
  readonly exitCode: number;
}

/** Expected failures in one sentence, bugs as such; stacks only for those who ask for them. */
export function describeFailure(error: unknown, showStack: boolean): Failure {
  if (error instanceof CommanderError) return describeUsage(error);
  const stack = showStack ? `\n${describeStack(error)}` : '';
  if (error instanceof ProfilerError) {
    return { text: `vmprof: ${toOneLine(error.message)}${stack}\n`, exitCode: ERROR_CODES[error.code] };
  }
  const hint = showStack ? stack : ' This is a bug in vmprof; VMPROF_DEBUG=1 shows where.';
  return {
    text: `vmprof: internal error: ${firstLineOf(messageOf(error))}.${hint}\n`,
    exitCode: INTERNAL_ERROR_EXIT,
  };
}

function describeUsage(error: CommanderError): Failure {
  // Help and version are thrown too, and were printed before.
  if (error.exitCode === 0) return { text: '', exitCode: 0 };
  if (error.code === 'commander.help') return { text: '', exitCode: ERROR_CODES['bad-usage'] };
  const message = toOneLine(error.message.replace(/^error: /, ''));
  return { text: `vmprof: ${message}\n`, exitCode: ERROR_CODES['bad-usage'] };
}

function describeStack(error: unknown): string {
  const lines: string[] = [];
  for (
    let current = error;
    current !== undefined;
    current = current instanceof Error ? current.cause : undefined
  ) {
    lines.push((current instanceof Error ? current.stack : undefined) ?? String(current));
  }
  return lines.join('\ncaused by: ');
}

/** Messages quote names and contents of files: whatever stands in them, it stays one line and moves no cursor. */
function toOneLine(message: string): string {
  return cleanText(message.replaceAll('\n', ' '));
}

function firstLineOf(message: string): string {
  return message
    .split('\n')[0]
    .replace(/^internal error: /, '')
    .replace(/\.$/, '');
}
