// The function table, and beside it who calls the chosen function and what it calls.

import { useCallback, useState } from 'preact/hooks';
import { formatCount, formatCounted, formatPercent, formatShare } from '../../base/quantities.ts';
import { amountColumn, formatAmount } from '../../profile/amounts.ts';
import { CostTable, formatError, placeOf, shareOf } from '../parts/amounts.tsx';
import { FunctionActions } from '../parts/function-actions.tsx';
import { FunctionCells } from '../parts/function-cells.tsx';
import { ROW_HEIGHT, type RowWindow, VirtualRows } from '../parts/virtual-rows.tsx';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import type { CostRow, FunctionSort, FunctionsAnswer, NeighbourRow, Totals } from '../worker/messages.ts';

interface Column {
  readonly title: string;
  readonly sort: FunctionSort | undefined;
  readonly isNumber: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: 'self', sort: 'self', isNumber: true },
  { title: '%', sort: undefined, isNumber: true },
  { title: '±', sort: undefined, isNumber: true },
  { title: 'total', sort: 'total', isNumber: true },
  { title: '%', sort: undefined, isNumber: true },
  { title: '±', sort: undefined, isNumber: true },
  { title: 'samples', sort: 'samples', isNumber: true },
  { title: 'function', sort: 'name', isNumber: false },
  { title: 'file', sort: 'file', isNumber: false },
];

export function FunctionsView() {
  const store = useStore();
  const { sort, ascending, search, chosen } = store.state.value;
  const [window, setWindow] = useState<RowWindow | undefined>(undefined);
  const view = store.view.value;
  const { answer } = useAnswer(
    'functions',
    'functions',
    view === undefined || window === undefined ? undefined : { view, sort, ascending, search, ...window },
  );
  const onWindow = useCallback((next: RowWindow) => setWindow(next), []);
  const active = answer?.rows.findIndex((row) => row.label !== undefined && row.label.key === chosen) ?? -1;

  const onKeyDown = (event: KeyboardEvent) => {
    if (answer === undefined) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(answer.rows.length - 1, active === -1 ? 0 : active + step));
    const row = answer.rows.at(next);
    if (row?.label !== undefined) store.update({ chosen: row.label.key }, false);
  };

  return (
    <div class="split">
      <div>
        <div class="rows" role="table" aria-label="Functions" aria-rowcount={answer?.length ?? 0}>
          <div class="grid-head function-grid" role="row">
            {COLUMNS.map((column, place) => (
              <Head key={`${column.title}${place}`} column={column} />
            ))}
          </div>
          <VirtualRows
            length={answer?.length ?? 0}
            active={active === -1 ? -1 : (answer?.from ?? 0) + active}
            label="Functions"
            role="rowgroup"
            onWindow={onWindow}
            onKeyDown={onKeyDown}
          >
            {answer?.rows.map((row, place) => (
              // By place: in another order a row gets other texts, which is cheaper than another element.
              <Row key={answer.from + place} answer={answer} row={row} place={answer.from + place} />
            ))}
          </VirtualRows>
        </div>
        <TableFoot answer={answer} search={search} />
      </div>
      <Neighbours />
    </div>
  );
}

function Head({ column: { title, sort, isNumber } }: { column: Column }) {
  const store = useStore();
  const { sort: sorted, ascending } = store.state.value;
  if (sort === undefined) {
    return (
      <span role="columnheader" class="number">
        {title}
      </span>
    );
  }
  const isSorted = sort === sorted;
  // Texts are in order from A on, numbers from the largest on: the first click shows what is looked for.
  const isAscending = isNumber ? ascending : !ascending;
  const order = !isSorted ? 'none' : isAscending ? 'ascending' : 'descending';
  return (
    <span role="columnheader" class={isNumber ? 'number' : ''} aria-sort={order}>
      <button
        type="button"
        onClick={() => store.update({ sort, ascending: isSorted ? !ascending : false }, false)}
      >
        {title}
        {isSorted ? (isAscending ? ' ▲' : ' ▼') : ''}
      </button>
    </span>
  );
}

