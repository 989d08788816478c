// Names of functions, frames and stacks as text: for messages, tests and text outputs.

import { type FrameIndex, type FunctionIndex, NONE, type Profile, type StackIndex } from './tables.ts';

/** The qualified name where there is one, else the name. */
export function getFunctionName(profile: Profile, functionIndex: FunctionIndex): string {
  const { functions, strings } = profile;
  const qualified = functions.qualifiedName[functionIndex];
  return strings[qualified === NONE ? functions.name[functionIndex] : qualified];
}

/** The file of a function; undefined where unknown. */
export function getFunctionFile(profile: Profile, functionIndex: FunctionIndex): string | undefined {
  const file = profile.functions.file[functionIndex];
  return file === NONE ? undefined : profile.strings[file];
}

/** `name (file:line)`, as far as it is known. */
export function formatFrame(profile: Profile, frame: FrameIndex): string {
  const functionIndex = profile.frames.function[frame] as FunctionIndex;
  const name = getFunctionName(profile, functionIndex);
  const file = getFunctionFile(profile, functionIndex);
  const line = profile.frames.line[frame];
  if (file === undefined) return line === NONE ? name : `${name} (line ${line})`;
  return line === NONE ? `${name} (${file})` : `${name} (${file}:${line})`;
}

/** The frames of a stack, the outermost first. */
export function getStackFrames(profile: Profile, stack: StackIndex | -1): FrameIndex[] {
  const frames: FrameIndex[] = [];
  for (let row: number = stack; row !== NONE; row = profile.stacks.parent[row]) {
    frames.push(profile.stacks.frame[row] as FrameIndex);
  }
  return frames.reverse();
}

/** Function names from the outermost to the innermost, separated by `;`, as in collapsed stacks. */
export function formatStack(profile: Profile, stack: StackIndex | -1): string {
  return getStackFrames(profile, stack)
    .map((frame) => getFunctionName(profile, profile.frames.function[frame] as FunctionIndex))
    .join(';');
}
