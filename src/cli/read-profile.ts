import { ProfilerError } from '../base/errors.ts';
import type { Format, ImportedProfile } from '../formats/format.ts';
import { importProfile } from '../formats/formats.ts';
import { withInput } from './open-input.ts';

/** The profile in a file (`-`: standard input), in any format that can be read. Errors name the file. */
export async function readProfile(
  file: string,
  format?: Format,
): Promise<ImportedProfile & { readonly format: Format }> {
  try {
    return await withInput(file, (input) => importProfile(input, format));
  } catch (error) {
    if (!(error instanceof ProfilerError) || error.code === 'cannot-read-file') throw error;
    const name = file === '-' ? 'standard input' : file;
    throw new ProfilerError(error.code, `${name}: ${error.message}`, {
      facts: { ...error.facts, file },
      cause: error,
    });
  }
}
