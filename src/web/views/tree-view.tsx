// The call tree, walked as a file tree is: arrows move, open and close.

import { useCallback, useState } from 'preact/hooks';
import { formatPercent } from '../../base/quantities.ts';
import { amountColumn } from '../../profile/amounts.ts';
import { formatError, placeOf, shareOf, shortPlaceOf } from '../parts/amounts.tsx';
import { ChosenFunction } from '../parts/chosen-function.tsx';
import { ROW_HEIGHT, type RowWindow, VirtualRows } from '../parts/virtual-rows.tsx';
import { closeRow } from '../state/open-rows.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import type { TreeAnswer, TreeRow } from '../worker/messages.ts';

const INDENT = 14;

export function TreeView() {
  const store = useStore();
  const { inverted, expanded } = store.state.value;
  const [window, setWindow] = useState<RowWindow | undefined>(undefined);
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const view = store.view.value;
  const { answer } = useAnswer(
    'tree',
    'tree',
    view === undefined || window === undefined ? undefined : { view, inverted, expanded, ...window },
  );
  const onWindow = useCallback((next: RowWindow) => setWindow(next), []);
  const active = answer?.rows.findIndex((row) => row.path === cursor) ?? -1;
  const chosen = active === -1 ? undefined : answer?.rows.at(active)?.label;

  const setExpanded = (rows: readonly string[]) => store.update({ expanded: rows }, false);
  const toggle = ({ hashes }: TreeRow, isOpen: boolean) =>
    setExpanded(isOpen ? [...new Set([...expanded, hashes])] : closeRow(expanded, hashes));
  const moveTo = (row: TreeRow | undefined) => {
    if (row === undefined) return;
    setCursor(row.path);
    store.update({ chosen: row.label?.key }, false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (answer === undefined) return;
    const row = answer.rows.at(Math.max(0, active));
    if (row === undefined) return;
    switch (event.key) {
      case 'ArrowDown':
        moveTo(active === -1 ? row : answer.rows.at(Math.min(active + 1, answer.rows.length - 1)));
        break;
      case 'ArrowUp':
        moveTo(answer.rows.at(Math.max(0, active - 1)));
        break;
      case 'ArrowRight':
        if (row.hasChildren && !row.isExpanded) toggle(row, true);
        else if (row.isExpanded) moveTo(answer.rows.at(active + 1));
        break;
      case 'ArrowLeft':
        if (row.isExpanded) toggle(row, false);
        else moveTo(answer.rows.find(({ path }) => path === row.path.slice(0, row.path.lastIndexOf('/'))));
        break;
      case '*':
        setExpanded([...new Set([...expanded, ...openAll(answer, row)])]);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <div class="toolbar">
        <div class="segments" role="group" aria-label="Direction">
          <button
            type="button"
            aria-pressed={!inverted}
            onClick={() => store.update({ inverted: false, zoom: [] })}
          >
            Callees below
          </button>
          <button
            type="button"
            aria-pressed={inverted}
            onClick={() => store.update({ inverted: true, zoom: [] })}
          >
            Callers below
          </button>
        </div>
        <button type="button" disabled={expanded.length === 0} onClick={() => setExpanded([])}>
          Close all
        </button>
        <span class="soft">
          <kbd>→</kbd> opens, <kbd>←</kbd> closes, <kbd>↑</kbd> <kbd>↓</kbd> move
        </span>
      </div>
      <div class="grid-head tree-grid">
        {['self', '%', 'total', '%', '±'].map((title, place) => (
          <span key={`${title}${place}`} class="number">
            {title}
          </span>
        ))}
        <span>function</span>
        <span>file</span>
      </div>
      <VirtualRows
        length={answer?.length ?? 0}
        active={active === -1 ? -1 : (answer?.from ?? 0) + active}
        label="Call tree"
        role="tree"
        onWindow={onWindow}
        onKeyDown={onKeyDown}
      >
        {answer?.rows.map((row, place) => (
          <Row
            key={row.path}
            answer={answer}
            row={row}
            place={answer.from + place}
            isChosen={row.path === cursor}
            onChoose={() => moveTo(row)}
            onToggle={() => toggle(row, !row.isExpanded)}
          />
        ))}
      </VirtualRows>
      <ChosenFunction label={chosen} />
    </>
  );
}

/** The row itself; deeper rows are not known yet, and open as they come. */
function openAll(answer: TreeAnswer, row: TreeRow): string[] {
  return answer.rows
    .filter(({ path }) => path === row.path || path.startsWith(`${row.path}/`))
    .map(({ hashes }) => hashes);
}

interface RowProps {
  readonly answer: TreeAnswer;
  readonly row: TreeRow;
  readonly place: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}

function Row({ answer: { totals }, row, place, isChosen, onChoose, onToggle }: RowProps) {
  const amounts = amountColumn(totals.unit, totals.sum);
  const { label } = row;
  return (
    <div
      class="grid-row tree-grid"
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={isChosen}
      aria-expanded={row.hasChildren ? row.isExpanded : undefined}
      style={{ top: `${place * ROW_HEIGHT}px` }}
      onClick={onChoose}
      onDblClick={onToggle}
    >
      <span class="number meter" style={{ '--part': shareOf(totals, row.self) }}>
        {amounts(row.self)}
      </span>
      <span class="number">{formatPercent(shareOf(totals, row.self))}</span>
      <span class="number meter" style={{ '--part': shareOf(totals, row.total) }}>
        {amounts(row.total)}
      </span>
      <span class="number">{formatPercent(shareOf(totals, row.total))}</span>
      <span class="number error">{formatError(totals, row.total)}</span>
      <span class="name" title={label?.name} style={{ paddingLeft: `${Math.min(row.depth, 60) * INDENT}px` }}>
        <button
          type="button"
          class="twig"
          tabIndex={-1}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          {row.hasChildren ? (row.isExpanded ? '▾' : '▸') : ''}
        </button>
        {label?.name ?? '(no stack)'}
      </span>
      <span class="place" title={label === undefined ? '' : placeOf(label)}>
        {label === undefined ? '' : shortPlaceOf(label)}
      </span>
    </div>
  );
}
