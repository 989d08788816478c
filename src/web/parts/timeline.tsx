// The timeline above all views: CPU use, memory, and a track for each thread on one axis. Dragging selects a range of time for
// every view; the names on the left select threads.

import { useSignal } from '@preact/signals';
import { useMemo, useRef, useState } from 'preact/hooks';
import { formatBytes, formatDuration } from '../../base/quantities.ts';
import { listTimeMarks } from '../canvas/time-axis.ts';
import { TRACK_HEIGHT } from '../canvas/track-canvas.ts';
import { useStore } from '../state/store.ts';
import { moveByKey, type TimeWindow, zoomWindow } from '../state/time-window.ts';
import { useAnswer } from '../state/use-answer.ts';
import { useSize } from '../state/use-size.ts';
import type { RecordingSummary } from '../worker/messages.ts';
import { Curve } from './curve.tsx';
import { StateLegend } from './state-legend.tsx';
import { GUTTER, ThreadTracks, type TrackRow } from './thread-tracks.tsx';
import { useCanvasTheme } from './use-theme.ts';

const RIGHT = 12;
const CURVE_HEIGHT = 30;
/** Tracks that are in view at once; the rest scrolls. */
const MAX_TRACKS = 6;
/** A pointer that moved less has clicked, not dragged. */
const MIN_DRAG = 4;

/** Recordings with more samples are drawn anew not each time that they have grown, but after so many times. */
const MANY_SAMPLES = 300_000;
const SKIPPED_REVISIONS = 8;

export function Timeline() {
  const store = useStore();
  const summary = useCalmly(store.current.value);
  const isOpen = useSignal(true);
  if (summary === undefined || summary.duration <= 0 || summary.threads.length === 0) return null;
  return (
    <section class="timeline" aria-label="Timeline">
      <div class="timeline-head">
        <button
          type="button"
          class="plain"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {isOpen.value ? '▾' : '▸'} Timeline
        </button>
        {summary.hasStates && isOpen.value ? <StateLegend /> : null}
      </div>
      {isOpen.value ? <Tracks summary={summary} key={store.state.value.recording} /> : null}
    </section>
  );
}

/** What is shown of a live recording: its newest state, or that of a moment ago, so that large ones leave time for other views. */
function useCalmly(summary: RecordingSummary | undefined): RecordingSummary | undefined {
  const { isPaused } = useStore();
  const shown = useRef(summary);
  const { current } = shown;
  const isSoon =
    summary?.isLive === true &&
    !isPaused.value &&
    current?.name === summary.name &&
    summary.samples > MANY_SAMPLES &&
    summary.revision - current.revision < SKIPPED_REVISIONS;
  if (!isSoon) shown.current = summary;
  return shown.current;
}

