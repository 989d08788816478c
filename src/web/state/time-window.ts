// Zooming and moving along the time axis, for the timeline and the flame chart.

/** What of the time axis is in view, in nanoseconds. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** The window, `factor` times as long, around a time that keeps its place. Never shorter than 10 µs. */
export function zoomWindow(
  { start, end }: TimeWindow,
  at: number,
  factor: number,
  duration: number,
): TimeWindow {
  const length = Math.min(duration, Math.max(10_000, (end - start) * factor));
  const part = (at - start) / (end - start);
  const from = Math.min(Math.max(0, at - part * length), duration - length);
  return { start: from, end: from + length };
}

/** Where a key moves the window to. */
export function moveByKey(
  key: string,
  window: TimeWindow,
  selected: TimeWindow | undefined,
  duration: number,
): TimeWindow | undefined {
  const length = window.end - window.start;
  const middle = window.start + length / 2;
  const shift = (by: number): TimeWindow => {
    const start = Math.min(Math.max(0, window.start + by), duration - length);
    return { start, end: start + length };
  };
  switch (key) {
    case '+':
    case 'w':
      return zoomWindow(window, middle, 0.7, duration);
    case '-':
    case 's':
      return zoomWindow(window, middle, 1 / 0.7, duration);
    case 'ArrowLeft':
    case 'a':
      return shift(-length / 5);
    case 'ArrowRight':
    case 'd':
      return shift(length / 5);
    case 'z':
      return selected;
    case '0':
      return { start: 0, end: duration };
    default:
      return undefined;
  }
}
