// What changed: the view against another recording, or against a range that was kept as "before".

import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount, formatDuration, formatShare } from '../../base/quantities.ts';
import { formatAmount } from '../../profile/amounts.ts';
import { BoxCanvas, type BoxData, LEVEL_HEIGHT } from '../canvas/box-canvas.ts';
import { changeColour } from '../canvas/theme.ts';
import { placeOf, shortPlaceOf } from '../parts/amounts.tsx';
import { HoverCard, type Pointer } from '../parts/hover-card.tsx';
import { useCanvasTheme } from '../parts/use-theme.ts';
import { ROW_HEIGHT, type RowWindow, VirtualRows } from '../parts/virtual-rows.tsx';
import type { PageState } from '../state/page-state.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import { useSize } from '../state/use-size.ts';
import type { ChangeRow, CompareAnswer, CompareRequest, ViewSpec } from '../worker/messages.ts';

type Normalisation = CompareRequest['normalisation'];
type Widths = CompareRequest['widths'];

const MIN_PIXELS = 0.6;

export function CompareView() {
  const store = useStore();
  const theme = useCanvasTheme();
  const [normalisation, setNormalisation] = useState<Normalisation>('samples');
  const [widths, setWidths] = useState<Widths>('after');
  const [window, setWindow] = useState<RowWindow>({ from: 0, count: 80 });
  const [hover, setHover] = useState<{ box: number; pointer: Pointer } | undefined>(undefined);
  const onWindow = useCallback((next: RowWindow) => setWindow(next), []);
  const { ref: frameRef, width, height } = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const canvas = useRef<BoxCanvas | undefined>(undefined);
  const { search, chosen } = store.state.value;
  const view = store.view.value;
  const before = findBefore(store.state.value, view, store.recordings.value);
  const { answer, problem } = useAnswer(
    'compare',
    'compare',
    view === undefined || before === undefined || width === 0
      ? undefined
      : { view, before, normalisation, widths, minWidth: MIN_PIXELS / width, search, ...window },
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

  useEffect(() => {
    if (canvasRef.current === null) return undefined;
    const created = new BoxCanvas(canvasRef.current, theme);
    canvas.current = created;
    return () => created.dispose();
  }, []);
  useEffect(() => canvas.current?.setTheme(theme), [theme]);
  useEffect(() => {
    if (width > 0) canvas.current?.resize(width, height);
  }, [width, height]);
  useEffect(() => {
    if (data !== undefined) canvas.current?.setData(data);
  }, [data]);
  useEffect(() => canvas.current?.setHover(hover?.box ?? -1), [hover]);
  useEffect(() => setHover(undefined), [answer]);

  const findBox = (event: MouseEvent): number => {
    const bounds = canvasRef.current?.getBoundingClientRect();
    return bounds === undefined
      ? -1
      : (canvas.current?.find(event.clientX - bounds.left, event.clientY - bounds.top) ?? -1);
  };
  const hovered = hover === undefined ? undefined : answer?.changes.at(hover.box);
  return (
    <>
      <div class="toolbar">
        <BeforeChoice />
        <Choice
          label="What is compared"
          value={normalisation}
          choices={[
            ['samples', 'Shares'],
            ['none', 'Amounts'],
          ]}
          onChoose={setNormalisation}
        />
        <Choice
          label="Widths of boxes"
          value={widths}
          choices={[
            ['before', 'Widths before'],
            ['after', 'Widths after'],
          ]}
          onChoose={setWidths}
        />
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
        <div
          class="canvas-frame"
          ref={frameRef}
          tabIndex={0}
          role="group"
          aria-label="Flame graph of differences; the table below has the same functions"
          onScroll={(event) => canvas.current?.scrollTo(event.currentTarget.scrollTop)}
          onMouseMove={(event) => {
            const box = findBox(event);
            setHover(box === -1 ? undefined : { box, pointer: { x: event.clientX, y: event.clientY } });
          }}
          onMouseLeave={() => setHover(undefined)}
          onClick={(event) => {
            const label = answer?.changes.at(Math.max(0, findBox(event)))?.label;
            if (label !== undefined) store.update({ chosen: label.key }, false);
          }}
        >
          <div style={{ height: `${Math.max(height, (answer?.boxes.levels ?? 0) * LEVEL_HEIGHT)}px` }}>
            <canvas ref={canvasRef} aria-hidden="true" data-boxes={answer?.boxes.length ?? 0} />
          </div>
        </div>
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
              <Row key={row.label?.key ?? ''} {...{ answer, row, normalisation }} place={answer.from + i} />
            ))}
          </VirtualRows>
        </div>
      </div>
      {hovered === undefined || hover === undefined || answer === undefined ? null : (
        <HoverCard pointer={hover.pointer}>
          <ChangeText
            answer={answer}
            change={hovered}
            normalisation={normalisation}
            isRoot={hover.box === 0}
          />
        </HoverCard>
      )}
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

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
}

function Choice<T extends string>({ label, value, choices, onChoose }: ChoiceProps<T>) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {choices.map(([choice, title]) => (
        <button type="button" key={choice} aria-pressed={choice === value} onClick={() => onChoose(choice)}>
          {title}
        </button>
      ))}
    </div>
  );
}

interface RowProps {
  readonly answer: CompareAnswer;
  readonly row: ChangeRow;
  readonly place: number;
  readonly normalisation: Normalisation;
}

function Row({ answer, row, place, normalisation }: RowProps) {
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
      <span role="cell" class="name" title={label?.name}>
        {label?.name ?? '(no stack)'}
      </span>
      <span role="cell" class="place" title={label === undefined ? '' : placeOf(label)}>
        {label === undefined ? '' : shortPlaceOf(label)}
      </span>
    </div>
  );
}

function ChangeText(props: {
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
