// How far a recording is, on the terminal. While a program that we started runs, the terminal is its: then the window's title
// tells, which no output of the program can collide with. When we only look on, a line does.

import { formatBytes, formatCount, formatCounted, formatDuration } from '../base/quantities.ts';
import type { RecordingProgress } from '../sampler/recording-options.ts';
import { writeMessage } from './console.ts';

/** Where progress is shown. */
export type ProgressPlace = 'title' | 'line' | 'nowhere';

const SAVE_TITLE = '\x1b[22;2t';
const RESTORE_TITLE = '\x1b[23;2t';

/** Shows progress until `end`. */
export class ProgressDisplay {
  readonly #place: ProgressPlace;
  #isShown = false;

  constructor(place: ProgressPlace) {
    this.#place = place;
  }

  show(progress: RecordingProgress): void {
    const text = formatProgress(progress);
    if (this.#place === 'line') writeMessage(`\r${text}\x1b[K`);
    if (this.#place === 'title') writeMessage(`${this.#isShown ? '' : SAVE_TITLE}\x1b]2;vmprof: ${text}\x07`);
    this.#isShown = true;
  }

  /** Leaves the terminal as it was. */
  end(): void {
    if (!this.#isShown) return;
    if (this.#place === 'line') writeMessage('\r\x1b[K');
    if (this.#place === 'title') writeMessage(RESTORE_TITLE);
    this.#isShown = false;
  }
}

/** One line: time, samples, rate, losses, processes, memory. */
export function formatProgress(progress: RecordingProgress): string {
  const { elapsed, samples, rate, lost, processes, resident } = progress;
  return [
    formatDuration(elapsed),
    formatCounted(samples, 'sample'),
    `${formatCount(Math.round(rate))} rounds/s`,
    `${formatCount(lost)} lost`,
    ...(processes === 1 ? [] : [formatCounted(processes, 'process', 'processes')]),
    formatBytes(resident),
  ].join(' · ');
}
