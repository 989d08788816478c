// How a test says that this machine lacks what it needs: the summary of `npm test` prints the reason.

import type { TestContext } from 'vitest';

/** Skips the running test for this reason. */
export function skip(context: TestContext, reason: string): never {
  (context.task.meta as { skipReason?: string }).skipReason = reason;
  return context.skip(reason);
}
