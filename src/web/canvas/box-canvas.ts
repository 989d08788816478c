// Draws boxes in levels: flame graphs and flame charts. Knows positions, names and colours; not what they stand for.

import { Screen } from './screen.ts';
import { TextFit } from './text-fit.ts';
import type { CanvasTheme } from './theme.ts';

/** Boxes of equal height. Those of one level stand in order, and do not overlap. */
export interface BoxData {
  readonly length: number;
  readonly depth: Int32Array;
  /** Left side and width in parts of the canvas; may lie outside of it. */
  readonly start: Float64Array;
  readonly width: Float64Array;
  /** By box: place in `names` and `fills`; -1 for a box without a function. */
  readonly label: Int32Array;
  readonly names: readonly string[];
  readonly fills: readonly string[];
  /** By label: 1 where a search found it; undefined: nobody searches. */
  readonly matches: Uint8Array | undefined;
  /** Label of the chosen function; -1: none. */
  readonly chosen: number;
  readonly levels: number;
}

export const LEVEL_HEIGHT = 20;
const TEXT_MARGIN = 4;
/** Narrower boxes have no room for a text of a few letters between its margins. */
const MIN_TEXT_BOX = 18 + 2 * TEXT_MARGIN;
/** Fainter boxes do not answer the search. */
const FADED = 0.28;

export class BoxCanvas {
  readonly #screen: Screen;
  readonly #text = new TextFit();
  #theme: CanvasTheme;
  #data: BoxData | undefined;
  /** By level: its boxes, from left to right. */
  #levels: number[][] = [];
  #scroll = 0;
  #hover = -1;
  #focus = -1;

  constructor(canvas: HTMLCanvasElement, theme: CanvasTheme) {
    this.#theme = theme;
    this.#screen = new Screen(canvas, (context) => this.#draw(context));
  }

  setData(data: BoxData): void {
    if (this.#data?.depth !== data.depth) {
      this.#levels = Array.from({ length: data.levels }, () => []);
      for (let box = 0; box < data.length; box++) this.#levels[data.depth[box]].push(box);
      this.#hover = -1;
    }
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

  /** The box under the pointer; -1: none. */
  setHover(box: number): void {
    if (box === this.#hover) return;
    this.#hover = box;
    this.#screen.invalidate();
  }

  /** The box that the keyboard is at; -1: none. */
  setFocus(box: number): void {
    this.#focus = box;
    this.#screen.invalidate();
  }

  /** The box at a point of the canvas; -1: none. */
  find(x: number, y: number): number {
    const data = this.#data;
    const level = this.#levels.at(Math.floor((y + this.#scroll) / LEVEL_HEIGHT));
    if (data === undefined || level === undefined || this.#screen.width === 0) return -1;
    const part = x / this.#screen.width;
    const place = this.#findLast(level, data, part);
    if (place === -1) return -1;
    const box = level[place];
    return part < data.start[box] + data.width[box] ? box : -1;
  }

  dispose(): void {
    this.#screen.dispose();
  }

  /** The last box of a level that begins at or before a place. */
  #findLast(level: readonly number[], data: BoxData, part: number): number {
    let low = 0;
    let high = level.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (data.start[level[middle]] <= part) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #draw(context: CanvasRenderingContext2D): void {
    const data = this.#data;
    if (data === undefined) return;
    context.font = `12px ${this.#theme.font}`;
    context.textBaseline = 'middle';
    const first = Math.floor(this.#scroll / LEVEL_HEIGHT);
    const last = Math.min(
      this.#levels.length,
      Math.ceil((this.#scroll + this.#screen.height) / LEVEL_HEIGHT),
    );
    for (let level = first; level < last; level++) {
      // Sides on whole pixels of the screen: sharp, and drawn several times faster.
      const top = this.#screen.snap(level * LEVEL_HEIGHT - this.#scroll);
      for (const box of this.#levels[level]) this.#drawBox(context, data, box, top);
    }
  }

  #drawBox(context: CanvasRenderingContext2D, data: BoxData, box: number, top: number): void {
    const { width: screenWidth, pixel } = this.#screen;
    const right = data.start[box] + data.width[box];
    if (right <= 0 || data.start[box] >= 1) return;
    const from = this.#screen.snap(Math.max(0, data.start[box] * screenWidth));
    const to = this.#screen.snap(Math.min(screenWidth, right * screenWidth));
    // Neighbours keep a line between them as soon as there is room for one.
    const gap = to - from > 3 ? 1 : 0;
    const width = Math.max(to - from - gap, pixel);
    const label = data.label[box];
    const isMatch = data.matches !== undefined && label !== -1 && data.matches[label] === 1;
    const isFaded = data.matches !== undefined && !isMatch;
    context.fillStyle = this.#fillOf(data, box, isMatch);
    if (isFaded) context.globalAlpha = FADED;
    context.fillRect(from, top, width, LEVEL_HEIGHT - 1);
    if (isFaded) context.globalAlpha = 1;
    if (box === this.#hover) {
      context.fillStyle = this.#theme.get('box-hover');
      context.fillRect(from, top, width, LEVEL_HEIGHT - 1);
    }
    if (width >= MIN_TEXT_BOX) this.#drawText(context, data, box, from, top, width, isFaded);
    if (label !== -1 && label === data.chosen) this.#outline(context, from, top, width, 1.5);
    if (box === this.#focus) this.#outline(context, from, top, width, 3);
  }

  #drawText(
    context: CanvasRenderingContext2D,
    data: BoxData,
    box: number,
    from: number,
    top: number,
    width: number,
    isFaded: boolean,
  ): void {
    const label = data.label[box];
    const name = label === -1 ? this.#nameOfUnlabelled(data, box) : data.names[label];
    const text = this.#text.fit(context, name, width - 2 * TEXT_MARGIN);
    if (text === '') return;
    context.fillStyle = this.#theme.get(isFaded || label === -1 ? 'text-soft' : 'box-text');
    context.fillText(text, from + TEXT_MARGIN, top + LEVEL_HEIGHT / 2);
  }

  #outline(context: CanvasRenderingContext2D, left: number, top: number, width: number, line: number): void {
    context.strokeStyle = this.#theme.get('accent');
    context.lineWidth = line;
    context.strokeRect(left + line / 2, top + line / 2, Math.max(0, width - line), LEVEL_HEIGHT - 1 - line);
  }

  #fillOf(data: BoxData, box: number, isMatch: boolean): string {
    if (data.label[box] === -1) return this.#theme.get(data.depth[box] === 0 ? 'box-root' : 'box-rest');
    return isMatch ? this.#theme.get('box-match') : data.fills[data.label[box]];
  }

  #nameOfUnlabelled(data: BoxData, box: number): string {
    return data.depth[box] === 0 ? 'all' : '…';
  }
}
