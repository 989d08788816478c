// The shape of a call graph: which calls leave and enter each function, and which functions call each other in cycles.

import { assert } from '../../base/assert.ts';
import type { CallGraph } from './call-graph-types.ts';

/** Lists of rows for each function: those from `xStart[f]` to `xStart[f + 1]`, exclusive. */
export interface CallIndex {
  /** For each call, the function it is made from. */
  readonly caller: Int32Array;
  readonly outStart: Int32Array;
  /** Calls by caller. */
  readonly outCalls: Int32Array;
  readonly inStart: Int32Array;
  /** Calls by callee. */
  readonly inCalls: Int32Array;
  readonly placeStart: Int32Array;
  /** Places by function. */
  readonly places: Int32Array;
}

/** Sets of functions that reach each other; most have one member. Callees come before callers. */
export interface Components {
  readonly count: number;
  readonly ofFunction: Int32Array;
  /** Functions by component: those from `start[c]` to `start[c + 1]`, exclusive. */
  readonly members: Int32Array;
  readonly start: Int32Array;
}

/** What a call graph has without its costs. */
export interface CallShape {
  readonly index: CallIndex;
  readonly components: Components;
  /** 1 for functions that call themselves directly. */
  readonly callsItself: Uint8Array;
}

/** Asserts that all rows of the graph are there. */
export function shapeCallGraph(graph: CallGraph): CallShape {
  checkCallGraph(graph);
  const { functionCount, callCallee } = graph;
  const index = buildCallIndex(graph);
  const callsItself = new Uint8Array(functionCount);
  for (let call = 0; call < callCallee.length; call++) {
    if (index.caller[call] === callCallee[call]) callsItself[callCallee[call]] = 1;
  }
  return { index, components: orderComponents(functionCount, index, callCallee), callsItself };
}

function buildCallIndex(graph: CallGraph): CallIndex {
  const { functionCount, placeFunction, callPlace, callCallee } = graph;
  const caller = callPlace.map((place) => placeFunction[place]);
  const out = groupRows(caller, functionCount);
  const incoming = groupRows(callCallee, functionCount);
  const places = groupRows(placeFunction, functionCount);
  for (let row = 0; row < functionCount; row++) {
    assert(places.start[row] < places.start[row + 1], 'a function without a place');
  }
  return {
    caller,
    outStart: out.start,
    outCalls: out.rows,
    inStart: incoming.start,
    inCalls: incoming.rows,
    placeStart: places.start,
    places: places.rows,
  };
}

/** 1 for functions that call themselves, directly or through others. */
export function findRecursive(calls: {
  readonly functionCount: number;
  readonly caller: Int32Array;
  readonly callee: Int32Array;
}): Uint8Array {
  const { functionCount, caller, callee } = calls;
  const { start: outStart, rows: outCalls } = groupRows(caller, functionCount);
  const { count, members, start } = orderComponents(functionCount, { outStart, outCalls }, callee);
  const isRecursive = new Uint8Array(functionCount);
  for (let component = 0; component < count; component++) {
    if (start[component + 1] - start[component] === 1) continue;
    for (const row of members.subarray(start[component], start[component + 1])) isRecursive[row] = 1;
  }
  for (let call = 0; call < caller.length; call++) {
    if (caller[call] === callee[call]) isRecursive[caller[call]] = 1;
  }
  return isRecursive;
}

/** Row numbers of `keys`, gathered by key, in their order. */
function groupRows(keys: Int32Array, keyCount: number): { start: Int32Array; rows: Int32Array } {
  const start = new Int32Array(keyCount + 1);
  for (const key of keys) start[key + 1]++;
  for (let key = 0; key < keyCount; key++) start[key + 1] += start[key];
  const next = start.slice();
  const rows = new Int32Array(keys.length);
  for (let row = 0; row < keys.length; row++) rows[next[keys[row]]++] = row;
  return { start, rows };
}

/** Tarjan's algorithm, with a stack of its own instead of recursion. Calls that cost nothing count, too. */
function orderComponents(
  functionCount: number,
  { outStart, outCalls }: Pick<CallIndex, 'outStart' | 'outCalls'>,
  callCallee: Int32Array,
): Components {
  const order = new Int32Array(functionCount);
  const lowest = new Int32Array(functionCount);
  const ofFunction = new Int32Array(functionCount).fill(-1);
  const members = new Int32Array(functionCount);
  const start: number[] = [];
  const open = new Int32Array(functionCount);
  const path = new Int32Array(functionCount);
  const nextOut = outStart.slice();
  let visited = 0;
  let openLength = 0;
  let placed = 0;
  for (let root = 0; root < functionCount; root++) {
    if (order[root] !== 0) continue;
    let depth = 0;
    path[0] = root;
    while (depth >= 0) {
      const row = path[depth];
      if (order[row] === 0) {
        order[row] = lowest[row] = ++visited;
        open[openLength++] = row;
      }
      if (nextOut[row] < outStart[row + 1]) {
        const callee = callCallee[outCalls[nextOut[row]++]];
        if (order[callee] === 0) path[++depth] = callee;
        else if (ofFunction[callee] < 0) lowest[row] = Math.min(lowest[row], order[callee]);
        continue;
      }
      depth--;
      if (depth >= 0) lowest[path[depth]] = Math.min(lowest[path[depth]], lowest[row]);
      if (lowest[row] !== order[row]) continue;
      start.push(placed);
      for (let member = -1; member !== row; ) {
        member = open[--openLength];
        ofFunction[member] = start.length - 1;
        members[placed++] = member;
      }
    }
  }
  return { count: start.length, ofFunction, members, start: Int32Array.from([...start, placed]) };
}

function checkCallGraph({ functionCount, placeFunction, callPlace, callCallee }: CallGraph): void {
  assert(
    placeFunction.every((row) => row >= 0 && row < functionCount),
    'a place in an unknown function',
  );
  assert(
    callPlace.every((place) => place >= 0 && place < placeFunction.length),
    'a call from an unknown place',
  );
  assert(
    callCallee.every((row) => row >= 0 && row < functionCount),
    'a call of an unknown function',
  );
}