function Tracks({ summary }: { summary: RecordingSummary }) {
  const store = useStore();
  const theme = useCanvasTheme();
  const { time, threads, recording } = store.state.value;
  const { revision } = summary;
  const { ref, width: outerWidth } = useSize<HTMLDivElement>();
  const width = Math.max(0, outerWidth - GUTTER - RIGHT);
  // Undefined: the whole recording, also while it grows.
  const [zoomed, setZoomed] = useState<TimeWindow | undefined>(undefined);
  const window = zoomed ?? { start: 0, end: summary.duration };
  const setWindow = (next: TimeWindow) =>
    setZoomed(next.start <= 0 && next.end >= summary.duration ? undefined : next);
  const [drag, setDrag] = useState<{ from: number; to: number } | undefined>(undefined);
  const [scroll, setScroll] = useState(0);
  const rows = useMemo(() => listRows(summary), [summary]);
  const height = Math.min(rows.length, MAX_TRACKS) * TRACK_HEIGHT;
  const first = Math.floor(scroll / TRACK_HEIGHT);
  const visible = rows.slice(first, first + MAX_TRACKS + 1);
  const visibleThreads = visible.flatMap((row) => (row.kind === 'thread' ? [row.thread.row] : []));
  const columns = Math.max(1, Math.floor(width / 2));

  const activity = useAnswer(
    'timeline',
    'timeline',
    width === 0 ? undefined : { recording, revision, ...window, buckets: columns, threads: visibleThreads },
  ).answer;
  const memory = useAnswer(
    'memory track',
    'memory',
    width === 0 || !summary.hasMemory ? undefined : { recording, revision, ...window, points: columns },
  ).answer;

  const timeAt = (clientX: number): number => {
    const left = (ref.current?.getBoundingClientRect().left ?? 0) + GUTTER;
    const part = Math.min(1, Math.max(0, (clientX - left) / width));
    return window.start + part * (window.end - window.start);
  };
  const onPointerDown = (event: PointerEvent) => {
    const left = (ref.current?.getBoundingClientRect().left ?? 0) + GUTTER;
    if (event.button !== 0 || event.clientX < left) return;
    const startX = event.clientX;
    const from = timeAt(startX);
    const onMove = (move: PointerEvent) => setDrag({ from, to: timeAt(move.clientX) });
    const onUp = (up: PointerEvent) => {
      removeEventListener('pointermove', onMove);
      removeEventListener('pointerup', onUp);
      setDrag(undefined);
      const to = timeAt(up.clientX);
      if (Math.abs(up.clientX - startX) < MIN_DRAG) store.update({ time: undefined });
      else
        store.update({
          time: { start: Math.round(Math.min(from, to)), end: Math.round(Math.max(from, to)) },
        });
    };
    addEventListener('pointermove', onMove);
    addEventListener('pointerup', onUp);
    event.preventDefault();
  };
  const onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    setWindow(zoomWindow(window, timeAt(event.clientX), 1.0015 ** event.deltaY, summary.duration));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moveByKey(event.key, window, time, summary.duration);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setWindow(next);
  };

  const shown =
    drag === undefined ? time : { start: Math.min(drag.from, drag.to), end: Math.max(drag.from, drag.to) };
  const place = (at: number) =>
    GUTTER + Math.min(1, Math.max(0, (at - window.start) / (window.end - window.start))) * width;
  const cpus = useMemo(() => (activity === undefined ? undefined : toCurve(activity)), [activity]);
  const mostCpus = cpus?.most ?? 0;
  const peak = memory?.curves.reduce((most, curve) => Math.max(most, curve.peak.value), 0) ?? 0;
  const cpuSeries = useMemo(
    () => (cpus === undefined ? [] : [{ label: 'CPU', ...cpus, colour: theme.get('cpu') }]),
    [cpus, theme],
  );
  const memorySeries = useMemo(
    () =>
      (memory?.curves ?? []).map((curve) => ({
        label: String(curve.process),
        time: curve.time,
        value: curve.value,
        colour: theme.get('memory'),
      })),
    [memory, theme],
  );

  return (
    <div
      class="tracks"
      ref={ref}
      role="group"
      aria-label="Time range: plus and minus zoom, arrows move, z zooms to the selected range, 0 shows all"
      tabIndex={0}
      data-testid="timeline"
      onPointerDown={onPointerDown}
      onDblClick={() => setWindow({ start: 0, end: summary.duration })}
      onWheel={onWheel}
      onKeyDown={onKeyDown}
    >
      <div class="time-axis" style={{ paddingLeft: `${GUTTER}px` }}>
        {listTimeMarks(window.start, window.end, width / 100).map(({ time: at, text }) => (
          <span
            key={text}
            style={{ left: `${place(at)}px` }}
            class={place(at) > GUTTER + width - 40 ? 'last' : ''}
          >
            {text}
          </span>
        ))}
      </div>
      {summary.hasCpu ? (
        <div class="curve-row">
          <span class="gutter">
            CPU <small>up to {mostCpus.toFixed(1)} busy</small>
          </span>
          <Curve
            width={width}
            height={CURVE_HEIGHT}
            {...window}
            series={cpuSeries}
            max={Math.max(1, mostCpus)}
            theme={theme}
            label="CPU use over time"
          />
        </div>
      ) : null}
      {summary.hasMemory ? (
        <div class="curve-row">
          <span class="gutter">
            Memory <small>peak {formatBytes(peak)}</small>
          </span>
          <Curve
            width={width}
            height={CURVE_HEIGHT}
            {...window}
            series={memorySeries}
            max={peak}
            theme={theme}
            label="Memory over time"
          />
        </div>
      ) : null}
      <ThreadTracks
        {...{ rows, first, visible, height, width, theme, threads }}
        activity={activity}
        onScroll={setScroll}
        onChoose={(row, adds) => store.update({ threads: chooseRows(threads, row, adds, summary) })}
      />
      {shown === undefined ? null : (
        <>
          <div
            class="shade"
            style={{ left: `${GUTTER}px`, width: `${Math.max(0, place(shown.start) - GUTTER)}px` }}
          />
          <div class="shade" style={{ left: `${place(shown.end)}px`, right: `${RIGHT}px` }} />
          <div
            class="selected"
            style={{
              left: `${place(shown.start)}px`,
              width: `${Math.max(1, place(shown.end) - place(shown.start))}px`,
            }}
          >
            <span>{formatDuration(shown.end - shown.start)}</span>
          </div>
        </>
      )}
    </div>
  );
}

/** Processes are told when there are several. */
function listRows({ processes, threads }: RecordingSummary): TrackRow[] {
  const used = threads.filter(({ samples }) => samples > 0);
  return processes.flatMap((process): TrackRow[] => {
    const own = used
      .filter((thread) => thread.process === process.row)
      .map((thread): TrackRow => ({ kind: 'thread', thread }));
    if (own.length === 0) return [];
    return processes.length === 1 ? own : [{ kind: 'process', process }, ...own];
  });
}

/** A click chooses the row alone, or nothing when it was alone already; with Shift it is added or taken away. */
function chooseRows(
  chosen: readonly number[],
  row: TrackRow,
  adds: boolean,
  { threads }: RecordingSummary,
): number[] {
  const clicked =
    row.kind === 'thread'
      ? [row.thread.row]
      : threads
          .filter(({ process, samples }) => process === row.process.row && samples > 0)
          .map((thread) => thread.row);
  const hasAll = clicked.every((thread) => chosen.includes(thread));
  if (!adds) return hasAll && chosen.length === clicked.length ? [] : clicked;
  const others = chosen.filter((thread) => !clicked.includes(thread));
  return hasAll ? others : [...others, ...clicked];
}

function toCurve(activity: { start: number; end: number; buckets: number; cpus: Float32Array }) {
  const step = (activity.end - activity.start) / activity.buckets;
  return {
    time: Float64Array.from(activity.cpus, (_, bucket) => activity.start + bucket * step),
    value: Float64Array.from(activity.cpus),
    most: activity.cpus.reduce((most, value) => Math.max(most, value), 0),
  };
}
