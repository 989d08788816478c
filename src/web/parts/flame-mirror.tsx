// What a flame graph shows, for those who do not see it: the widest boxes as a list that can be walked through.

import { formatShare } from '../../base/quantities.ts';
import type { FlameAnswer } from '../worker/messages.ts';
import { shareOf } from './amounts.tsx';

/** More would take longer to hear than the call tree takes to walk. */
const MAX_ITEMS = 60;

export function FlameMirror({ answer, onZoom }: { answer: FlameAnswer; onZoom: (box: number) => void }) {
  const { boxes, label, labels, total, totals } = answer;
  const limit = boxes.width.slice().sort().at(-MAX_ITEMS) ?? 0;
  const widest: number[] = [];
  for (let box = 0; box < boxes.length && widest.length < MAX_ITEMS; box++) {
    if (boxes.width[box] >= limit && label[box] !== -1) widest.push(box);
  }
  return (
    <ul class="hidden" aria-label="Widest boxes of the flame graph">
      {widest.map((box) => (
        <li key={box}>
          <button type="button" tabIndex={-1} onClick={() => onZoom(box)}>
            Level {boxes.depth[box]}: {labels[label[box]].name}, {formatShare(shareOf(totals, total[box]))}
          </button>
        </li>
      ))}
    </ul>
  );
}
