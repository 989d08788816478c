// Texts of source files into a recording, so that it shows them where the files are not.

import type { Profile } from '../profile/tables.ts';
import { listOrigins, readSources } from './read-sources.ts';

/**
 * The profile with the texts of all files that its functions name and this machine has. Texts that it carries already stay:
 * they are those that ran.
 */
export async function embedSources(profile: Profile): Promise<Profile> {
  const found = await readSources(profile, [...listOrigins(profile).keys()]);
  const sources = new Map(profile.sources);
  for (const [file, { lines }] of found) {
    if (lines !== undefined && !sources.has(file))
      sources.set(file, lines.map((line) => `${line}\n`).join(''));
  }
  return sources.size === 0 ? profile : { ...profile, sources };
}
