/** The lines of a text, whatever they end with. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  // What follows the last line end is no line.
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
