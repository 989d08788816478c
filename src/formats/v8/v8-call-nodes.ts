// The tree that V8's formats hold: functions by their callers, without lines. Rows are in order of their parents.

import { StackTableBuilder } from '../../profile/builder/stack-table-builder.ts';
import { FUNCTION_KINDS, NONE, type Profile } from '../../profile/tables.ts';
import type { FunctionLabel } from '../function-labels.ts';
import { ANONYMOUS, GARBAGE_COLLECTOR, ROOT } from './v8-functions.ts';

export interface V8CallNodes {
  readonly length: number;
  /** Row of the caller; NONE below the root, which is no row itself. */
  readonly parent: Int32Array;
  /** FunctionIndex. */
  readonly function: Int32Array;
  /** Row of each stack of the profile. */
  readonly ofStack: Int32Array;
  /** Rows by parent: those of row p are `child[firstChild[p + 1]]` up to `firstChild[p + 2]`; the root's begin at 0. */
  readonly firstChild: Uint32Array;
  readonly child: Uint32Array;
}

export function buildV8CallNodes(profile: Profile): V8CallNodes {
  const { stacks, frames } = profile;
  const nodes = new StackTableBuilder();
  const ofStack = new Int32Array(stacks.length);
  for (let stack = 0; stack < stacks.length; stack++) {
    const parent = stacks.parent[stack] === NONE ? NONE : ofStack[stacks.parent[stack]];
    ofStack[stack] = nodes.intern(parent, frames.function[stacks.frame[stack]]);
  }
  const { length, parent, frame } = nodes.build();
  const firstChild = new Uint32Array(length + 2);
  for (let row = 0; row < length; row++) firstChild[parent[row] + 2]++;
  for (let row = 1; row < firstChild.length; row++) firstChild[row] += firstChild[row - 1];
  const next = firstChild.slice();
  const child = new Uint32Array(length);
  for (let row = 0; row < length; row++) child[next[parent[row] + 1]++] = row;
  return { length, parent, function: frame, ofStack, firstChild, child };
}

/** The ids of scripts, which V8's formats want: one for each file. 0 are V8's own functions. */
export class ScriptIds {
  readonly #ids = new Map<string, string>();

  /** `isOutermost`: V8 keeps garbage collection there and readers move it; `isPlacedCollector` knows ours again. */
  encodeCallFrame(label: FunctionLabel, kind: number, isOutermost: boolean): string {
    const isOwn =
      label.file === undefined && NATIVE_KINDS.includes(FUNCTION_KINDS[kind]) && label.name !== ROOT;
    const isPlaced = isOwn && isOutermost && label.name === GARBAGE_COLLECTOR;
    const line = label.firstLine === undefined ? -1 : label.firstLine - 1;
    return JSON.stringify({
      functionName: label.name === ANONYMOUS ? '' : label.name,
      scriptId: isOwn ? '0' : this.#idOf(label.file ?? ''),
      url: label.file ?? '',
      lineNumber: line,
      columnNumber: line === -1 && !isPlaced ? -1 : 0,
    });
  }

  #idOf(file: string): string {
    const known = this.#ids.get(file);
    if (known !== undefined) return known;
    const id = String(this.#ids.size + 1);
    this.#ids.set(file, id);
    return id;
  }
}

const NATIVE_KINDS: readonly string[] = ['native', 'kernel', 'gc'];

export const ROOT_CALL_FRAME = JSON.stringify({
  functionName: ROOT,
  scriptId: '0',
  url: '',
  lineNumber: -1,
  columnNumber: -1,
});
