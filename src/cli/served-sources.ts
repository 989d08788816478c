// Which source files the page may read: those that the recordings name, and no others.

import { getDuration } from '../profile/describe-recording.ts';
import { NONE, type Profile } from '../profile/tables.ts';
import { readSourceFile, type SourceFile } from '../server/source-files.ts';
import { readProfile } from './read-profile.ts';

/**
 * Reads the recordings at the first question: until somebody looks at a source, nothing is spent on them. Those that grow are
 * read again for a file that they did not name before.
 */
export function createSourceReader(
  recordings: readonly string[],
  areGrowing: () => boolean = () => false,
): (file: string) => Promise<SourceFile | undefined> {
  let named: Promise<ReadonlyMap<string, number | undefined>> | undefined;
  let isFinal = false;
  return async (file) => {
    if (named === undefined || (!isFinal && !(await named).has(file))) {
      isFinal = !areGrowing();
      named = listNamedFiles(recordings);
    }
    const files = await named;
    return files.has(file) ? readSourceFile(file, files.get(file)) : undefined;
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
  for (const [file, recordedUntil] of named) {
    const { lines } = await readSourceFile(file, recordedUntil);
    if (lines !== undefined) sources.set(file, lines);
  }
  return sources;
}

/** File → end of the recording that names it, in milliseconds since 1970, where known. */
async function listNamedFiles(recordings: readonly string[]): Promise<Map<string, number | undefined>> {
  const files = new Map<string, number | undefined>();
  for (const recording of recordings) {
    const { profile } = await readProfile(recording);
    for (const row of new Set(profile.functions.file)) {
      if (row !== NONE) files.set(profile.strings[row], endOf(profile));
    }
  }
  return files;
}

function endOf(profile: Profile): number | undefined {
  const { startedAt } = profile.facts;
  return startedAt === undefined ? undefined : startedAt + getDuration(profile) / 1e6;
}
