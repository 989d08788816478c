// Draws tracks of threads over time: in each column the parts of its time that a thread spent in each state, one upon the other.

import { SAMPLE_STATES, type SampleState } from '../../profile/tables.ts';
import { Screen } from './screen.ts';
import type { CanvasTheme } from './theme.ts';

/** A track, and where it stands. */
export interface Track {
  /** From the top of all tracks, in pixels. */
  readonly top: number;
  readonly isDimmed: boolean;
  /** By state and column: part of the time, 0 to 1. `states[state * columns + column]` */
  readonly states: Float32Array;
}

export interface TrackData {
  readonly columns: number;
  readonly tracks: readonly Track[];
}

export const TRACK_HEIGHT = 18;
/** From the ground up: what a thread does stands below what it waits for. */
const ORDER: readonly SampleState[] = ['running', 'runnable', 'waiting-gil', 'unknown', 'waiting'];
const WAITING = SAMPLE_STATES.indexOf('waiting');
const MARGIN = 2;

export class TrackCanvas {
  readonly #screen: Screen;
  #theme: CanvasTheme;
  #data: TrackData = { columns: 0, tracks: [] };
  #scroll = 0;

  constructor(canvas: HTMLCanvasElement, theme: CanvasTheme) {
    this.#theme = theme;
    this.#screen = new Screen(canvas, (context) => this.#draw(context));
  }

  setData(data: TrackData): void {
    this.#data = data;
    this.#screen.invalidate();
  }

  setTheme(theme: CanvasTheme): void {
    this.#theme = theme;
    this.#screen.invalidate();
  }

  resize(width: number, height: number): void {
    this.#screen.resize(width, height);
  }

  /** Pixels that are above the canvas. */
  scrollTo(top: number): void {
    this.#scroll = top;
    this.#screen.invalidate();
  }

  dispose(): void {
    this.#screen.dispose();
  }

  #draw(context: CanvasRenderingContext2D): void {
    const colours = SAMPLE_STATES.map((state) => this.#theme.get(`state-${state}`));
    for (const track of this.#data.tracks) {
      const top = track.top - this.#scroll;
      if (top + TRACK_HEIGHT < 0 || top > this.#screen.height) continue;
      context.globalAlpha = track.isDimmed ? 0.3 : 1;
      this.#drawTrack(context, track, top, colours);
    }
    context.globalAlpha = 1;
  }

  #drawTrack(
    context: CanvasRenderingContext2D,
    { states }: Track,
    top: number,
    colours: readonly string[],
  ): void {
    const { columns } = this.#data;
    const columnWidth = this.#screen.width / columns;
    const full = TRACK_HEIGHT - 2 * MARGIN;
    const ground = new Float32Array(columns);
    for (const state of ORDER.map((name) => SAMPLE_STATES.indexOf(name))) {
      context.fillStyle = colours[state];
      for (let column = 0; column < columns; column++) {
        const part = Math.min(states[state * columns + column], 1 - ground[column]);
        if (part <= 0.004) continue;
        // Waiting is a thin line: most threads wait most of the time, and what they do has to stand out.
        const height = state === WAITING ? 2 : part * full;
        const bottom = state === WAITING ? top + MARGIN + full : top + MARGIN + full * (1 - ground[column]);
        if (state === WAITING && ground[column] > 0.3) continue;
        context.fillRect(column * columnWidth, bottom - height, columnWidth + 0.4, height);
        ground[column] += part;
      }
    }
  }
}
