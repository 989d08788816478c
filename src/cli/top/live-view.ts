// A recording as it is watched: takes its bytes and the user's keys, and tells what the screen shows.

import { RecordingDecoder } from '../../profile/recording/recording-decoder.ts';
import type { RecordingProgress } from '../../sampler/recording-options.ts';
import type { TopMeasure } from './function-sums.ts';
import { parseKeys } from './keys.ts';
import type { TopStyle } from './line.ts';
import { LiveCosts } from './live-costs.ts';
import type { Picture, Size } from './picture.ts';
import { getPageSize, renderLastPicture, renderScreen } from './render.ts';
import { countRows } from './render-table.ts';
import { adjustState, initialState, pressKey, type TopRequest, type TopState } from './top-state.ts';

/** What is watched. */
export interface Subject {
  readonly pid: number;
  readonly command: string;
  readonly isLaunched: boolean;
}

/** The state of a live table. Everything that it shows is computed by pure functions. */
export class LiveView {
  readonly #subject: Subject;
  readonly #style: TopStyle;
  readonly #folder: string | undefined;
  readonly #decoder = new RecordingDecoder();
  readonly #costs = new LiveCosts();
  #progress: RecordingProgress | undefined;
  #state: TopState;
  #message: string | undefined;
  /** While the picture is held. */
  #held: Picture | undefined;

  constructor(
    subject: Subject,
    options: { readonly measure: TopMeasure; readonly style: TopStyle; readonly folder: string | undefined },
  ) {
    this.#subject = subject;
    this.#style = options.style;
    this.#folder = options.folder;
    this.#state = initialState(options.measure);
  }

  /** Takes the next bytes of the recording. */
  takeBytes(bytes: Uint8Array, progress: RecordingProgress): void {
    const decoder = this.#decoder;
    decoder.push(bytes);
    if (decoder.damage !== undefined)
      throw new Error(`the live recording is damaged: ${decoder.damage.reason}`);
    this.#costs.add(decoder.builder.view(), progress.elapsed);
    decoder.builder.dropSamples();
    this.#progress = progress;
  }

  /** Shows a message until the next key. */
  tell(message: string): void {
    this.#message = message;
  }

  /** Takes what the terminal sent for keys; returns what they ask for. */
  takeKeys(text: string, size: Size): TopRequest[] {
    const requests: TopRequest[] = [];
    for (const key of parseKeys(text)) {
      this.#message = undefined;
      const wasPaused = this.#state.isPaused;
      const { state, request } = pressKey(this.#state, key, this.#surroundings(size));
      if (request !== undefined) requests.push(request);
      if (state.isPaused !== wasPaused) this.#held = state.isPaused ? this.#freeze() : undefined;
      this.#state = state;
    }
    return requests;
  }

  /** The lines of the screen. */
  render(size: Size): string[] {
    this.#state = adjustState(this.#state, this.#surroundings(size));
    return renderScreen({ ...this.#picture(), message: this.#message }, this.#state, size, this.#style);
  }

  /** The lines that stay on the terminal at the end: always of all that was recorded. */
  renderLast(size: Size): string[] {
    this.#held = undefined;
    this.#state = adjustState({ ...this.#state, overlay: 'none' }, this.#surroundings(size));
    return renderLastPicture(this.#picture(), this.#state, size, this.#style);
  }

  #picture(): Picture {
    return (
      this.#held ?? {
        ...this.#subject,
        profile: this.#decoder.builder.view(),
        costs: this.#costs,
        progress: this.#progress,
        folder: this.#folder,
        message: undefined,
      }
    );
  }

  #freeze(): Picture {
    return { ...this.#picture(), costs: this.#costs.freeze() };
  }

  #surroundings(size: Size) {
    const picture = this.#picture();
    return {
      threads: picture.costs.threads,
      rows: countRows(picture, this.#state),
      pageSize: getPageSize(size),
      isLaunched: this.#subject.isLaunched,
    };
  }
}
