// Functions that call each other in cycles: how a path goes through them, from the one it enters to the one it leaves from.
//
// A path is inside such a set once, so what enters each of its functions from outside, and what leaves from each, are known
// and have the same sum. Each function's total says in how many of the paths it stands. From that follows how much
// has to enter and leave at the same function (else it would stand in too many paths), and how much it has to be passed
// on the way from one to another. What cannot be known is the order on the way; calls that exist are preferred.
// Where totals are not told, paths go the shortest way of calls, and stand in no more functions than they must.

import { NONE } from '../../profile/tables.ts';
import type { CallIndex } from './call-graph-order.ts';
import { distribute } from './distribute.ts';

/** A way through a component. */
export interface Walk {
  /** At least one function. */
  readonly functions: readonly number[];
  /** For each function but the last, the place from which the next one is called. */
  readonly places: readonly number[];
  readonly weight: number;
}

export interface Cycle {
  readonly members: Int32Array;
  /** For each member, what enters the component there. Scaled to the sum of `leaving`. */
  readonly entering: readonly number[];
  /** For each member, own cost and cost of calls that leave the component. */
  readonly leaving: readonly number[];
  /** As in CallGraph. */
  readonly total: Float64Array | undefined;
  readonly index: CallIndex;
  readonly callPlace: Int32Array;
  readonly callCallee: Int32Array;
  readonly callCost: Float64Array;
}

/** Functions put into walks in one component; beyond that, totals are too small. */
const MAX_STEPS = 1 << 20;
/** Walks, and positions in them, looked at in one component; beyond that, totals are too small. A second's work. */
const MAX_LOOKS = 1 << 26;
/** Positions looked at in one walk, from its end on. */
const MAX_POSITIONS = 64;

/** `isWhole` is false when the component was too large for exact totals. */
export function buildCycleWalks(cycle: Cycle): { walks: readonly Walk[]; isWhole: boolean } {
  const sum = cycle.leaving.reduce((total, amount) => total + amount, 0);
  if (sum === 0) return { walks: [], isWhole: true };
  const entering = scaleEntering(cycle, sum);
  if (cycle.members.length === 1) return { walks: buildSelfCalls(cycle, sum), isWhole: true };
  const calls = new CallLookup(cycle);
  const totals = completeTotals(cycle, entering, sum);
  const drafts = joinEntriesAndExits(cycle, entering, totals);
  const isWhole = insertOnTheWay(cycle, totals, drafts, calls);
  if (cycle.members.some((row) => Number.isNaN(cycle.total?.[row] ?? Number.NaN))) goByCalls(drafts, calls);
  return {
    walks: drafts.map(({ functions, weight }) => {
      const isOne = functions.length === 2 && functions[0] === functions[1];
      const steps = isOne ? functions.slice(1) : functions;
      return {
        functions: steps,
        places: steps.slice(0, -1).map((row, at) => calls.place(row, steps[at + 1])),
        weight,
      };
    }),
    isWhole,
  };
}

/** Entry, what is passed, exit. */
interface Draft {
  readonly functions: number[];
  weight: number;
}

function scaleEntering({ entering }: Cycle, sum: number): readonly number[] {
  const entered = entering.reduce((total, amount) => total + amount, 0);
  if (entered > 0) return entering.map((amount) => amount * (sum / entered));
  // Rounding has left nothing of a tiny amount: it may enter anywhere.
  return entering.map((_, at) => (at === 0 ? sum : 0));
}

/** One function that calls itself, or not. */
function buildSelfCalls(cycle: Cycle, sum: number): readonly Walk[] {
  const [row] = cycle.members;
  const calls = new CallLookup(cycle);
  const repeated = Math.min(sum, calls.cost(row, row));
  const walks = [
    { functions: [row], places: [], weight: sum - repeated },
    { functions: [row, row], places: [calls.place(row, row)], weight: repeated },
  ];
  return walks.filter(({ weight }) => weight > 0);
}

/** In how much of the component each member stands: as told, or, where that is unknown, as little as can be. */
function completeTotals(cycle: Cycle, entering: readonly number[], sum: number): Float64Array {
  const { members, leaving, total } = cycle;
  return Float64Array.from(members, (row, at) => {
    const least = Math.max(entering[at], leaving[at]);
    const told = total?.[row] ?? Number.NaN;
    return Math.min(sum, Number.isNaN(told) ? least : Math.max(least, told));
  });
}

function joinEntriesAndExits(cycle: Cycle, entering: readonly number[], totals: Float64Array): Draft[] {
  const { members, leaving } = cycle;
  const drafts: Draft[] = [];
  const entries: number[] = [];
  const exits: number[] = [];
  members.forEach((row, at) => {
    const both = Math.min(entering[at], leaving[at], Math.max(0, entering[at] + leaving[at] - totals[at]));
    if (both > 0) drafts.push({ functions: [row, row], weight: both });
    entries.push(entering[at] - both);
    exits.push(leaving[at] - both);
  });
  distribute(entries, exits, 0, (entry, exit, weight) => {
    drafts.push({ functions: [members[entry], members[exit]], weight });
  });
  return drafts;
}

