import { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { Profile, StackIndex } from '../../profile/tables.ts';

/** One sample of a stack that deep. */
export function buildRecursive(depth: number): Profile {
  const builder = new ProfileBuilder();
  const process = builder.addProcess({ pid: 1, command: 'x', start: 0 });
  const thread = builder.addThread({ process, tid: 1, start: 0 });
  const frame = builder.internFrame({ function: builder.internFunction({ name: 'f', kind: 'python' }) });
  let stack: StackIndex | -1 = -1;
  for (let level = 0; level < depth; level++) stack = builder.internStack(stack, frame);
  builder.addSample(0, thread, stack, 0, 1, 1);
  return builder.build();
}
