// Every failure that a user can meet. docs/errors.md explains the same list; a test keeps the two equal.

/** Code → exit code of the command line. */
export const ERROR_CODES = {
  'bad-usage': 2,
  'no-such-process': 3,
  'not-permitted': 4,
  'not-python': 5,
  'unknown-python': 6,
  'target-ended-early': 7,
  'cannot-start': 8,
  'cannot-read-file': 9,
  'cannot-write-file': 10,
  'not-a-recording': 11,
  'newer-recording': 12,
  'unknown-format': 13,
  'no-samples': 14,
  'unsupported-system': 15,
  'read-fault': 16,
  'grew-too-much': 17,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An expected failure: `message` says what happened, with the facts, and what to do about it. */
export class ProfilerError extends Error {
  readonly code: ErrorCode;
  /** The values that the message is made of, for `--json` and for callers that decide on them. */
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { facts?: Record<string, string | number>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProfilerError';
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
