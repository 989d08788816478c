// Memory over time, process by process: the curve, the exact peak, and what ran at that moment.

import { useMemo, useState } from 'preact/hooks';
import { formatBytes, formatDuration } from '../../base/quantities.ts';
import { placeOf } from '../parts/amounts.tsx';
import { Curve } from '../parts/curve.tsx';
import { nameOfProcess } from '../parts/thread-tracks.tsx';
import { useCanvasTheme } from '../parts/use-theme.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import { useSize } from '../state/use-size.ts';
import type { MemoryCurveAnswer } from '../worker/messages.ts';

const CHART_HEIGHT = 260;
const MARGIN = 28;
/** As hues: processes are told apart by line and label, not by colour alone. */
const COLOURS = ['memory', 'cpu', 'state-runnable', 'accent', 'state-waiting-gil', 'state-unknown'];

export function MemoryView() {
  const store = useStore();
  const theme = useCanvasTheme();
  const summary = store.current.value;
  const { recording, time } = store.state.value;
  const { ref, width } = useSize<HTMLDivElement>();
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const range = time ?? { start: 0, end: summary?.duration ?? 0 };
  const { answer } = useAnswer(
    'memory',
    'memory',
    summary?.hasMemory === true && width > 0
      ? { recording, revision: summary.revision, ...range, points: 2 * width }
      : undefined,
  );
  const curves = useMemo(
    () => [...(answer?.curves ?? [])].sort((a, b) => b.peak.value - a.peak.value),
    [answer],
  );
  const series = useMemo(
    () =>
      curves.slice(0, COLOURS.length).map((curve, i) => ({
        label: String(curve.process),
        time: curve.time,
        value: curve.value,
        colour: theme.get(COLOURS[i]),
      })),
    [curves, theme],
  );
  if (summary === undefined) return null;
  if (!summary.hasMemory) {
    return (
      <div class="empty">
        <h2>No memory was measured</h2>
        <p>Recordings that vmprof makes hold the resident memory of every process. This profile has none.</p>
      </div>
    );
  }
  const shown = curves.find(({ process }) => process === chosen) ?? curves.at(0);
  const largest = curves.reduce((most, curve) => curve.value.reduce((a, b) => Math.max(a, b), most), 0);
  return (
    <div class="scroll" ref={ref} tabIndex={0} role="group" aria-label="Memory">
      <div class="memory-chart">
        <Curve
          width={Math.max(0, width - MARGIN)}
          height={CHART_HEIGHT}
          {...range}
          series={series}
          max={largest}
          theme={theme}
          format={formatBytes}
          onSelect={(start, end) =>
            store.update({ time: { start: Math.round(start), end: Math.round(end) } })
          }
          label="Resident memory over time; drag to select a range"
        />
      </div>
      <div class="facts">
        <section>
          <h2>Processes</h2>
          <table class="plain-table">
            <thead>
              <tr>
                <th>
                  <span class="hidden">colour</span>
                </th>
                <th class="number">peak</th>
                <th class="number">at</th>
                <th>process</th>
              </tr>
            </thead>
            <tbody>
              {curves.map((curve, i) => (
                <tr key={curve.process}>
                  <td>
                    <i
                      class="swatch"
                      style={{ background: i < COLOURS.length ? `var(--${COLOURS[i]})` : 'none' }}
                    />
                  </td>
                  <td class="number">{formatBytes(curve.peak.value)}</td>
                  <td class="number">{formatDuration(curve.peak.time)}</td>
                  <td>
                    <button
                      type="button"
                      class="link"
                      aria-pressed={curve === shown}
                      onClick={() => setChosen(curve.process)}
                    >
                      {nameOfProcess(summary.processes[curve.process])}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        {shown === undefined ? null : <Peak curve={shown} />}
      </div>
    </div>
  );
}

function Peak({ curve: { peak, stacks } }: { curve: MemoryCurveAnswer }) {
  const store = useStore();
  return (
    <section>
      <h2>
        What ran at the peak of {formatBytes(peak.value)}, after {formatDuration(peak.time)}
      </h2>
      {stacks.length === 0 ? <p class="soft">No thread of it had been sampled by then.</p> : null}
      {stacks.map(({ thread, frames }, i) => (
        <div key={i}>
          <h3 class="soft">{thread}</h3>
          <ol class="stack">
            {frames.toReversed().map((label, depth) => (
              <li key={depth}>
                <button
                  type="button"
                  class="link name"
                  onClick={() => store.update({ tab: 'functions', chosen: label.key })}
                >
                  {label.name}
                </button>{' '}
                <span class="soft">{placeOf(label)}</span>
              </li>
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}
