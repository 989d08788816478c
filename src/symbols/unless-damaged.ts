import { ProfilerError } from '../base/errors.ts';
import { MalformedError } from '../base/malformed.ts';

/** What is read of a file beside the program, or packed in it; undefined where that is damaged, or no ELF file. */
export function unlessDamaged<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError || error instanceof ProfilerError) return undefined;
    throw error;
  }
}
