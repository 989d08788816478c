// Sources with the cost of every line, for the files that the recording names.

import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { formatShare } from '../../base/quantities.ts';
import { amountColumn } from '../../profile/amounts.ts';
import { shareOf } from '../parts/amounts.tsx';
import { ROW_HEIGHT, type RowWindow, VirtualRows } from '../parts/virtual-rows.tsx';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import { type LoadedSource, useSource } from '../state/use-source.ts';
import type { SourceAnswer } from '../worker/messages.ts';

/** Files that are worth a look come first; the rest can be found by searching. */
const MAX_FILES = 400;

export function SourceView() {
  const store = useStore();
  const { file, search } = store.state.value;
  const summary = store.current.value;
  const view = store.view.value;
  const { answer } = useAnswer('files', 'files', view === undefined ? undefined : { view });
  const files =
    answer?.files.filter((each) => search === '' || each.file.includes(search)).slice(0, MAX_FILES) ?? [];
  // The costliest file whose text there may be.
  const usual = answer?.files.find((each) => !each.file.startsWith('<'))?.file;
  const shown = file ?? usual;
  if (summary?.hasLines === false) {
    return (
      <div class="empty">
        <h2>No lines</h2>
        <p>This profile does not say which lines were executed.</p>
      </div>
    );
  }
  return (
    <div class="split source-split">
      <aside aria-label="Files">
        <h2 class="soft">Files by self</h2>
        <ul class="files">
          {files.map((each) => (
            <li key={each.file}>
              <button
                type="button"
                title={each.file}
                aria-current={each.file === shown}
                onClick={() => store.update({ file: each.file, line: undefined })}
              >
                <span
                  class="meter number"
                  style={{ '--part': answer === undefined ? 0 : shareOf(answer.totals, each.self) }}
                >
                  {answer === undefined ? '' : formatShare(shareOf(answer.totals, each.self))}
                </span>
                <span class="name">{each.file.split('/').slice(-2).join('/')}</span>
              </button>
            </li>
          ))}
        </ul>
      </aside>
      {shown === undefined ? (
        <div class="empty">No sample in this view has a line.</div>
      ) : (
        <SourceText file={shown} key={shown} />
      )}
    </div>
  );
}

function SourceText({ file }: { file: string }) {
  const store = useStore();
  const { line } = store.state.value;
  const view = store.view.value;
  const source = useSource(store.state.value.recording, file);
  const { answer } = useAnswer('source', 'source', view === undefined ? undefined : { view, file });
  const [window, setWindow] = useState<RowWindow>({ from: 0, count: 80 });
  const onWindow = useCallback((next: RowWindow) => setWindow(next), []);
  const rows = useMemo(() => toRows(source, answer), [source, answer]);
  const [active, setActive] = useState(-1);
  useEffect(() => {
    if (rows.length === 0) return;
    // A few lines above the wanted one stay in view.
    const wanted = line ?? hottestLine(answer);
    if (wanted !== undefined)
      setActive(Math.min(rows.length - 1, rows.findIndex((row) => row.line >= wanted) + 12));
  }, [line, rows.length, answer === undefined]);
  const amounts = answer === undefined ? undefined : amountColumn(answer.totals.unit, answer.totals.sum);
  const largest = rows.reduce((most, row) => Math.max(most, row.self), 0);

  return (
    <div>
      <div class="toolbar">
        <strong class="name">{file}</strong>
        {source.problem === undefined ? null : <span class="warn">{source.problem}</span>}
      </div>
      <div class="grid-head source-grid">
        <span class="number">self</span>
        <span class="number">total</span>
        <span class="number">line</span>
        <span />
      </div>
      <VirtualRows
        length={rows.length}
        active={active}
        label={`Source of ${file}`}
        role="list"
        onWindow={onWindow}
      >
        {answer === undefined
          ? null
          : rows.slice(window.from, window.from + window.count).map((row, i) => (
              <div
                class="grid-row source-grid"
                role="listitem"
                key={row.line}
                data-line={row.line}
                aria-current={row.line === line}
                style={{
                  top: `${(window.from + i) * ROW_HEIGHT}px`,
                  '--heat-part': largest === 0 ? 0 : Math.sqrt(row.self / largest),
                }}
              >
                <span class={row.self > 0 ? 'number heat' : 'number'}>
                  {row.self > 0 ? amounts?.(row.self) : ''}
                </span>
                <span class="number">{row.total > 0 ? amounts?.(row.total) : ''}</span>
                <span class="number soft">{row.line}</span>
                <code>{row.text}</code>
              </div>
            ))}
      </VirtualRows>
    </div>
  );
}

interface SourceRow {
  readonly line: number;
  readonly text: string;
  readonly self: number;
  readonly total: number;
}

/** Every line of the text; without a text the lines that have a cost. */
function toRows({ lines }: LoadedSource, answer: SourceAnswer | undefined): SourceRow[] {
  const rows: SourceRow[] = (lines ?? []).map((text, i) => ({ line: i + 1, text, self: 0, total: 0 }));
  answer?.line.forEach((line, i) => {
    const row = { line, text: rows.at(line - 1)?.text ?? '', self: answer.self[i], total: answer.total[i] };
    // Costs of lines that a changed file does not have any more stand behind its end.
    if (line <= (lines?.length ?? 0)) rows[line - 1] = row;
    else rows.push(row);
  });
  return rows;
}

function hottestLine(answer: SourceAnswer | undefined): number | undefined {
  if (answer === undefined || answer.line.length === 0) return undefined;
  let hottest = 0;
  for (let i = 1; i < answer.line.length; i++) if (answer.self[i] > answer.self[hottest]) hottest = i;
  return answer.line[hottest];
}
