// Texts of source files into a recording, so that it shows them where the files are not.

import type { Profile } from '../profile/tables.ts';
import { listOrigins, readSource } from './read-sources.ts';

/**
 * The profile with the texts of all files that its functions name and this machine has. Texts that it carries already stay:
 * they are those that ran.
 */
export async function embedSources(profile: Profile): Promise<Profile> {
  const sources = new Map(profile.sources);
  for (const [file, origin] of listOrigins(profile)) {
    if (origin.text !== undefined) continue;
    const { lines } = await readSource(file, origin);
    if (lines !== undefined) sources.set(file, lines.map((line) => `${line}\n`).join(''));
  }
  return sources.size === 0 ? profile : { ...profile, sources };
}
