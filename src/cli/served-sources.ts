// Which source files the page may read: those that the recordings name, and no others.

import type { SourceFile } from '../server/source-files.ts';
import { readProfile } from './read-profile.ts';
import { listOrigins, readSource, type SourceOrigin } from './read-sources.ts';

/**
 * Reads the recordings at the first question: until somebody looks at a source, nothing is spent on them. Those that grow are
 * read again for a file that they did not name before.
 */
export function createSourceReader(
  recordings: readonly string[],
  areGrowing: () => boolean = () => false,
): (file: string) => Promise<SourceFile | undefined> {
  let named: Promise<ReadonlyMap<string, SourceOrigin>> | undefined;
  let isFinal = false;
  return async (file) => {
    if (named === undefined || (!isFinal && !(await named).has(file))) {
      isFinal = !areGrowing();
      named = listNamedFiles(recordings);
    }
    const origin = (await named).get(file);
    return origin === undefined ? undefined : readSource(file, origin);
  };
}

/**
 * The lines of all files that the recordings name and that are there, or none. Also proves that every recording can be read:
 * throws its ProfilerError otherwise.
 */
export async function readAllSources(
  recordings: readonly string[],
  isWanted: boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const named = await listNamedFiles(recordings.filter((file) => file !== '-'));
  const sources = new Map<string, readonly string[]>();
  if (!isWanted) return sources;
  for (const [file, origin] of named) {
    const { lines } = await readSource(file, origin);
    if (lines !== undefined) sources.set(file, lines);
  }
  return sources;
}

/** Of a file that several recordings name, a text that one of them carries is worth most. */
async function listNamedFiles(recordings: readonly string[]): Promise<Map<string, SourceOrigin>> {
  const files = new Map<string, SourceOrigin>();
  for (const recording of recordings) {
    const { profile } = await readProfile(recording);
    for (const [file, origin] of listOrigins(profile)) {
      if (files.get(file)?.text === undefined) files.set(file, origin);
    }
  }
  return files;
}
