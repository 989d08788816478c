import { ProfilerError } from '../base/errors.ts';
import type { Input } from '../formats/input.ts';
import { withInput } from './open-input.ts';

/** What `read` makes of a file (`-`: standard input). Errors name the file. */
export async function readFileWith<T>(file: string, read: (input: Input) => T): Promise<T> {
  try {
    return await withInput(file, read);
  } catch (error) {
    if (!(error instanceof ProfilerError) || error.code === 'cannot-read-file') throw error;
    throw new ProfilerError(error.code, `${nameInput(file)}: ${error.message}`, {
      facts: { ...error.facts, file },
      cause: error,
    });
  }
}

/** What messages call an input. */
export function nameInput(file: string): string {
  return file === '-' ? 'standard input' : file;
}
