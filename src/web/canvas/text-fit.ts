// Texts cut to the width of their boxes. Widths are measured once for each text.

export class TextFit {
  readonly #widths = new Map<string, number>();
  #font = '';

  /** The text, or its beginning and `…`; empty when not even a few letters have room. */
  fit(context: CanvasRenderingContext2D, text: string, width: number): string {
    if (context.font !== this.#font) {
      this.#font = context.font;
      this.#widths.clear();
    }
    if (width < MIN_WIDTH) return '';
    const whole = this.#measure(context, text);
    if (whole <= width) return text;
    // The average letter says nearly how many fit; the last one is tried.
    let length = Math.min(text.length - 1, Math.ceil((text.length * width) / whole));
    while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > width) length--;
    return length < MIN_LETTERS ? '' : `${text.slice(0, length)}…`;
  }

  #measure(context: CanvasRenderingContext2D, text: string): number {
    const known = this.#widths.get(text);
    if (known !== undefined) return known;
    if (this.#widths.size > MAX_TEXTS) this.#widths.clear();
    const { width } = context.measureText(text);
    this.#widths.set(text, width);
    return width;
  }
}

const MIN_WIDTH = 18;
const MIN_LETTERS = 2;
const MAX_TEXTS = 20_000;
