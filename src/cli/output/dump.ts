// The stacks of all threads as text. Nothing is shortened: paths are there to be copied, values to be read.

import { formatCounted } from '../../base/quantities.ts';
import type { Dump, ProcessDump, SkippedProcess } from '../../sampler/dump.ts';
import type { FrameDump, ThreadDump } from '../../sampler/thread-dump.ts';
import { describeKind, relativePath } from './names.ts';
import type { Style } from './style.ts';
import { formatTable } from './table.ts';
import { cleanText, displayWidth, padEnd } from './text.ts';

export interface DumpTextOptions {
  readonly style: Style;
  /** Paths inside of this folder are shown relative to it. */
  readonly folder?: string | undefined;
}

/** Places stand in one column unless a name is longer than this. */
const MAX_NAME_COLUMN = 44;
/** So many equal frames in a row are written once: deep recursion. */
const MANY_EQUAL = 4;

/** The whole text, with a line end. */
export function formatDump(dump: Dump, options: DumpTextOptions): string {
  const blocks = dump.processes.map((process) => formatProcess(process, options));
  if (dump.skipped.length > 0) blocks.push(dump.skipped.map(describeSkipped).map(options.style.dim));
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function formatProcess(process: ProcessDump, options: DumpTextOptions): string[] {
  const { style } = options;
  const python = process.threads.filter((thread) => thread.isPython);
  const others = process.threads.filter((thread) => !thread.isPython);
  const child = process.parent === undefined ? '' : `, child of ${process.parent}`;
  const isPlain = process.runtime === undefined;
  const counts = isPlain
    ? [formatCounted(others.length, 'thread')]
    : [process.runtime, formatCounted(python.length, 'thread')];
  if (!isPlain && others.length > 0) counts.push(`${others.length} more without Python`);
  const lines = [
    style.bold(`Process ${process.pid}: ${cleanText(process.command)}`),
    style.dim(counts.join(', ') + child),
  ];
  for (const thread of python) lines.push('', ...formatThread(thread, options));
  const [withFrames, bare] = [others.filter(hasFrames), others.filter((thread) => !hasFrames(thread))];
  for (const thread of withFrames) lines.push('', ...formatThread(thread, options));
  if (bare.length > 0) {
    lines.push('', style.dim(isPlain ? 'Threads whose stack could not be read:' : 'Threads without Python:'));
    lines.push(...bare.map((thread) => `  ${nameOf(thread)}: ${describeState(thread)}`));
  }
  return lines;
}

function hasFrames(thread: ThreadDump): boolean {
  return thread.frames.length > 0;
}

function formatThread(thread: ThreadDump, options: DumpTextOptions): string[] {
  const { style } = options;
  const lines = [`${style.bold(nameOf(thread))}: ${describeState(thread)}`];
  if (!thread.isConsistent) {
    lines.push(style.warn('  could not be stopped, so what follows may not belong together'));
  }
  if (thread.failure !== undefined) {
    return [...lines, style.warn(`  its stack could not be read (${thread.failure}); try again`)];
  }
  if (thread.frames.length === 0) return [...lines, style.dim('  no Python code on its stack')];
  const widths = thread.frames.map((frame) => displayWidth(nameOfFrame(frame)));
  const column = widths.reduce((most, width) => (width > MAX_NAME_COLUMN ? most : Math.max(most, width)), 0);
  for (let level = 0; level < thread.frames.length; ) {
    const frame = thread.frames[level];
    const equal = countEqual(thread.frames, level);
    lines.push(formatFrame(frame, column, options));
    lines.push(...formatLocals(frame, style));
    if (equal >= MANY_EQUAL)
      lines.push(style.dim(`  … and ${formatCounted(equal - 1, 'more call')} like this`));
    level += equal >= MANY_EQUAL ? equal : 1;
  }
  return lines;
}

/** Frames from this one on that would look the same. */
function countEqual(frames: readonly FrameDump[], level: number): number {
  const frame = frames[level];
  let count = 1;
  while (level + count < frames.length && isEqual(frame, frames[level + count])) count++;
  return count;
}

function isEqual(a: FrameDump, b: FrameDump): boolean {
  const hasLocals = (a.locals?.length ?? 0) + (b.locals?.length ?? 0) > 0;
  return a.function === b.function && a.file === b.file && a.line === b.line && !hasLocals;
}

function formatFrame(frame: FrameDump, column: number, { style, folder }: DumpTextOptions): string {
  const name = nameOfFrame(frame);
  const file = frame.file === undefined ? '' : relativePath(cleanText(frame.file), folder);
  const place = frame.line === undefined ? file : `${file}:${frame.line}`;
  const gap = padEnd(name, column).slice(name.length);
  return `  ${style.bold(name)}${place === '' ? '' : `${gap}  ${place}`}`;
}

/** `fib`, `malloc [native]`. */
function nameOfFrame({ function: name, kind }: FrameDump): string {
  return `${cleanText(name)}${describeKind(kind)}`;
}

function formatLocals(frame: FrameDump, style: Style): string[] {
  const rows = (frame.locals ?? []).map(({ kind, name, value }) => [
    { text: KIND_NAMES[kind], paint: style.dim },
    cleanText(name),
    cleanText(value),
  ]);
  return formatTable(LOCAL_COLUMNS, rows, { indent: '      ' });
}

const KIND_NAMES = { argument: 'argument', local: 'local', cell: 'local', free: 'closure' } as const;
const LOCAL_COLUMNS = [
  { title: '', align: 'left' },
  { title: '', align: 'left' },
  { title: '', align: 'left' },
] as const;

/** `MainThread (4242)`. */
function nameOf(thread: ThreadDump): string {
  return `${cleanText(thread.name ?? thread.systemName ?? '') || 'thread'} (${thread.tid})`;
}

function describeState(thread: ThreadDump): string {
  const lock = thread.holdsGil ? ', holds the GIL' : '';
  const call = thread.syscall === undefined ? '' : ` in ${thread.syscall}`;
  switch (thread.state) {
    case 'running':
      return `running${lock}`;
    case 'waiting':
      return `waiting${call}${lock}`;
    case 'waiting-gil':
      return 'waiting for the GIL';
    case 'stopped':
      return `stopped by a signal or a debugger${call}${lock}`;
  }
}

function describeSkipped({ pid, command, problem }: SkippedProcess): string {
  return problem ?? `Process ${pid} (${cleanText(command)}) runs no Python.`;
}
