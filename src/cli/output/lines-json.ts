import type { SourceFile } from '../../server/source-files.ts';
import { describeHead, shareToJson } from './json.ts';
import type { LinesData } from './lines-data.ts';
import type { View } from './view.ts';

/** The lines view as a value for `--json`. */
export function describeLines(
  view: View,
  data: LinesData,
  sources: ReadonlyMap<string, SourceFile>,
  notes: readonly string[],
) {
  const { costs, files, leftRows, leftSelf, unknownSelf } = data;
  const share = (amount: number) => shareToJson(amount, costs.sum, costs.effectiveSamples);
  return {
    ...describeHead(view, 'lines', notes),
    measure: view.measure,
    unit: costs.unit,
    sum: costs.sum,
    effectiveSamples: costs.effectiveSamples,
    files: files.map((file) => {
      const source = sources.get(file.file);
      return {
        file: file.file,
        problem: source?.problem ?? null,
        self: { amount: file.self, ...share(file.self) },
        lines: file.rows.map((row) => ({
          line: row.line,
          functions: row.functions,
          text: source?.lines?.[row.line - 1] ?? null,
          self: { amount: row.self, ...share(row.self) },
          total: { amount: row.total, ...share(row.total) },
        })),
      };
    }),
    left: { lines: leftRows, self: leftSelf },
    unknown: { self: unknownSelf },
  };
}
