// The flame graph as an SVG file: the same boxes and colours as on the screen, with titles to hover over.

import { formatShare } from '../../base/quantities.ts';
import { formatAmount } from '../../profile/amounts.ts';
import { functionColour } from '../canvas/theme.ts';
import type { ColourMode } from '../state/page-state.ts';
import type { FlameAnswer } from '../worker/messages.ts';

const LEVEL = 18;
/** Of a letter of the font below, on average. */
const LETTER_WIDTH = 6.6;

/** The text of the file, in light colours. */
export function formatFlameSvg(answer: FlameAnswer, mode: ColourMode, width: number): string {
  const { boxes, label, labels, total, totals } = answer;
  const height = boxes.levels * LEVEL;
  const rows: string[] = [];
  for (let box = 0; box < boxes.length; box++) {
    const place = label[box];
    const name = place === -1 ? (boxes.depth[box] === 0 ? 'all' : '…') : labels[place].name;
    const fill = place === -1 ? '#dcdfe5' : functionColour(labels[place], mode, false);
    const left = boxes.start[box] * width;
    const boxWidth = boxes.width[box] * width;
    const top = boxes.depth[box] * LEVEL;
    const share = totals.sum === 0 ? 0 : total[box] / totals.sum;
    const title = `${name}: ${formatAmount(totals.unit, total[box])}, ${formatShare(share)}`;
    const letters = Math.floor((boxWidth - 6) / LETTER_WIDTH);
    const shown = letters < 2 ? '' : name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
    rows.push(
      `<g><title>${escapeXml(title)}</title>` +
        `<rect x="${left.toFixed(2)}" y="${top}" width="${Math.max(0.3, boxWidth - 0.5).toFixed(2)}" height="${LEVEL - 1}" fill="${fill}"/>` +
        (shown === ''
          ? ''
          : `<text x="${(left + 3).toFixed(2)}" y="${top + 13}">${escapeXml(shown)}</text>`) +
        '</g>',
    );
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `font-family="sans-serif" font-size="11">\n${rows.join('\n')}\n</svg>\n`
  );
}

/** Names may hold anything: control characters have no place in XML at all. */
function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
