// A change in words: as a row of the table of differences, and on the card beside the pointer.

import { formatCount, formatShare } from '../../base/quantities.ts';
import { formatAmount } from '../../profile/amounts.ts';
import { useStore } from '../state/store.ts';
import type { ChangeRow, CompareAnswer, CompareRequest } from '../worker/messages.ts';
import { placeOf } from './amounts.tsx';
import { FunctionCells } from './function-cells.tsx';
import { ROW_HEIGHT } from './virtual-rows.tsx';

type Normalisation = CompareRequest['normalisation'];

interface ChangeLineProps {
  readonly answer: CompareAnswer;
  readonly row: ChangeRow;
  readonly place: number;
  readonly normalisation: Normalisation;
}

export function ChangeLine({ answer, row, place, normalisation }: ChangeLineProps) {
  const store = useStore();
  const { label } = row;
  const texts = formatSides(answer, row, normalisation);
  return (
    <div
      class="grid-row change-grid"
      role="row"
      aria-rowindex={place + 1}
      aria-selected={label !== undefined && label.key === store.state.value.chosen}
      style={{ top: `${place * ROW_HEIGHT}px` }}
      onClick={() => store.update({ chosen: label?.key }, false)}
    >
      <span role="cell" class="number">
        {texts.before}
      </span>
      <span role="cell" class="number">
        {texts.after}
      </span>
      <span role="cell" class={`number ${row.isSignificant ? (row.change > 0 ? 'more' : 'less') : ''}`}>
        {texts.change}
      </span>
      <span role="cell" class="number error">
        {texts.error}
      </span>
      <span
        role="cell"
        class="soft"
        title={row.isSignificant ? 'More than chance' : 'No more than chance would have it'}
      >
        {row.isSignificant ? '●' : ''}
        <span class="hidden">{row.isSignificant ? 'more than chance' : 'no more than chance'}</span>
      </span>
      <FunctionCells label={label} />
    </div>
  );
}

/** `isRoot`: of all samples. */
export function ChangeText(props: {
  answer: CompareAnswer;
  change: ChangeRow;
  normalisation: Normalisation;
  isRoot: boolean;
}) {
  const { answer, change, normalisation, isRoot } = props;
  const { label } = change;
  if (label === undefined && !isRoot) return <h3>Smaller boxes</h3>;
  const texts = formatSides(answer, change, normalisation);
  return (
    <>
      <h3>{label?.name ?? 'All samples'}</h3>
      <p>{label === undefined ? '' : placeOf(label)}</p>
      <table class="costs">
        <tbody>
          <tr>
            <th scope="row">before</th>
            <td>{texts.before}</td>
            <td>{formatAmount(answer.before.unit, change.before)}</td>
          </tr>
          <tr>
            <th scope="row">after</th>
            <td>{texts.after}</td>
            <td>{formatAmount(answer.after.unit, change.after)}</td>
          </tr>
          <tr>
            <th scope="row">change</th>
            <td>{texts.change}</td>
            <td class="error">± {texts.error}</td>
          </tr>
        </tbody>
      </table>
      <p class="hint">{change.isSignificant ? 'More than chance.' : 'No more than chance would have it.'}</p>
    </>
  );
}

function formatSides({ before, after }: CompareAnswer, row: ChangeRow, normalisation: Normalisation) {
  const sign = row.change > 0 ? '+' : row.change < 0 ? '−' : '';
  if (normalisation === 'none') {
    const format = (amount: number) =>
      after.unit === 'count' ? formatCount(amount) : formatAmount(after.unit, amount);
    return {
      before: format(row.before),
      after: format(row.after),
      change: sign + format(Math.abs(row.change)),
      error: format(row.error),
    };
  }
  return {
    before: formatShare(row.before / before.sum),
    after: formatShare(row.after / after.sum),
    change: sign + formatShare(Math.abs(row.change)),
    error: formatShare(row.error),
  };
}
