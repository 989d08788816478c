/** The finest unit: 10 µs, with which recordings last 11 hours. */
const FINEST = 10_000;
/** The coarsest: 100 µs, with which they last five days. */
const COARSEST = 100_000;

/** A hundredth of the sampling period in nanoseconds, within limits: finer would only store the timer's noise. */
export function chooseTimeUnit(period: number): number {
  return period >= 100 * COARSEST ? COARSEST : FINEST;
}
