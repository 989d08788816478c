// Bars of block characters: shares from left to right, curves from bottom to top.

const LEFT_BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const LOWER_BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A bar for a share from 0 to 1, at most `width` columns long, exact to an eighth of a column. */
export function horizontalBar(share: number, width: number): string {
  const clamped = Math.min(1, Math.max(0, share));
  const eighths = Math.round(clamped * width * 8);
  // What is there is seen.
  if (eighths === 0) return clamped > 0 ? LEFT_BLOCKS[1] : '';
  return '█'.repeat(eighths >> 3) + LEFT_BLOCKS[eighths & 7];
}

/** Rows, top first, of a filled curve: one column of characters for each share (0 to 1) of the full height. */
export function filledCurve(shares: readonly number[], height: number): string[] {
  const rows: string[] = [];
  for (let row = height - 1; row >= 0; row--) {
    let line = '';
    for (const share of shares) {
      const eighths = share > 0 ? Math.max(1, Math.round(share * height * 8)) : 0;
      line += LOWER_BLOCKS[Math.min(8, Math.max(0, eighths - row * 8))];
    }
    rows.push(line);
  }
  return rows;
}
