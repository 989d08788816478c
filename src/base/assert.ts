/** Throws when our own code is wrong. For input that is wrong, throw a ProfilerError instead. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`);
}

/** Ends a `switch` over a union: a forgotten case is a type error, and an error at run time. */
export function assertUnreachable(value: never): never {
  throw new Error(`internal error: unexpected value ${String(value)}`);
}

/** The value, which our own code guarantees to be there. */
export function assertDefined<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new Error(`internal error: ${message}`);
  return value;
}
