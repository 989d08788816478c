import type { Format, ImportedProfile } from '../formats/format.ts';
import { importProfile } from '../formats/formats.ts';
import { readFileWith } from './read-file.ts';

/** The profile in a file (`-`: standard input), in any format that can be read. Errors name the file. */
export function readProfile(
  file: string,
  format?: Format,
): Promise<ImportedProfile & { readonly format: Format }> {
  return readFileWith(file, (input) => importProfile(input, format));
}
