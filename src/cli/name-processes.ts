import type { Profile } from '../profile/tables.ts';

/**
 * Lets processes whose command is not known be called by their file: of several files in one recording, nothing else tells which is
 * which.
 */
export function nameProcesses(profile: Profile, name: string): Profile {
  const { processes, strings } = profile;
  const commands = processes.command.subarray(0, processes.length);
  if (!commands.some((command) => strings[command] === '')) return profile;
  const named = commands.map((command) => (strings[command] === '' ? strings.length : command));
  return { ...profile, strings: [...strings, name], processes: { ...processes, command: named } };
}
