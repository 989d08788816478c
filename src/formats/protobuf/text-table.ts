/** Texts of a file that is written, each once. Row 0 is the empty text, as pprof and OTLP have it. */
export class TextTable {
  readonly texts: string[] = [''];
  readonly #rows = new Map<string, number>([['', 0]]);

  row(text: string | undefined): number {
    if (text === undefined) return 0;
    let row = this.#rows.get(text);
    if (row === undefined) {
      row = this.texts.push(text) - 1;
      this.#rows.set(text, row);
    }
    return row;
  }
}
