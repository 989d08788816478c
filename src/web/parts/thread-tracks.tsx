// The tracks of threads below the curves of the timeline: names on the left, states over time on the right. Only those in view
// are asked for and drawn.

import { useEffect, useRef } from 'preact/hooks';
import { ACTIVITY_STATES } from '../../profile/costs/thread-activity.ts';
import { TRACK_HEIGHT, TrackCanvas } from '../canvas/track-canvas.ts';
import type { ProcessSummary, ThreadSummary } from '../worker/messages.ts';
import type { useCanvasTheme } from './use-theme.ts';

/** Where names stand: to the left of everything that has a place in time. In pixels. */
export const GUTTER = 190;

/** A line of the tracks. */
export type TrackRow =
  | { readonly kind: 'process'; readonly process: ProcessSummary }
  | { readonly kind: 'thread'; readonly thread: ThreadSummary };

interface ThreadTracksProps {
  readonly rows: readonly TrackRow[];
  readonly first: number;
  readonly visible: readonly TrackRow[];
  readonly height: number;
  readonly width: number;
  readonly theme: ReturnType<typeof useCanvasTheme>;
  readonly threads: readonly number[];
  readonly activity:
    | { readonly buckets: number; readonly threads: readonly number[]; readonly states: Float32Array }
    | undefined;
  readonly onScroll: (top: number) => void;
  readonly onChoose: (row: TrackRow, adds: boolean) => void;
}

export function ThreadTracks(props: ThreadTracksProps) {
  const { rows, first, visible, height, width, theme, threads, activity, onScroll, onChoose } = props;
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const canvas = useRef<TrackCanvas | undefined>(undefined);
  useEffect(() => {
    if (canvasRef.current === null) return undefined;
    const created = new TrackCanvas(canvasRef.current, theme);
    canvas.current = created;
    return () => created.dispose();
  }, []);
  useEffect(() => canvas.current?.setTheme(theme), [theme]);
  useEffect(() => {
    if (width > 0) canvas.current?.resize(width, height);
  }, [width, height]);
  useEffect(() => {
    if (activity === undefined) return;
    const size = ACTIVITY_STATES * activity.buckets;
    const tops = new Map(
      rows.map((row, i) => [row.kind === 'thread' ? row.thread.row : -1, i * TRACK_HEIGHT]),
    );
    canvas.current?.setData({
      columns: activity.buckets,
      tracks: activity.threads.map((thread, i) => ({
        top: tops.get(thread) ?? 0,
        isDimmed: threads.length > 0 && !threads.includes(thread),
        states: activity.states.subarray(i * size, (i + 1) * size),
      })),
    });
    // By value: the state of the page has new lists each time that it changes.
  }, [activity, threads.join(), rows]);
  return (
    <div
      class="thread-tracks"
      style={{ height: `${height}px` }}
      onScroll={(event) => {
        canvas.current?.scrollTo(event.currentTarget.scrollTop);
        onScroll(event.currentTarget.scrollTop);
      }}
    >
      <div style={{ height: `${rows.length * TRACK_HEIGHT}px` }}>
        <canvas ref={canvasRef} aria-hidden="true" style={{ marginLeft: `${GUTTER}px` }} />
        {visible.map((row, i) => (
          <button
            type="button"
            key={first + i}
            class={`gutter track-name ${row.kind}`}
            style={{ top: `${(first + i) * TRACK_HEIGHT}px`, width: `${GUTTER}px` }}
            aria-pressed={isChosen(row, threads)}
            title={`${titleOf(row)}: click for this alone, Shift to add or take away`}
            onClick={(event) => onChoose(row, event.shiftKey || event.ctrlKey || event.metaKey)}
          >
            {titleOf(row)}
          </button>
        ))}
      </div>
    </div>
  );
}

function titleOf(row: TrackRow): string {
  if (row.kind === 'process') return nameOfProcess(row.process);
  return row.thread.tid > 0 ? `${row.thread.name} (${row.thread.tid})` : row.thread.name;
}

/** `4711 python3 app.py`, as far as both are known. Folders of the program only take room. */
export function nameOfProcess({ pid, command }: ProcessSummary): string {
  const short = command.replace(/^\S*\//, '');
  return pid > 0 ? `${pid} ${short}` : short || 'process';
}

function isChosen(row: TrackRow, threads: readonly number[]): boolean {
  return row.kind === 'thread' && threads.includes(row.thread.row);
}
