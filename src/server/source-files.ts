// Source files of profiled programs, as they are on this machine, and what is doubtful about them.

import { readFile, stat } from 'node:fs/promises';
import { splitLines } from '../base/split-lines.ts';

/** What is known of a source file on this machine. */
export interface SourceFile {
  /** Undefined: it cannot be read. */
  readonly lines: readonly string[] | undefined;
  /** A sentence on why the text is missing or may not be the one that ran. */
  readonly problem?: string;
}

/** Larger files are data, not sources that somebody reads. */
const MAX_SOURCE_BYTES = 16 << 20;

/** Reads a file. `recordedUntil`: the end of the recording, in milliseconds since 1970. Never throws. */
export async function readSourceFile(file: string, recordedUntil: number | undefined): Promise<SourceFile> {
  // `<string>`, `<frozen importlib._bootstrap>`, `<template "x">`: never were files.
  if (file.startsWith('<')) return { lines: undefined };
  let changed: number;
  let bytes: Uint8Array;
  try {
    const about = await stat(file);
    // A pipe or a device could be read for ever.
    if (!about.isFile()) return { lines: undefined, problem: 'It is no regular file.' };
    if (about.size > MAX_SOURCE_BYTES) return { lines: undefined, problem: 'The file is no source text.' };
    changed = about.mtimeMs;
  } catch {
    return { lines: undefined, problem: 'The file is not on this machine.' };
  }
  try {
    bytes = await readFile(file);
  } catch {
    return { lines: undefined, problem: 'The file cannot be read.' };
  }
  if (bytes.includes(0)) return { lines: undefined, problem: 'The file is no source text.' };
  const lines = splitLines(new TextDecoder().decode(bytes));
  if (recordedUntil !== undefined && changed > recordedUntil) {
    return {
      lines,
      problem: 'The file was changed after the recording: lines may be others than those that ran.',
    };
  }
  return { lines };
}
