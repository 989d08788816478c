// Texts cut to the width of their boxes. Letters are measured once each, and a text is as wide as its letters: a picture has
// thousands of texts, and asking the browser for each would take longer than drawing them.

export class TextFit {
  readonly #widths = new Map<string, number>();
  #font = '';

  /** The text, or its beginning and `…`; empty when not even a few letters have room. */
  fit(context: CanvasRenderingContext2D, text: string, width: number): string {
    if (context.font !== this.#font) {
      this.#font = context.font;
      this.#widths.clear();
    }
    const ellipsis = this.#measure(context, '…');
    let used = 0;
    let fitting = 0;
    let length = 0;
    for (const letter of text) {
      used += this.#measure(context, letter);
      if (used > width) return fitting < MIN_LETTERS ? '' : `${text.slice(0, fitting)}…`;
      length += letter.length;
      if (used + ellipsis <= width) fitting = length;
    }
    return text;
  }

  #measure(context: CanvasRenderingContext2D, letter: string): number {
    const known = this.#widths.get(letter);
    if (known !== undefined) return known;
    const { width } = context.measureText(letter);
    this.#widths.set(letter, width);
    return width;
  }
}

const MIN_LETTERS = 2;
