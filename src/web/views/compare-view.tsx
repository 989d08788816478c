// What changed: the view against another recording, or against a range that was kept as "before".

import { useCallback, useMemo, useState } from 'preact/hooks';
import { formatDuration } from '../../base/quantities.ts';
import type { BoxData } from '../canvas/box-canvas.ts';
import { changeColour } from '../canvas/theme.ts';
import { BoxFrame, useBoxes } from '../parts/box-frame.tsx';
import { useBoxZoom } from '../parts/box-zoom.ts';
import { ChangeLine, ChangeText } from '../parts/change-texts.tsx';
import { Choice } from '../parts/choice.tsx';
import { ChosenFunction } from '../parts/chosen-function.tsx';
import { Crumbs, DirectionChoice } from '../parts/flame-toolbar.tsx';
import { useCanvasTheme } from '../parts/use-theme.ts';
import { type RowWindow, VirtualRows } from '../parts/virtual-rows.tsx';
import type { PageState } from '../state/page-state.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import type { ChangeRow, FunctionLabel, ViewSpec } from '../worker/messages.ts';

const MIN_PIXELS = 0.6;

export function CompareView() {
  const store = useStore();
  const theme = useCanvasTheme();
  const [window, setWindow] = useState<RowWindow>({ from: 0, count: 80 });
  const onWindow = useCallback((next: RowWindow) => setWindow(next), []);
  const boxes = useBoxes();
  const { width } = boxes;
  const { search, chosen, inverted, zoom, compared: normalisation, widths } = store.state.value;
  const view = store.view.value;
  const before = findBefore(store.state.value, view, store.recordings.value);
  const { answer, problem, number } = useAnswer(
    'compare',
    'compare',
    view === undefined || before === undefined || width === 0
      ? undefined
      : {
          view,
          before,
          normalisation,
          widths,
          inverted,
          zoom,
          minWidth: MIN_PIXELS / width,
          search,
          ...window,
        },
  );
  const data = useMemo((): BoxData | undefined => {
    if (answer === undefined) return undefined;
    const { boxes, changes, largest } = answer;
    const names = changes.map(({ label }) => label?.name ?? '');
    return {
      length: boxes.length,
      depth: boxes.depth,
      start: boxes.start,
      width: boxes.width,
      // Every box has a colour of its own.
      label: Int32Array.from(changes, ({ label }, box) => (label === undefined ? -1 : box)),
      names,
      fills: changes.map((change) => changeColour(strengthOf(change, largest), theme.isDark)),
      matches: undefined,
      chosen: changes.findIndex(({ label }) => label !== undefined && label.key === chosen),
      levels: boxes.levels,
    };
  }, [answer, theme, chosen]);

  const labelOf = (box: number) => answer?.changes.at(box)?.label;
  const { zoomTo, focus, onKeyDown } = useBoxZoom(boxes, answer?.boxes, labelOf);
  return (
    <>
      <div class="toolbar">
        <BeforeChoice />
        {before === undefined ? null : <Settings zoom={answer?.zoom ?? []} />}
      </div>
      {problem === undefined ? null : <p class="problem toolbar">{problem}</p>}
      {before === undefined ? (
        <div class="empty">
          <h2>Nothing to compare with</h2>
          <p>
            Open a second recording, or select a range of time on the timeline and keep it as “before”, then
            select another one.
          </p>
        </div>
      ) : null}
      <div class="compare-split" hidden={before === undefined}>
        <BoxFrame
          boxes={boxes}
          data={data}
          focus={focus}
          label="Flame graph of differences: arrow keys move, Enter zooms, Escape goes back; the table below has the same functions"
          answerNumber={number}
          onBox={zoomTo}
          onKeyDown={onKeyDown}
          describe={(box) =>
            answer === undefined ? undefined : (
              <ChangeText
                answer={answer}
                change={answer.changes[box]}
                normalisation={normalisation}
                isRoot={box === 0}
              />
            )
          }
        />
        <div
          class="rows"
          role="table"
          aria-label="Functions whose self changed"
          aria-rowcount={answer?.length ?? 0}
        >
          <div class="grid-head change-grid" role="row">
            {['before', 'after', 'change of self', '±', '', 'function', 'file'].map((title, place) => (
              <span role="columnheader" key={title} class={place < 4 ? 'number' : ''}>
                {title === '' ? <span class="hidden">sure</span> : title}
              </span>
            ))}
          </div>
          <VirtualRows
            length={answer?.length ?? 0}
            active={-1}
            label="Changes"
            role="rowgroup"
            onWindow={onWindow}
          >
            {answer?.rows.map((row, i) => (
              <ChangeLine
                key={row.label?.key ?? ''}
                {...{ answer, row, normalisation }}
                place={answer.from + i}
              />
            ))}
          </VirtualRows>
        </div>
      </div>
      <ChosenFunction label={answer?.changes.find(({ label }) => label?.key === chosen)?.label} />
    </>
  );
}

