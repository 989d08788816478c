// Numbers as the page shows them: weights in their unit, shares with their error.

import { formatCount, formatPercent, formatShare } from '../../base/quantities.ts';
import { formatAmount } from '../../profile/amounts.ts';
import { computeShareError } from '../../profile/statistics.ts';
import type { CostRow, Totals } from '../worker/messages.ts';

/** `12.3 %` of all that is in view. */
export function shareOf(totals: Totals, weight: number): number {
  return totals.sum === 0 ? 0 : weight / totals.sum;
}

/** `± 1.2 %`: the standard error of a share. */
export function formatError(totals: Totals, weight: number): string {
  return formatPercent(computeShareError(shareOf(totals, weight), totals.effectiveSamples));
}

/** Self and total of a function or node, as a small table. */
export function CostTable({ totals, cost }: { totals: Totals; cost: Omit<CostRow, 'label'> }) {
  const rows = [
    ['self', cost.self, cost.selfSamples],
    ['total', cost.total, cost.totalSamples],
  ] as const;
  return (
    <table class="costs">
      <tbody>
        {rows.map(([title, weight, samples]) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            <td>{formatAmount(totals.unit, weight)}</td>
            <td>{formatShare(shareOf(totals, weight))}</td>
            <td class="error">± {formatError(totals, weight)}</td>
            {totals.unit === 'count' ? null : <td class="error">{formatCount(samples)} samples</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `/srv/app/load.py:12` */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  if (file === '') return '';
  return line > 0 ? `${file}:${line}` : file;
}

/** The last folder and the file: `app/load.py:12`. Full paths stand in titles. */
export function shortPlaceOf(label: { readonly file: string; readonly line: number }): string {
  return placeOf({ ...label, file: label.file.split('/').slice(-2).join('/') });
}
