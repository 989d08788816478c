// The function table, a window of it at a time, and the callers and callees of one function.

import type { FunctionCosts } from '../../../profile/costs/function-costs.ts';
import { computeNeighbours, type Neighbours } from '../../../profile/costs/neighbours.ts';
import { getFunctionFile, getFunctionName } from '../../../profile/stack-text.ts';
import { type FunctionIndex, NONE, type Profile } from '../../../profile/tables.ts';
import type { Derived } from '../derived.ts';
import { labelFunction, markFunctions } from '../function-keys.ts';
import type {
  CostRow,
  FunctionKey,
  FunctionSort,
  FunctionsAnswer,
  FunctionsRequest,
  NeighbourRow,
  NeighboursAnswer,
  ViewSpec,
} from '../messages.ts';
import { search, toTotals } from './totals.ts';

/** The rows from `from` on, of all functions that have a cost and pass the search, in order. */
export function answerFunctions(derived: Derived, request: FunctionsRequest): FunctionsAnswer {
  const profile = derived.getTables(request.view);
  const costs = derived.getCosts(request.view);
  const { marks, problem } = search(profile, request.search);
  const rows: number[] = [];
  for (let row = 0; row < costs.length; row++) {
    if (costs.totalSamples[row] > 0 && (marks === undefined || marks[row] === 1)) rows.push(row);
  }
  if (costs.withoutStack > 0 && marks === undefined) rows.push(NONE);
  rows.sort(compareRows(profile, costs, request.sort));
  if (request.ascending) rows.reverse();
  return {
    totals: toTotals(costs),
    length: rows.length,
    from: request.from,
    rows: rows.slice(request.from, request.from + request.count).map((row) => toCostRow(profile, costs, row)),
    searchProblem: problem,
  };
}

/** As many on either side as one can look at. */
const MAX_NEIGHBOURS = 500;

/** Who calls the function and what it calls; without a `chosen` when no sample has it. */
export function answerNeighbours(
  derived: Derived,
  { view, key }: { readonly view: ViewSpec; readonly key: FunctionKey },
): NeighboursAnswer {
  const profile = derived.getTables(view);
  const costs = derived.getCosts(view);
  const totals = toTotals(costs);
  const marks = markFunctions(profile, key);
  let row = marks.indexOf(1);
  // Of several functions of that name, the one that cost most.
  for (let other = row + 1; other < marks.length && row !== -1; other++) {
    if (marks[other] === 1 && costs.total[other] > costs.total[row]) row = other;
  }
  if (row === -1 || costs.totalSamples[row] === 0) {
    return { totals, chosen: undefined, callers: [], callees: [] };
  }
  const { callers, callees } = computeNeighbours(profile, derived.getWeights(view), row as FunctionIndex);
  return {
    totals,
    chosen: toCostRow(profile, costs, row),
    callers: toRows(profile, callers),
    callees: toRows(profile, callees),
  };
}

function toRows(profile: Profile, neighbours: Neighbours): NeighbourRow[] {
  return Array.from(neighbours.function.subarray(0, MAX_NEIGHBOURS), (row, i) => ({
    label: row === NONE ? undefined : labelFunction(profile, row as FunctionIndex),
    weight: neighbours.weight[i],
    samples: neighbours.samples[i],
  }));
}

function toCostRow(profile: Profile, costs: FunctionCosts, row: number): CostRow {
  if (row === NONE) {
    const samples = costs.samples - costs.selfSamples.reduce((sum, count) => sum + count, 0);
    const weight = costs.withoutStack;
    return { label: undefined, self: weight, total: weight, selfSamples: samples, totalSamples: samples };
  }
  return {
    label: labelFunction(profile, row as FunctionIndex),
    self: costs.self[row],
    total: costs.total[row],
    selfSamples: costs.selfSamples[row],
    totalSamples: costs.totalSamples[row],
  };
}

/** Numbers descending, texts ascending; ties by self, then by row. */
function compareRows(
  profile: Profile,
  costs: FunctionCosts,
  sort: FunctionSort,
): (a: number, b: number) => number {
  const self = (row: number) => (row === NONE ? costs.withoutStack : costs.self[row]);
  const total = (row: number) => (row === NONE ? costs.withoutStack : costs.total[row]);
  const bySelf = (a: number, b: number) => self(b) - self(a) || total(b) - total(a) || a - b;
  switch (sort) {
    case 'self':
      return bySelf;
    case 'total':
      return (a, b) => total(b) - total(a) || bySelf(a, b);
    case 'samples': {
      const samples = (row: number) => (row === NONE ? 0 : costs.totalSamples[row]);
      return (a, b) => samples(b) - samples(a) || bySelf(a, b);
    }
    case 'name':
      return byText((row) => (row === NONE ? '' : getFunctionName(profile, row as FunctionIndex)), bySelf);
    case 'file':
      return byText(
        (row) => (row === NONE ? '' : (getFunctionFile(profile, row as FunctionIndex) ?? '')),
        bySelf,
      );
  }
}

function byText(
  textOf: (row: number) => string,
  otherwise: (a: number, b: number) => number,
): (a: number, b: number) => number {
  return (a, b) => {
    const first = textOf(a);
    const second = textOf(b);
    if (first === second) return otherwise(a, b);
    return first < second ? -1 : 1;
  };
}
