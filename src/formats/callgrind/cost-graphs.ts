import { PairIndex } from '../../base/pair-index.ts';
import type { CallGraph } from '../call-graph/call-graph.ts';
import type { CostLines } from './cost-lines.ts';

/** What the lines of a file say, a graph for each event. */
export interface CostGraphs {
  /** All of one shape: lines of functions are places, of which own cost and calls of a line have one. */
  readonly graphs: readonly CallGraph[];
  /** For each place; 0 where unknown. */
  readonly placeLine: Int32Array;
}

/** Of lines that were added up. Functions that are called and never written of have a place without a line. */
export function makeCostGraphs(lines: CostLines, functionCount: number): CostGraphs {
  const { start, callee, line, length } = lines;
  const functions = new Int32Array(length + functionCount);
  const placeLine = new Int32Array(length + functionCount);
  const placeOf = new Int32Array(length);
  let places = 0;
  const index = new PairIndex();
  for (let f = 0; f < functionCount; f++) {
    if (start[f] === start[f + 1]) functions[places++] = f;
    index.clear();
    for (let row = start[f]; row < start[f + 1]; row++) {
      const place = index.intern(line[row], 0, places);
      if (place === places) {
        functions[places] = f;
        placeLine[places++] = line[row];
      }
      placeOf[row] = place;
    }
  }
  const calls = listCalls(lines);
  const shape = {
    functionCount,
    placeFunction: functions.slice(0, places),
    callPlace: calls.map((row) => placeOf[row]),
    callCallee: calls.map((row) => callee[row]),
  };
  const graphs = lines.costs.map((costs) => {
    const placeSelf = new Float64Array(places);
    for (let row = 0; row < length; row++) if (callee[row] < 0) placeSelf[placeOf[row]] += costs[row];
    return { ...shape, placeSelf, callCost: Float64Array.from(calls, (row) => costs[row]) };
  });
  return { graphs, placeLine: placeLine.slice(0, places) };
}

function listCalls({ callee, length }: CostLines): Int32Array {
  let count = 0;
  for (let row = 0; row < length; row++) if (callee[row] >= 0) count++;
  const rows = new Int32Array(count);
  for (let row = 0, call = 0; row < length; row++) if (callee[row] >= 0) rows[call++] = row;
  return rows;
}
