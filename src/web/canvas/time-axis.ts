// Where the marks of a time axis stand, and what they say.

/** A mark: its place in nanoseconds, and its text. */
export interface TimeMark {
  readonly time: number;
  readonly text: string;
}

/** Marks at round times, at most about so many. Times and range are in nanoseconds. */
export function listTimeMarks(start: number, end: number, most: number): TimeMark[] {
  const step = chooseStep((end - start) / Math.max(1, most));
  const marks: TimeMark[] = [];
  for (let i = Math.ceil(start / step); i * step <= end; i++) {
    marks.push({ time: i * step, text: formatMark(i * step, step) });
  }
  return marks;
}

/** Above a minute in steps of clocks, below in steps of 1, 2 and 5. */
const LONG_STEPS = [60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

function chooseStep(smallest: number): number {
  const long = LONG_STEPS.find((seconds) => seconds * 1e9 >= smallest);
  if (smallest > 30e9) return (long ?? 86_400 * Math.ceil(smallest / 86_400e9)) * 1e9;
  if (smallest > 20e9) return 30e9;
  const magnitude = 10 ** Math.floor(Math.log10(smallest));
  const factor = [1, 2, 5, 10].find((each) => each * magnitude >= smallest) ?? 10;
  return factor * magnitude;
}

function formatMark(time: number, step: number): string {
  if (step >= 60e9) {
    const minutes = Math.round(time / 60e9);
    return minutes < 60
      ? `${minutes} min`
      : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
  }
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / 1e9) - 1e-9));
  if (step >= 1e6 || time >= 1e9) return `${(time / 1e9).toFixed(decimals)} s`;
  return time >= 1e6 || step >= 1e5
    ? `${(time / 1e6).toFixed(Math.max(0, decimals - 3))} ms`
    : `${(time / 1e3).toFixed(Math.max(0, decimals - 6))} µs`;
}
