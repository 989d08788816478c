// Transforms: the same samples with other stacks. Each gives a profile whose views all agree: the functions that are not of
// interest taken out, the ones that are put at the root. Samples that a transform drops are gone; all others keep their
// weights, so a view says how much of the recording is still in it.
//
// The work is one pass over the table of stacks, which gives every old stack its new row, and one over the samples.

import { assertUnreachable } from '../../base/assert.ts';
import { resizeColumn } from '../../base/typed-array.ts';
import { reorderSamples } from '../builder/sample-table-builder.ts';
import { StackTableBuilder } from '../builder/stack-table-builder.ts';
import { type DivisibleWeights, type Squares, safeRatio } from '../costs/stack-weights.ts';
import { type FunctionIndex, NONE, type Profile, type StackTable } from '../tables.ts';

/** `marks`: a slot for each function, 1 where it is meant. */
export type Transform =
  /** Stacks begin at the outermost of the functions; samples without one are dropped. */
  | { readonly type: 'focus-function'; readonly marks: Uint8Array }
  /** Stacks begin at the end of this path of functions, which begins at an outermost frame; all others are dropped. */
  | { readonly type: 'focus-path'; readonly path: readonly FunctionIndex[] }
  /** The functions disappear; what they cost is their callers'. */
  | { readonly type: 'merge'; readonly marks: Uint8Array }
  /** Samples with one of the functions in their stack are dropped. */
  | { readonly type: 'drop'; readonly marks: Uint8Array }
  /** Samples with none of the functions in their stack are dropped. */
  | { readonly type: 'keep'; readonly marks: Uint8Array }
  /** From one call of a function to the next one within it: one call. */
  | { readonly type: 'collapse-recursion'; readonly marks: Uint8Array }
  /** Neighbouring frames that are marked become one, with this name. */
  | { readonly type: 'collapse-group'; readonly marks: Uint8Array; readonly name: string };

/** The profile with one transform after the other. None: the same profile. */
export function transformProfile(profile: Profile, transforms: readonly Transform[]): Profile {
  return transforms.reduce(applyTransform, profile);
}

/** What transforms make of the table of stacks, for weights that are added up by stack already. */
export interface TransformedStacks {
  /** All tables after the transforms, without samples. */
  readonly tables: Profile;
  /** By stack of the profile before: its new row, NONE when its samples have no stack any more, or DROPPED. */
  readonly newRow: Int32Array;
  /** Samples without a stack are dropped. */
  readonly dropsUnknown: boolean;
}

/**
 * As transformProfile, without the pass over the samples. Each transform is made for the tables that the one before it leaves:
 * a group adds a function, and marks need a slot for it.
 */
export function transformStacks(
  profile: Profile,
  transforms: readonly ((tables: Profile) => Transform)[],
): TransformedStacks {
  let tables: Profile = { ...profile, samples: reorderSamples(profile.samples, new Uint32Array(0)) };
  const newRow = new Int32Array(profile.stacks.length);
  for (let row = 0; row < newRow.length; row++) newRow[row] = row;
  let dropsUnknown = false;
  for (const makeTransform of transforms) {
    const { grown, rewriting } = startTransform(tables, makeTransform(tables));
    for (let row = 0; row < newRow.length; row++) {
      const before = newRow[row];
      if (before >= 0) newRow[row] = rewriting.newRow[before];
      if (newRow[row] === NONE && rewriting.dropsUnknown) newRow[row] = DROPPED;
    }
    dropsUnknown ||= rewriting.dropsUnknown;
    tables = { ...grown, stacks: rewriting.stacks };
  }
  return { tables, newRow, dropsUnknown };
}

/** The weights of the transformed samples, from those of the samples before. */
export function transformWeights(
  weights: DivisibleWeights,
  { tables, newRow, dropsUnknown }: TransformedStacks,
): DivisibleWeights {
  const { unit, countsSamples } = weights;
  const self = new Float64Array(tables.stacks.length);
  const selfSamples = new Uint32Array(tables.stacks.length);
  let withoutStack = dropsUnknown ? 0 : weights.withoutStack;
  let samplesWithoutStack = dropsUnknown ? 0 : weights.samplesWithoutStack;
  let sum = withoutStack;
  let samples = samplesWithoutStack;
  for (let row = 0; row < newRow.length; row++) {
    const target = newRow[row];
    if (target === DROPPED || weights.selfSamples[row] === 0) continue;
    sum += weights.self[row];
    samples += weights.selfSamples[row];
    if (target === NONE) {
      withoutStack += weights.self[row];
      samplesWithoutStack += weights.selfSamples[row];
    } else {
      self[target] += weights.self[row];
      selfSamples[target] += weights.selfSamples[row];
    }
  }
  let squares: Squares | undefined;
  return {
    unit,
    self,
    selfSamples,
    withoutStack,
    samplesWithoutStack,
    sum,
    samples,
    effectiveSamples: countsSamples
      ? Math.max(0, sum)
      : safeRatio(sum * sum, sumSquares(weights.getSquares(), newRow, dropsUnknown)),
    getSquares: () => {
      squares ??= transformSquares(weights.getSquares(), { tables, newRow, dropsUnknown });
      return squares;
    },
    countsSamples,
  };
}

