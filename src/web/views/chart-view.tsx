// The flame chart: the stacks of one thread along time, from the whole run down to single samples.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { formatCount, formatCounted, formatDuration } from '../../base/quantities.ts';
import type { BoxData } from '../canvas/box-canvas.ts';
import { listTimeMarks } from '../canvas/time-axis.ts';
import { placeOf } from '../parts/amounts.tsx';
import { BoxFrame, useBoxes } from '../parts/box-frame.tsx';
import { ChosenFunction } from '../parts/chosen-function.tsx';
import { KindLegend } from '../parts/kind-legend.tsx';
import { useColours } from '../parts/use-colours.ts';
import { useStore } from '../state/store.ts';
import { moveByKey, type TimeWindow, zoomWindow } from '../state/time-window.ts';
import { useAnswer } from '../state/use-answer.ts';

/** Milliseconds until a range that is moved is taken to rest. */
const REST = 250;
/** Levels that are drawn; deeper ones are counted. */
const MAX_LEVELS = 400;

export function ChartView() {
  const store = useStore();
  const summary = store.current.value;
  const { search, colours, chosen, time, threads } = store.state.value;
  const view = store.view.value;
  const boxes = useBoxes();
  const { width, canvasRef } = boxes;
  const duration = summary?.duration ?? 0;
  // Undefined: what is selected, or the whole recording, also while it grows.
  const [moving, setRange] = useState<TimeWindow | undefined>(undefined);
  const zoomed = moving ?? store.state.value.shown;
  // The URL gets the range when it rests: browsers refuse to change their address at every frame.
  useEffect(() => {
    if (moving === undefined) return undefined;
    const timer = setTimeout(() => {
      store.update({ shown: { start: Math.round(moving.start), end: Math.round(moving.end) } }, false);
      setRange(undefined);
    }, REST);
    return () => clearTimeout(timer);
  }, [store, moving]);
  const start = zoomed?.start ?? time?.start ?? 0;
  const end = zoomed?.end ?? time?.end ?? duration;
  const range = useMemo(() => ({ start, end }), [start, end]);

  const usual = summary?.threads.find(({ samples }) => samples > 0)?.row ?? 0;
  const thread = store.state.value.thread ?? threads.at(0) ?? usual;
  const { answer, problem, number } = useAnswer(
    'chart',
    'chart',
    view === undefined || width === 0 || duration === 0
      ? undefined
      : { view, thread, ...range, columns: width, maxDepth: MAX_LEVELS, search },
  );
  const colourOf = useColours(colours);
  const data = useMemo((): BoxData | undefined => {
    if (answer === undefined) return undefined;
    const { chart, labels } = answer;
    const length = range.end - range.start;
    return {
      length: chart.length,
      depth: chart.depth,
      start: chart.start.map((at) => (at - range.start) / length),
      width: chart.end.map((end, i) => (end - chart.start[i]) / length),
      label: answer.label,
      names: labels.map(({ name }) => name),
      fills: labels.map(colourOf),
      matches: search.trim() === '' ? undefined : answer.matches,
      chosen: labels.findIndex(({ key }) => key === chosen),
      levels: Math.min(chart.levels, MAX_LEVELS),
    };
  }, [answer, range, colourOf, search, chosen]);

  if (summary === undefined) return null;
  if (duration === 0) {
    return (
      <div class="empty">
        <h2>No times</h2>
        <p>The samples of this profile have no times, so there is no order to show.</p>
      </div>
    );
  }

  const left = () => canvasRef.current?.getBoundingClientRect().left ?? 0;
  const timeAt = (clientX: number) => range.start + ((clientX - left()) / width) * (range.end - range.start);
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const startX = event.clientX;
    const from = range;
    const onMove = (move: PointerEvent) => {
      const by = ((startX - move.clientX) / width) * (from.end - from.start);
      const start = Math.min(Math.max(0, from.start + by), duration - (from.end - from.start));
      setRange({ start, end: start + from.end - from.start });
    };
    const onUp = () => {
      removeEventListener('pointermove', onMove);
      removeEventListener('pointerup', onUp);
    };
    addEventListener('pointermove', onMove);
    addEventListener('pointerup', onUp);
  };
  const labelOf = (box: number) => answer?.labels[answer.label[box]];
  return (
    <>
      <div class="toolbar">
        <label>
          Thread
          <select
            value={thread}
            onChange={(event) => store.update({ thread: Number(event.currentTarget.value) })}
          >
            {summary.threads
              .filter(({ samples }) => samples > 0)
              .map((each) => (
                <option key={each.row} value={each.row}>
                  {each.name} {each.tid > 0 ? `(${each.tid})` : ''}
                </option>
              ))}
          </select>
        </label>
        <button type="button" onClick={() => setRange({ start: 0, end: duration })}>
          Whole run
        </button>
        <button
          type="button"
          onClick={() =>
            store.update({ time: { start: Math.round(range.start), end: Math.round(range.end) } })
          }
        >
          Select this range
        </button>
        <span class="soft grow" data-testid="chart-detail">
          {answer === undefined ? '' : describeDetail(answer.chart, range)}
        </span>
        <KindLegend labels={answer?.labels} />
      </div>
      {problem === undefined ? null : <p class="problem toolbar">{problem}</p>}
      <div class="time-axis">
        {listTimeMarks(range.start, range.end, width / 110).map(({ time: at, text }) => {
          const place = ((at - range.start) / (range.end - range.start)) * width;
          return (
            <span key={text} style={{ left: `${place}px` }} class={place > width - 40 ? 'last' : ''}>
              {text}
            </span>
          );
        })}
      </div>
      <BoxFrame
        boxes={boxes}
        data={data}
        label="Flame chart: plus and minus zoom, left and right move, 0 shows the whole run"
        answerNumber={number}
        onPointerDown={onPointerDown}
        onWheel={(event) => {
          if (event.shiftKey) return;
          // The wheel zooms; deep stacks scroll with Shift, or by keyboard.
          event.preventDefault();
          setRange(zoomWindow(range, timeAt(event.clientX), 1.0015 ** event.deltaY, duration));
        }}
        onKeyDown={(event) => {
          const next = moveByKey(event.key, range, time, duration);
          if (next === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          setRange(next);
        }}
        onBox={(box) => {
          if (box !== -1) store.update({ chosen: labelOf(box)?.key }, false);
        }}
        onBoxTwice={(box) => {
          if (box === -1 || answer === undefined) return;
          setRange({ start: answer.chart.start[box], end: answer.chart.end[box] });
        }}
        describe={(box) => {
          const label = labelOf(box);
          if (label === undefined || answer === undefined) return undefined;
          const { start: starts, end: ends } = answer.chart;
          return (
            <>
              <h3>{label.name}</h3>
              <p>{placeOf(label)}</p>
              {formatDuration(ends[box] - starts[box])}, from {formatDuration(starts[box])} on
            </>
          );
        }}
      />
      <ChosenFunction label={answer?.labels.find(({ key }) => key === chosen)} />
    </>
  );
}

function describeDetail(
  { samples, seen }: { readonly samples: number; readonly seen: number },
  range: { readonly start: number; readonly end: number },
): string {
  const length = formatDuration(range.end - range.start);
  if (seen >= samples) return `${length}, each of ${formatCounted(samples, 'sample')}`;
  return `${length}: ${formatCount(seen)} of ${formatCounted(samples, 'sample')} shown, zoom in for all`;
}