/** Puts each function into as many walks as its total asks for; false when that became too much. */
function insertOnTheWay(cycle: Cycle, totals: Float64Array, drafts: Draft[], calls: CallLookup): boolean {
  const budget = { steps: MAX_STEPS, looks: MAX_LOOKS };
  const ends = sumEnds(drafts);
  for (const at of orderFromEntries(cycle, drafts)) {
    const row = cycle.members[at];
    // Less than a trillionth is rounding.
    const least = totals[at] * 1e-12;
    let missing = totals[at] - (ends.get(row) ?? 0);
    const done = new Set<Draft>();
    for (const isStrict of [true, false]) {
      for (let i = 0; i < drafts.length && missing > least; i++) {
        const draft = drafts[i];
        const { functions } = draft;
        if (budget.looks-- <= 0) return false;
        if (functions[0] === row || functions[functions.length - 1] === row || done.has(draft)) continue;
        const position = isStrict ? calls.findPosition(functions, row, budget) : functions.length - 1;
        if (position === NONE) continue;
        if (budget.steps-- <= 0) return false;
        if (missing < draft.weight) {
          drafts.push({ functions: [...functions], weight: draft.weight - missing });
          budget.steps -= functions.length;
          draft.weight = missing;
        }
        functions.splice(position, 0, row);
        missing -= draft.weight;
        done.add(draft);
      }
    }
  }
  return true;
}

/** Puts between functions that do not call each other those that do, as long as that is not too much. */
function goByCalls(drafts: readonly Draft[], calls: CallLookup): void {
  const budget = { steps: MAX_STEPS, looks: MAX_LOOKS };
  let from = NONE;
  let previous = new Map<number, number>();
  for (const { functions } of drafts) {
    for (let at = functions.length - 1; at > 0; at--) {
      const [caller, callee] = [functions[at - 1], functions[at]];
      if (caller === callee || calls.has(caller, callee)) continue;
      if (budget.looks <= 0 || budget.steps <= 0) return;
      if (caller !== from) {
        from = caller;
        previous = calls.findWays(from, budget);
      }
      const way: number[] = [];
      for (let row = previous.get(callee) ?? from; row !== from; row = previous.get(row) ?? from)
        way.push(row);
      budget.steps -= way.length;
      functions.splice(at, 0, ...way.reverse());
    }
  }
}

/** For each function, the weight of the walks that begin or end with it. */
function sumEnds(drafts: readonly Draft[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { functions, weight } of drafts) {
    sums.set(functions[0], (sums.get(functions[0]) ?? 0) + weight);
    if (functions[1] !== functions[0]) sums.set(functions[1], (sums.get(functions[1]) ?? 0) + weight);
  }
  return sums;
}

/** Positions of the members, callers before callees as far as that can be: the order in which calls reach them. */
function orderFromEntries(cycle: Cycle, drafts: readonly Draft[]): number[] {
  const { members, index, callCallee } = cycle;
  const position = new Map(Array.from(members, (row, at) => [row, at]));
  const queue: number[] = [];
  const reach = (row: number) => {
    const at = position.get(row);
    if (at === undefined) return;
    position.delete(row);
    queue.push(at);
  };
  for (const { functions } of drafts) reach(functions[0]);
  for (let next = 0; next < queue.length; next++) {
    const row = members[queue[next]];
    for (let i = index.outStart[row]; i < index.outStart[row + 1]; i++) reach(callCallee[index.outCalls[i]]);
  }
  for (const row of members) reach(row);
  return queue;
}

/** The calls between the members of a component. */
class CallLookup {
  readonly #cycle: Cycle;
  readonly #factor: number;
  readonly #costs = new Map<number, number>();
  /** The call that costs most, for each caller and callee. */
  readonly #calls = new Map<number, number>();

  constructor(cycle: Cycle) {
    const { members, index, callCallee, callCost } = cycle;
    this.#cycle = cycle;
    this.#factor = index.placeStart.length;
    const isMember = new Set(members);
    for (const row of members) {
      for (let i = index.outStart[row]; i < index.outStart[row + 1]; i++) {
        const call = index.outCalls[i];
        if (!isMember.has(callCallee[call])) continue;
        const key = this.#key(row, callCallee[call]);
        const known = this.#calls.get(key);
        if (known === undefined || callCost[known] < callCost[call]) this.#calls.set(key, call);
        this.#costs.set(key, (this.#costs.get(key) ?? 0) + callCost[call]);
      }
    }
  }

  has(caller: number, callee: number): boolean {
    return this.#calls.has(this.#key(caller, callee));
  }

  /** For each member, the one that calls it on the shortest way from `from`. */
  findWays(from: number, budget: { looks: number }): Map<number, number> {
    const { index, callCallee } = this.#cycle;
    const previous = new Map<number, number>();
    const queue = [from];
    for (const row of queue) {
      for (let at = index.outStart[row]; at < index.outStart[row + 1]; at++) {
        budget.looks--;
        const callee = callCallee[index.outCalls[at]];
        if (callee === from || previous.has(callee) || !this.has(row, callee)) continue;
        previous.set(callee, row);
        queue.push(callee);
      }
    }
    return previous;
  }

  cost(caller: number, callee: number): number {
    return this.#costs.get(this.#key(caller, callee)) ?? 0;
  }

  /** From where the caller calls; some place of it where no such call is known. */
  place(caller: number, callee: number): number {
    const { index, callPlace } = this.#cycle;
    const call = this.#calls.get(this.#key(caller, callee));
    return call === undefined ? index.places[index.placeStart[caller]] : callPlace[call];
  }

  /** Where a function fits best behind one that calls it, and before one that it calls; NONE where nobody calls it. */
  findPosition(functions: readonly number[], row: number, budget: { looks: number }): number {
    let found = NONE;
    const first = Math.max(1, functions.length - MAX_POSITIONS);
    for (let position = functions.length - 1; position >= first; position--) {
      budget.looks--;
      if (!this.#calls.has(this.#key(functions[position - 1], row))) continue;
      if (this.#calls.has(this.#key(row, functions[position]))) return position;
      if (found === NONE) found = position;
    }
    return found;
  }

  #key(caller: number, callee: number): number {
    return caller * this.#factor + callee;
  }
}