/** Of all samples that are not dropped. */
function sumSquares({ self, withoutStack }: Squares, newRow: Int32Array, dropsUnknown: boolean): number {
  let sum = dropsUnknown ? 0 : withoutStack;
  for (let row = 0; row < newRow.length; row++) if (newRow[row] !== DROPPED) sum += self[row];
  return sum;
}

function transformSquares(squares: Squares, { tables, newRow, dropsUnknown }: TransformedStacks): Squares {
  const self = new Float64Array(tables.stacks.length);
  let withoutStack = dropsUnknown ? 0 : squares.withoutStack;
  for (let row = 0; row < newRow.length; row++) {
    const target = newRow[row];
    if (target === NONE) withoutStack += squares.self[row];
    else if (target !== DROPPED) self[target] += squares.self[row];
  }
  return { self, withoutStack };
}

function applyTransform(profile: Profile, transform: Transform): Profile {
  const { grown, rewriting } = startTransform(profile, transform);
  return rewrite(grown, rewriting);
}

/** The profile, with one more function where the transform needs one, and what becomes of each of its stacks. */
function startTransform(
  profile: Profile,
  transform: Transform,
): { readonly grown: Profile; readonly rewriting: Rewriting } {
  if (transform.type !== 'collapse-group')
    return { grown: profile, rewriting: mapStacks(profile, transform) };
  const grown = addGroup(profile, transform.name);
  return { grown, rewriting: collapseGroup(grown, transform.marks) };
}

function mapStacks(profile: Profile, transform: Exclude<Transform, { type: 'collapse-group' }>): Rewriting {
  switch (transform.type) {
    case 'focus-function':
      return focusFunction(profile, transform.marks);
    case 'focus-path':
      return focusPath(profile, transform.path);
    case 'merge':
      return merge(profile, transform.marks);
    case 'drop':
      return drop(profile, transform.marks);
    case 'keep':
      return keep(profile, transform.marks);
    case 'collapse-recursion':
      return collapseRecursion(profile, transform.marks);
    default:
      return assertUnreachable(transform);
  }
}

/** In place of a stack: its samples are dropped. */
export const DROPPED = -2;

interface Rewriting {
  /** The same table as before where no stack changes. */
  readonly stacks: StackTable;
  /** New row of each old stack; NONE for no stack, or DROPPED. */
  readonly newRow: Int32Array;
  /** Samples without a stack are dropped, too. */
  readonly dropsUnknown: boolean;
}

function focusFunction(profile: Profile, marks: Uint8Array): Rewriting {
  const { parent, frame, length } = profile.stacks;
  const stacks = new StackTableBuilder();
  const newRow = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const above = parent[row] === NONE ? DROPPED : newRow[parent[row]];
    if (above !== DROPPED) newRow[row] = stacks.intern(above, frame[row]);
    else if (marks[profile.frames.function[frame[row]]] === 1) newRow[row] = stacks.intern(NONE, frame[row]);
    else newRow[row] = DROPPED;
  }
  return { stacks: stacks.build(), newRow, dropsUnknown: true };
}

function focusPath(profile: Profile, path: readonly FunctionIndex[]): Rewriting {
  const { parent, frame, length } = profile.stacks;
  const stacks = new StackTableBuilder();
  const newRow = new Int32Array(length);
  // How many functions of the path a stack has gone along; one more than all: it left the path.
  const steps = new Int32Array(length);
  const left = path.length + 1;
  for (let row = 0; row < length; row++) {
    const above = parent[row];
    if (above !== NONE && newRow[above] !== DROPPED) {
      newRow[row] = stacks.intern(newRow[above], frame[row]);
      continue;
    }
    const done = above === NONE ? 0 : steps[above];
    const isNext = done < path.length && profile.frames.function[frame[row]] === path[done];
    steps[row] = isNext ? done + 1 : left;
    newRow[row] = steps[row] === path.length ? stacks.intern(NONE, frame[row]) : DROPPED;
  }
  return { stacks: stacks.build(), newRow, dropsUnknown: true };
}

function merge(profile: Profile, marks: Uint8Array): Rewriting {
  const { parent, frame, length } = profile.stacks;
  const stacks = new StackTableBuilder();
  const newRow = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const above = parent[row] === NONE ? NONE : newRow[parent[row]];
    const isMerged = marks[profile.frames.function[frame[row]]] === 1;
    newRow[row] = isMerged ? above : stacks.intern(above, frame[row]);
  }
  return { stacks: stacks.build(), newRow, dropsUnknown: false };
}