/** How the two are compared, and what the colours mean. */
function Settings({ zoom }: { zoom: readonly FunctionLabel[] }) {
  const store = useStore();
  const theme = useCanvasTheme();
  const { compared, widths } = store.state.value;
  return (
    <>
      <DirectionChoice />
      <Choice
        label="What is compared"
        value={compared}
        choices={[
          ['samples', 'Shares'],
          ['none', 'Amounts'],
        ]}
        onChoose={(choice) => store.update({ compared: choice }, false)}
      />
      <Choice
        label="Widths of boxes"
        value={widths}
        choices={[
          ['before', 'Widths before'],
          ['after', 'Widths after'],
        ]}
        onChoose={(choice) => store.update({ widths: choice }, false)}
      />
      <Crumbs zoom={zoom} />
      <span class="legend">
        <span>
          <i style={{ background: changeColour(1, theme.isDark) }} /> more than before
        </span>
        <span>
          <i style={{ background: changeColour(-1, theme.isDark) }} /> less
        </span>
        <span>
          <i style={{ background: changeColour(0, theme.isDark) }} /> no more than chance
        </span>
      </span>
    </>
  );
}

/** Grey below chance; the root of a square makes small changes visible. */
function strengthOf({ change, isSignificant }: ChangeRow, largest: number): number {
  if (!isSignificant || largest === 0) return 0;
  return Math.sign(change) * Math.sqrt(Math.abs(change) / largest);
}

/** What was chosen; else the first other recording that is open. Threads and states mean something in one recording alone. */
function findBefore(
  { before }: PageState,
  view: ViewSpec | undefined,
  recordings: ReturnType<typeof useStore>['recordings']['value'],
): ViewSpec | undefined {
  if (view === undefined) return undefined;
  const other = recordings.findIndex(({ status }, place) => status === 'open' && place !== view.recording);
  const recording = before?.recording ?? other;
  const found = recordings.at(recording);
  if (recording === -1 || found?.status !== 'open') return undefined;
  const own =
    recording === view.recording
      ? { threads: view.threads, states: view.states }
      : { threads: [], states: [] };
  return { ...view, ...own, recording, revision: found.summary.revision, time: before?.time };
}

function BeforeChoice() {
  const store = useStore();
  const { before, recording, time } = store.state.value;
  const recordings = store.recordings.value;
  const others = recordings.flatMap(({ name, status }, place) =>
    status === 'open' && place !== recording ? [{ name, place }] : [],
  );
  const usual = others.at(0)?.place;
  const shown = before === undefined ? usual : before.recording;
  return (
    <>
      {others.length === 0 && before === undefined ? null : (
        <label>
          Before
          <select
            value={before?.time === undefined ? String(shown) : 'range'}
            onChange={(event) =>
              store.update({ before: { recording: Number(event.currentTarget.value), time: undefined } })
            }
          >
            {before?.time === undefined ? null : (
              <option value="range">
                {formatDuration(before.time.start)} to {formatDuration(before.time.end)} of{' '}
                {recordings.at(before.recording)?.name}
              </option>
            )}
            {before !== undefined && before.recording === recording && before.time === undefined ? (
              <option value={String(recording)}>all of this recording</option>
            ) : null}
            {others.map(({ name, place }) => (
              <option key={place} value={String(place)}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {time === undefined ? null : (
        <button type="button" onClick={() => store.update({ before: { recording, time }, time: undefined })}>
          Keep this range as “before”
        </button>
      )}
    </>
  );
}
