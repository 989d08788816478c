// The source texts of a profile: those that it carries, else the files on this machine.

import { splitLines } from '../base/split-lines.ts';
import { getDuration } from '../profile/describe-recording.ts';
import { NONE, type Profile } from '../profile/tables.ts';
import { readSourceFile, type SourceFile } from '../server/source-files.ts';

/** Where the text of a file comes from. */
export interface SourceOrigin {
  /** As the profile carries it. */
  readonly text: string | undefined;
  /** End of the recording in milliseconds since 1970, where known: a file that is newer may be another one. */
  readonly recordedUntil: number | undefined;
}

/** The texts of some files, as far as there are any; what is doubtful about them is told. */
export async function readSources(
  profile: Profile,
  files: readonly string[],
): Promise<ReadonlyMap<string, SourceFile>> {
  const entries = await Promise.all(
    files.map(
      async (file): Promise<[string, SourceFile]> => [
        file,
        await readSource(file, findOrigin(profile, file)),
      ],
    ),
  );
  return new Map(entries);
}

/** The text of one file. Never throws. */
export function readSource(file: string, { text, recordedUntil }: SourceOrigin): Promise<SourceFile> {
  return text === undefined
    ? readSourceFile(file, recordedUntil)
    : Promise.resolve({ lines: splitLines(text) });
}

/** The origins of all files that functions of the profile are in. */
export function listOrigins(profile: Profile): Map<string, SourceOrigin> {
  const rows = [...new Set(profile.functions.file)].filter((row) => row !== NONE);
  return new Map(rows.map((row) => [profile.strings[row], findOrigin(profile, profile.strings[row])]));
}

function findOrigin(profile: Profile, file: string): SourceOrigin {
  const { startedAt } = profile.facts;
  return {
    text: profile.sources?.get(file),
    recordedUntil: startedAt === undefined ? undefined : startedAt + getDuration(profile) / 1e6,
  };
}
