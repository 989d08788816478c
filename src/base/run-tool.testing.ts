import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';
import { skip } from './skip.testing.ts';

/** Runs a compiler or the like in a folder. Skips the running test where there is none, or where it cannot do it. */
export function runTool(context: TestContext, folder: string, [command, ...rest]: readonly string[]): void {
  const { error, status, stderr } = spawnSync(command, rest, { cwd: folder });
  if (error !== undefined) skip(context, `there is no ${command} here`);
  if (status !== 0) skip(context, `${command} ${rest[0]} fails here: ${String(stderr).split('\n')[0]}`);
}
