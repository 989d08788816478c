// How much of the recording is in view.

import { formatCounted, formatShare } from '../../base/quantities.ts';
import { formatAmount } from '../../profile/amounts.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';

export function SummaryLine() {
  const store = useStore();
  const view = store.view.value;
  const summary = store.current.value;
  const { answer } = useAnswer('totals', 'totals', view === undefined ? undefined : { view });
  if (answer === undefined || summary === undefined) return null;
  const { totals, whole } = answer;
  const title = summary.measures.find(({ measure }) => measure === view?.measure)?.title ?? '';
  const part = whole.sum === 0 ? 0 : totals.sum / whole.sum;
  return (
    <span class="summary" data-testid="summary">
      <strong>{formatAmount(totals.unit, totals.sum)}</strong>
      {totals.unit === 'count' ? ` ${title}` : ` ${title} in ${formatCounted(totals.samples, 'sample')}`}
      {part < 0.9999 ? ` · ${formatShare(part)} of all` : ''}
    </span>
  );
}
