// Flame charts: the stacks of one thread along time.

import type { ThreadIndex } from '../../../profile/tables.ts';
import { computeFlameChart } from '../../../profile/trees/flame-chart.ts';
import type { Derived } from '../derived.ts';
import { LabelTable } from '../function-keys.ts';
import type { ChartAnswer, ChartRequest } from '../messages.ts';
import { search } from './totals.ts';

/** Boxes that can be drawn in a frame. */
const MAX_BOXES = 10_000;
/** Deep stacks keep as many columns, however many boxes they are. */
const MIN_COLUMNS = 100;

/** The boxes of a range. Times are in nanoseconds. */
export function answerChart(derived: Derived, request: ChartRequest): ChartAnswer {
  const { view, thread, start, end, columns, maxDepth } = request;
  const profile = derived.getTables(view);
  const samples = derived.getThreadSamples(thread as ThreadIndex);
  const { timeUnit } = profile;
  const compute = (most: number) => {
    const range = { start: start / timeUnit, end: end / timeUnit, columns: most, maxDepth };
    return computeFlameChart(derived.recording, samples, range, derived.getStacks(view));
  };
  let chart = compute(columns);
  // Coarser, until it can be drawn within a frame: of that many boxes nobody could tell the narrow ones apart.
  for (let most = columns / 2; chart.length > MAX_BOXES && most >= MIN_COLUMNS; most /= 2)
    chart = compute(most);
  const table = new LabelTable(derived.getLabels(view));
  const label = chart.function.map((row) => table.place(row));
  const { marks } = search(profile, request.search);
  return {
    chart: {
      ...chart,
      start: chart.start.map((time) => time * timeUnit),
      end: chart.end.map((time) => time * timeUnit),
    },
    label,
    labels: table.labels,
    matches: Uint8Array.from(table.labels, ({ row }) => marks?.[row] ?? 0),
  };
}
