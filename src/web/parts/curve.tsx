// A curve over time, drawn by uPlot: values hold until the next one, so it is drawn in steps.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { CanvasTheme } from '../canvas/theme.ts';
import { listTimeMarks } from '../canvas/time-axis.ts';

export interface CurveSeries {
  readonly label: string;
  /** In nanoseconds. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  readonly colour: string;
}

export interface CurveProps {
  readonly width: number;
  readonly height: number;
  readonly start: number;
  readonly end: number;
  readonly series: readonly CurveSeries[];
  /** The upper end of the scale. */
  readonly max: number;
  readonly theme: CanvasTheme;
  /** Texts of values; without it there are no axes, and the curve fills its place. */
  readonly format?: (value: number) => string;
  /** A range was dragged. */
  readonly onSelect?: (start: number, end: number) => void;
  readonly label: string;
}

export function Curve(props: CurveProps) {
  const ref = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { width, height, start, end, series, max, theme, format } = props;
  useLayoutEffect(() => {
    if (ref.current === null || width <= 0 || series.length === 0) return undefined;
    const plot = new uPlot(toOptions(latest), toData(series), ref.current);
    return () => plot.destroy();
  }, [width, height, start, end, series, max, theme, format]);
  useEffect(() => {
    latest.current = props;
  });
  return <div ref={ref} role="img" aria-label={props.label} style={{ height: `${height}px` }} />;
}

/** Round in KiB and MiB. */
const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);

function toData(series: readonly CurveSeries[]): uPlot.AlignedData {
  const tables = series.map(({ time, value }): uPlot.AlignedData => [time, value]);
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

function toOptions(latest: { readonly current: CurveProps }): uPlot.Options {
  const { width, height, start, end, series, max, theme, format, onSelect } = latest.current;
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const axis = {
    stroke: theme.get('text-soft'),
    font: `11px ${theme.font}`,
    grid: { stroke: theme.get('line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor:
      onSelect === undefined
        ? { show: false }
        : { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    padding: format === undefined ? [2, 0, 0, 0] : [8, 26, 0, 0],
    scales: { x: { time: false, min: start, max: end }, y: { min: 0, max: max > 0 ? max * 1.05 : 1 } },
    axes:
      format === undefined
        ? [{ show: false }, { show: false }]
        : [
            {
              ...axis,
              size: 26,
              splits: (plot) => listTimeMarks(start, end, plot.width / 90).map(({ time }) => time),
              values: (plot) => listTimeMarks(start, end, plot.width / 90).map(({ text }) => text),
            },
            { ...axis, size: 76, incrs: BINARY_STEPS, values: (_plot, values) => values.map(format) },
          ],
    series: [
      {},
      ...series.map(({ label, colour }) => ({
        label,
        stroke: colour,
        fill: `color-mix(in srgb, ${colour} 18%, transparent)`,
        width: 1.5,
        spanGaps: true,
        points: { show: false },
        ...(stepped === undefined ? {} : { paths: stepped }),
      })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: selected } = plot.select;
          if (selected < 3) return;
          latest.current.onSelect?.(plot.posToVal(left, 'x'), plot.posToVal(left + selected, 'x'));
        },
      ],
    },
  };
}