function drop(profile: Profile, marks: Uint8Array): Rewriting {
  const { parent, frame, length } = profile.stacks;
  const newRow = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const isDropped =
      (parent[row] !== NONE && newRow[parent[row]] === DROPPED) ||
      marks[profile.frames.function[frame[row]]] === 1;
    newRow[row] = isDropped ? DROPPED : row;
  }
  return { stacks: profile.stacks, newRow, dropsUnknown: false };
}

/** Stacks stay as they are, so that samples above the wanted function still show its callers. */
function keep(profile: Profile, marks: Uint8Array): Rewriting {
  const { parent, frame, length } = profile.stacks;
  const newRow = new Int32Array(length);
  const isWanted = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const above = parent[row] === NONE ? 0 : isWanted[parent[row]];
    isWanted[row] = above | marks[profile.frames.function[frame[row]]];
    newRow[row] = isWanted[row] === 1 ? row : DROPPED;
  }
  return { stacks: profile.stacks, newRow, dropsUnknown: true };
}

function collapseRecursion(profile: Profile, marks: Uint8Array): Rewriting {
  const { parent, frame, length } = profile.stacks;
  const stacks = new StackTableBuilder();
  const newRow = new Int32Array(length);
  // Of each new row: the nearest marked call at or above it, and from there on up the nearest of another function.
  const nearest: number[] = [];
  for (let row = 0; row < length; row++) {
    const above = parent[row] === NONE ? NONE : newRow[parent[row]];
    const own = profile.frames.function[frame[row]];
    const isMarked = marks[own] === 1;
    let call = isMarked && above !== NONE ? nearest[above] : NONE;
    while (call !== NONE && profile.frames.function[stacks.frame[call]] !== own) {
      const outer = stacks.parent[call];
      call = outer === NONE ? NONE : nearest[outer];
    }
    if (call !== NONE) {
      newRow[row] = call;
      continue;
    }
    const created = stacks.intern(above, frame[row]);
    newRow[row] = created;
    nearest[created] = isMarked ? created : above === NONE ? NONE : nearest[above];
  }
  return { stacks: stacks.build(), newRow, dropsUnknown: false };
}

function collapseGroup(profile: Profile, marks: Uint8Array): Rewriting {
  const { parent, frame, length } = profile.stacks;
  const stacks = new StackTableBuilder();
  const newRow = new Int32Array(length);
  const group = profile.frames.length - 1;
  for (let row = 0; row < length; row++) {
    const above = parent[row] === NONE ? NONE : newRow[parent[row]];
    if (marks[profile.frames.function[frame[row]]] !== 1) newRow[row] = stacks.intern(above, frame[row]);
    else if (above !== NONE && stacks.frame[above] === group) newRow[row] = above;
    else newRow[row] = stacks.intern(above, group);
  }
  return { stacks: stacks.build(), newRow, dropsUnknown: false };
}

/** The profile with one more function and frame at the end of their tables, which stand for the group. */
function addGroup(profile: Profile, name: string): Profile {
  const { strings, functions, frames } = profile;
  const functionRow = functions.length;
  const grownFunctions = {
    length: functionRow + 1,
    name: append(functions.name, strings.length),
    qualifiedName: append(functions.qualifiedName, NONE),
    systemName: append(functions.systemName, NONE),
    file: append(functions.file, NONE),
    firstLine: append(functions.firstLine, NONE),
    kind: append(functions.kind, functions.kind[0] ?? 0),
  };
  const grownFrames = {
    length: frames.length + 1,
    function: append(frames.function, functionRow),
    line: append(frames.line, NONE),
    column: append(frames.column, NONE),
    address: append(frames.address, NONE),
    mapping: append(frames.mapping, NONE),
    inlineDepth: append(frames.inlineDepth, 0),
    tier: append(frames.tier, 0),
  };
  return { ...profile, strings: [...strings, name], functions: grownFunctions, frames: grownFrames };
}

function append<T extends Uint8Array | Uint16Array | Int32Array | Float64Array>(column: T, value: number): T {
  const grown = resizeColumn(column, column.length + 1);
  grown[column.length] = value;
  return grown;
}

function rewrite(profile: Profile, { stacks, newRow, dropsUnknown }: Rewriting): Profile {
  const { samples } = profile;
  const stack = new Int32Array(samples.length);
  const unknown = dropsUnknown ? DROPPED : NONE;
  let kept = 0;
  for (let row = 0; row < samples.length; row++) {
    const old = samples.stack[row];
    stack[row] = old === NONE ? unknown : newRow[old];
    if (stack[row] !== DROPPED) kept++;
  }
  const rewritten = { ...samples, stack };
  if (kept === samples.length) return { ...profile, stacks, samples: rewritten };
  const rows = new Uint32Array(kept);
  let next = 0;
  for (let row = 0; row < samples.length; row++) {
    if (stack[row] !== DROPPED) rows[next++] = row;
  }
  return { ...profile, stacks, samples: reorderSamples(rewritten, rows) };
}
