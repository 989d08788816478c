import { ProfilerError } from '../base/errors.ts';
import type { Format, ImportedProfile } from '../formats/format.ts';
import { importProfile } from '../formats/formats.ts';
import { readInput } from './files.ts';

/** The profile in a file (`-`: standard input), in any format that can be read. Errors name the file. */
export async function readProfile(
  file: string,
  format?: Format,
): Promise<ImportedProfile & { readonly format: Format }> {
  const bytes = await readInput(file);
  try {
    return importProfile(bytes, file, format);
  } catch (error) {
    if (!(error instanceof ProfilerError)) throw error;
    const name = file === '-' ? 'standard input' : file;
    throw new ProfilerError(error.code, `${name}: ${error.message}`, {
      facts: { ...error.facts, file },
      cause: error,
    });
  }
}
