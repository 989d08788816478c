import { readFile } from 'node:fs/promises';
import type { Profile } from '../profile/tables.ts';
import { getChangeTime } from './files.ts';
import { getDuration } from './output/header.ts';
import type { SourceFile } from './output/lines-data.ts';

/** Larger files are data, not sources that somebody reads. */
const MAX_SOURCE_BYTES = 16 << 20;

/** The source files on this machine, as far as they can be read; what is doubtful about them is told. */
export async function readSources(
  profile: Profile,
  files: readonly string[],
): Promise<ReadonlyMap<string, SourceFile>> {
  const entries = await Promise.all(
    files.map(async (file): Promise<[string, SourceFile]> => [file, await readSource(profile, file)]),
  );
  return new Map(entries);
}

async function readSource(profile: Profile, file: string): Promise<SourceFile> {
  // `<string>`, `<frozen importlib._bootstrap>`, `<template "x">`: never were files.
  if (file.startsWith('<')) return { lines: undefined };
  const changed = await getChangeTime(file);
  if (changed === undefined) return { lines: undefined, problem: 'The file is not on this machine.' };
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch {
    return { lines: undefined, problem: 'The file cannot be read.' };
  }
  if (bytes.length > MAX_SOURCE_BYTES || bytes.includes(0)) {
    return { lines: undefined, problem: 'The file is no source text.' };
  }
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
  // What follows the last line end is no line.
  if (lines.at(-1) === '') lines.pop();
  const { startedAt } = profile.facts;
  if (startedAt !== undefined && changed > startedAt + getDuration(profile) / 1e6) {
    return {
      lines,
      problem: 'The file was changed after the recording: lines may be others than those that ran.',
    };
  }
  return { lines };
}