function Row({ answer, row, place }: { answer: FunctionsAnswer; row: CostRow; place: number }) {
  const store = useStore();
  const { totals } = answer;
  const amounts = amountColumn(totals.unit, totals.sum);
  const { label } = row;
  const isChosen = label !== undefined && label.key === store.state.value.chosen;
  return (
    <div
      class="grid-row function-grid"
      role="row"
      aria-rowindex={place + 1}
      aria-selected={isChosen}
      style={{ top: `${place * ROW_HEIGHT}px` }}
      onClick={() => store.update({ chosen: label?.key }, false)}
      onDblClick={() => label !== undefined && store.addTransform({ type: 'focus', key: label.key })}
    >
      <span role="cell" class="number meter" style={{ '--part': shareOf(totals, row.self) }}>
        {amounts(row.self)}
      </span>
      <span role="cell" class="number">
        {formatPercent(shareOf(totals, row.self))}
      </span>
      <span role="cell" class="number error">
        {formatError(totals, row.self)}
      </span>
      <span role="cell" class="number meter" style={{ '--part': shareOf(totals, row.total) }}>
        {amounts(row.total)}
      </span>
      <span role="cell" class="number">
        {formatPercent(shareOf(totals, row.total))}
      </span>
      <span role="cell" class="number error">
        {formatError(totals, row.total)}
      </span>
      <span role="cell" class="number">
        {formatCount(row.totalSamples)}
      </span>
      <FunctionCells label={label} />
    </div>
  );
}

function TableFoot({ answer, search }: { answer: FunctionsAnswer | undefined; search: string }) {
  if (answer === undefined) return null;
  const text =
    answer.searchProblem ?? `${formatCounted(answer.length, 'function')}${search === '' ? '' : ' found'}`;
  return (
    <div class="details soft" data-testid="function-count">
      {text}
    </div>
  );
}

function Neighbours() {
  const store = useStore();
  const { chosen } = store.state.value;
  const view = store.view.value;
  const { answer } = useAnswer(
    'neighbours',
    'neighbours',
    view === undefined || chosen === undefined ? undefined : { view, key: chosen },
  );
  if (chosen === undefined) {
    return (
      <aside aria-label="Callers and callees">
        <p class="soft">Choose a function to see who calls it and what it calls.</p>
      </aside>
    );
  }
  if (answer === undefined) return <aside aria-label="Callers and callees" />;
  const { chosen: cost, totals } = answer;
  if (cost?.label === undefined) {
    return (
      <aside aria-label="Callers and callees">
        <p class="soft">No sample in this view has the chosen function.</p>
      </aside>
    );
  }
  return (
    <aside aria-label="Callers and callees">
      <h2>{cost.label.name}</h2>
      <p class="soft">{placeOf(cost.label)}</p>
      <CostTable totals={totals} cost={cost} />
      <FunctionActions label={cost.label} isHere />
      <h3>Callers</h3>
      <NeighbourTable
        totals={totals}
        whole={cost.total}
        rows={answer.callers}
        nobody="(nobody: outermost frame)"
      />
      <h3>Callees</h3>
      <NeighbourTable
        totals={totals}
        whole={cost.total}
        rows={answer.callees}
        nobody="(its own code: self)"
      />
    </aside>
  );
}

interface NeighbourTableProps {
  readonly totals: Totals;
  /** The total of the function in the middle. */
  readonly whole: number;
  readonly rows: readonly NeighbourRow[];
  readonly nobody: string;
}

function NeighbourTable({ totals, whole, rows, nobody }: NeighbourTableProps) {
  const store = useStore();
  return (
    <table class="neighbours">
      <tbody>
        {rows.map(({ label, weight }) => (
          <tr key={label?.row ?? -1}>
            <td>{formatAmount(totals.unit, weight)}</td>
            <td class="meter number" style={{ '--part': whole === 0 ? 0 : weight / whole }}>
              {formatShare(whole === 0 ? 0 : weight / whole)}
            </td>
            <td class="name">
              {label === undefined ? (
                <span class="soft">{nobody}</span>
              ) : (
                <button
                  type="button"
                  class="link"
                  title={`${label.name} ${placeOf(label)}`}
                  onClick={() => store.update({ chosen: label.key })}
                >
                  {label.name}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
