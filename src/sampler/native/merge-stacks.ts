// One stack of two: the native frames of a thread, and the Python frames that its evaluation loops run.
//
// Each native frame of the evaluation loop runs a group of Python frames: from its entry frame, which C called, to the one
// that calls C again (or is executing). Up to 3.10 every group is one frame. So groups take the places of their loops, from
// the outermost on. The innermost loop may have no group: it is just beginning, or has just ended. Where the numbers
// disagree, nothing is guessed and nothing dropped: the Python stack, a mark, and the native stack follow each other.

import type { FrameIndex } from '../../profile/tables.ts';
import type { UnwindEnd } from '../../symbols/unwind/unwinder.ts';
import type { NativePlace } from './native-frames.ts';

/** How the two fitted: `whole`, or why there is a mark in the stack. */
export type MergeResult = 'whole' | 'cut' | 'lost' | 'seam';

/** Frames that say what is missing. */
export interface StackMarks {
  /** Callers further out are unknown, since the stack was too large. */
  readonly cut: FrameIndex;
  /** Callers further out are unknown, since there are no rules for unwinding. */
  readonly lost: FrameIndex;
  /** The parts before and behind could not be fitted together. */
  readonly seam: FrameIndex;
}

/** The frames of Python code, innermost first. */
export interface PythonFrames {
  readonly length: number;
  readonly frames: ArrayLike<number>;
  /** 1 for the outermost frame of each run of the evaluation loop. */
  readonly entries: ArrayLike<number>;
  /** Of those, where the loop keeps its mark of the call: in its own native frame. 0 where it has none (up to 3.11). */
  readonly boundaries: ArrayLike<number>;
}

/** The native frames, innermost first. */
export interface NativeStack {
  readonly length: number;
  readonly places: readonly NativePlace[];
  readonly end: UnwindEnd;
  /** Stack pointer of each frame: its memory reaches up to that of its caller. */
  readonly stackPointerAt: (level: number) => number;
}

export const NO_PYTHON: PythonFrames = { length: 0, frames: [], entries: [], boundaries: [] };

/**
 * Fills `merged` with the frames of the whole stack, outermost first.
 *
 * @param keepsInterpreter frames of the interpreter's own machinery stay
 */
export function mergeStacks(
  native: NativeStack,
  python: PythonFrames,
  options: {
    readonly marks: StackMarks;
    readonly keepsInterpreter: boolean;
    readonly hidesStarters: boolean;
  },
  merged: FrameIndex[],
): MergeResult {
  merged.length = 0;
  const { marks } = options;
  const loopLevels = locateLoops(native, python);
  const loops = loopLevels.length;
  const groups = countGroups(python);
  const isWhole = native.end === 'root';
  const isAligned = groups === loops || groups + 1 === loops;
  if (!isAligned && (isWhole || groups < loops)) {
    pushGroups(python, python.length, groups, merged);
    merged.push(marks.seam);
    pushNative(native, { python, left: 0, loopLevels }, { ...options, hidesStarters: false }, merged);
    return 'seam';
  }
  // Of a stack whose outer part is missing, the inner loops are those of the inner groups.
  const outer = Math.max(0, groups - loops);
  const left = pushGroups(python, python.length, isWhole ? 0 : outer, merged);
  if (!isWhole) merged.push(native.end === 'cut' ? marks.cut : marks.lost);
  pushNative(native, { python, left, loopLevels }, options, merged);
  return isWhole ? 'whole' : native.end === 'cut' ? 'cut' : 'lost';
}

/**
 * Levels of the native frames that run Python code, innermost first. From 3.12 on, each of them is found by what it keeps
 * in its frame, which is certain, and needs no symbols; where that does not work out, all are by their names.
 */
function locateLoops(native: NativeStack, python: PythonFrames): readonly number[] {
  return locateByBoundaries(native, python) ?? locateByNames(native);
}

function locateByNames({ length, places }: NativeStack): number[] {
  const levels: number[] = [];
  for (let level = 0; level < length; level++) if (places[level].role === 'eval') levels.push(level);
  return levels;
}

/** Undefined unless there is a frame for every boundary. Both come in order of their addresses. */
function locateByBoundaries(native: NativeStack, python: PythonFrames): number[] | undefined {
  const levels: number[] = [];
  let level = 0;
  for (let frame = 0; frame < python.length; frame++) {
    if (python.entries[frame] === 0) continue;
    const boundary = python.boundaries[frame];
    while (level + 1 < native.length && native.stackPointerAt(level + 1) <= boundary) level++;
    const isInside = level + 1 < native.length && native.stackPointerAt(level) <= boundary;
    if (boundary === 0 || !isInside || levels.at(-1) === level) return undefined;
    levels.push(level);
  }
  return levels.length > 0 ? levels : undefined;
}

function countGroups({ length, entries }: PythonFrames): number {
  let count = 0;
  for (let level = 0; level < length; level++) if (entries[level] === 1) count++;
  return count;
}

/** Adds the outermost groups of the first `left` frames; returns how many frames are left. */
function pushGroups(python: PythonFrames, left: number, groups: number, merged: FrameIndex[]): number {
  let rest = left;
  for (let group = 0; group < groups; group++) rest = pushGroup(python, rest, merged);
  return rest;
}

/** Adds one group: an entry frame and everything up to before the next one. Returns how many frames are left. */
function pushGroup(python: PythonFrames, left: number, merged: FrameIndex[]): number {
  let rest = left;
  do {
    rest--;
    merged.push(python.frames[rest] as FrameIndex);
  } while (rest > 0 && python.entries[rest - 1] === 0);
  return rest;
}

/** Adds the native frames, and for the evaluation loops among them the groups of the first `left` Python frames. */
function pushNative(
  native: NativeStack,
  within: { readonly python: PythonFrames; readonly left: number; readonly loopLevels: readonly number[] },
  options: { readonly keepsInterpreter: boolean; readonly hidesStarters: boolean },
  merged: FrameIndex[],
): void {
  let { left } = within;
  let loop = within.loopLevels.length - 1;
  let isStart = options.hidesStarters && !options.keepsInterpreter;
  for (let level = native.length - 1; level >= 0; level--) {
    const { role, frames } = native.places[level];
    const isLoop = level === within.loopLevels[loop];
    const isHidden = isLoop || role === 'eval' || role === 'machinery' || (isStart && role === 'starter');
    if (options.keepsInterpreter || !isHidden) {
      isStart = false;
      for (let inlined = frames.length - 1; inlined >= 0; inlined--) merged.push(frames[inlined]);
    }
    if (!isLoop) continue;
    loop--;
    isStart = false;
    if (left > 0) left = pushGroup(within.python, left, merged);
  }
}
