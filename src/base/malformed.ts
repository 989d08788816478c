/**
 * Bytes that are not what their format says. Readers throw it inside of themselves and turn it, at their border, into
 * a ProfilerError or into a note of damage.
 */
export class MalformedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedError';
  }
}
