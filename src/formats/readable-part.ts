import { ProfilerError } from '../base/errors.ts';
import type { ImportedProfile } from './format.ts';
import type { Input } from './input.ts';

/**
 * Imports of an input what can be read, as of compressed files that are cut or damaged: for the format, the file ends there. A
 * sentence tells. If nothing can be made of that, the damage is what is wrong with the file, not what the format misses.
 */
export function importReadablePart(
  importProfile: (input: Input) => ImportedProfile,
  input: Input,
): ImportedProfile {
  let problem: ProfilerError | undefined;
  function* blocks() {
    try {
      yield* input.blocks();
    } catch (error) {
      if (!(error instanceof ProfilerError) || error.code !== 'not-a-recording') throw error;
      problem = error;
    }
  }
  try {
    const { profile, notes } = importProfile({ ...input, blocks });
    return { profile, notes: [...describe(problem), ...notes] };
  } catch (error) {
    throw problem !== undefined && error instanceof ProfilerError ? problem : error;
  }
}

/** The last record may be cut, too, and be read as another. */
function describe(problem: ProfilerError | undefined): string[] {
  return problem === undefined
    ? []
    : [`${problem.message} What can be read is shown, and may not all be right.`];
}
