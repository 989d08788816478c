// What lines and files cost.

import { NONE } from '../../../profile/tables.ts';
import type { Derived } from '../derived.ts';
import type { FilesAnswer, SourceAnswer, SourceRequest, ViewSpec } from '../messages.ts';
import { toTotals } from './totals.ts';

/** The lines of a file that have a cost. */
export function answerSource(derived: Derived, { view, file }: SourceRequest): SourceAnswer {
  const { strings } = derived.getTables(view);
  const costs = derived.getLines(view);
  const rows = Array.from({ length: costs.length }, (_, row) => row).filter(
    (row) =>
      costs.line[row] !== NONE &&
      costs.totalSamples[row] > 0 &&
      costs.file[row] !== NONE &&
      strings[costs.file[row]] === file,
  );
  return {
    totals: toTotals(costs),
    line: Int32Array.from(rows, (row) => costs.line[row]),
    self: Float64Array.from(rows, (row) => costs.self[row]),
    total: Float64Array.from(rows, (row) => costs.total[row]),
    selfSamples: Uint32Array.from(rows, (row) => costs.selfSamples[row]),
    totalSamples: Uint32Array.from(rows, (row) => costs.totalSamples[row]),
  };
}

/** Files with lines that have a cost, with the self of all their lines and the largest total of one. */
export function answerFiles(derived: Derived, { view }: { readonly view: ViewSpec }): FilesAnswer {
  const { strings } = derived.getTables(view);
  const costs = derived.getLines(view);
  const files = new Map<string, { file: string; self: number; total: number }>();
  for (let row = 0; row < costs.length; row++) {
    if (costs.file[row] === NONE || costs.line[row] === NONE || costs.totalSamples[row] === 0) continue;
    const file = strings[costs.file[row]];
    const known = files.get(file) ?? { file, self: 0, total: 0 };
    known.self += costs.self[row];
    known.total = Math.max(known.total, costs.total[row]);
    files.set(file, known);
  }
  return {
    totals: toTotals(costs),
    files: [...files.values()].sort(
      (a, b) => b.self - a.self || b.total - a.total || compare(a.file, b.file),
    ),
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
