import { getDuration } from '../profile/describe-recording.ts';
import type { Profile } from '../profile/tables.ts';
import { readSourceFile, type SourceFile } from '../server/source-files.ts';

/** The source files on this machine, as far as they can be read; what is doubtful about them is told. */
export async function readSources(
  profile: Profile,
  files: readonly string[],
): Promise<ReadonlyMap<string, SourceFile>> {
  const { startedAt } = profile.facts;
  const recordedUntil = startedAt === undefined ? undefined : startedAt + getDuration(profile) / 1e6;
  const entries = await Promise.all(
    files.map(
      async (file): Promise<[string, SourceFile]> => [file, await readSourceFile(file, recordedUntil)],
    ),
  );
  return new Map(entries);
}
