// The flame graph: from the root, or inverted from the functions that samples ended in.

import { useMemo } from 'preact/hooks';
import { formatShare } from '../../base/quantities.ts';
import { formatAmount } from '../../profile/amounts.ts';
import type { BoxData } from '../canvas/box-canvas.ts';
import { CostTable, formatError, placeOf, shareOf } from '../parts/amounts.tsx';
import { BoxFrame, useBoxes } from '../parts/box-frame.tsx';
import { useBoxZoom } from '../parts/box-zoom.ts';
import { ChosenFunction } from '../parts/chosen-function.tsx';
import { FlameMirror } from '../parts/flame-mirror.tsx';
import { Crumbs, DirectionChoice } from '../parts/flame-toolbar.tsx';
import { KindLegend } from '../parts/kind-legend.tsx';
import { useColours } from '../parts/use-colours.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import type { FlameAnswer, FunctionKey, FunctionLabel } from '../worker/messages.ts';

/** Boxes below this width, in pixels, are drawn together. */
const MIN_PIXELS = 0.6;

export function FlameView() {
  const store = useStore();
  const { inverted, zoom, search, colours, chosen } = store.state.value;
  const boxes = useBoxes();
  const { width } = boxes;
  const view = store.view.value;
  const { answer, problem, number } = useAnswer(
    'flame',
    'flame',
    view === undefined || width === 0
      ? undefined
      : { view, inverted, zoom, minWidth: MIN_PIXELS / width, search },
  );
  const colourOf = useColours(colours);
  const data = useMemo(
    () => (answer === undefined ? undefined : toBoxData(answer, chosen, colourOf)),
    [answer, chosen, colourOf],
  );
  const { zoomTo, focus, onKeyDown } = useBoxZoom(boxes, answer?.boxes, (box) =>
    answer === undefined ? undefined : labelOf(answer, box),
  );
  // While the next answer is on its way there is nothing new to list.
  const mirror = useMemo(
    () => (answer === undefined ? null : <FlameMirror answer={answer} onZoom={zoomTo} />),
    [answer],
  );
  return (
    <>
      <div class="toolbar">
        <DirectionChoice />
        <Crumbs zoom={answer?.zoom ?? []} />
        <Matched answer={answer} search={search} />
        <KindLegend labels={answer?.labels} />
      </div>
      {problem === undefined ? null : <p class="problem toolbar">{problem}</p>}
      <BoxFrame
        boxes={boxes}
        data={data}
        focus={focus}
        label="Flame graph: arrow keys move, Enter zooms, Escape goes back"
        answerNumber={number}
        onBox={zoomTo}
        onKeyDown={onKeyDown}
        describe={(box) =>
          answer === undefined ? undefined : <BoxText answer={answer} box={box} inverted={inverted} />
        }
      >
        {mirror}
      </BoxFrame>
      <ChosenFunction label={answer?.labels.find(({ key }) => key === chosen)}>
        {zoom.length < 2 || inverted ? null : (
          <button
            type="button"
            title="Only what came along this path, with its end as the root"
            onClick={() => store.addTransform({ type: 'path', keys: zoom })}
          >
            Focus on this path
          </button>
        )}
      </ChosenFunction>
    </>
  );
}

function labelOf({ label, labels }: FlameAnswer, box: number): FunctionLabel | undefined {
  return label[box] === -1 ? undefined : labels[label[box]];
}

function Matched({ answer, search }: { answer: FlameAnswer | undefined; search: string }) {
  if (answer?.searchProblem !== undefined) return <span class="problem">{answer.searchProblem}</span>;
  if (answer?.matched === undefined || search === '') return null;
  const { totals, matched } = answer;
  return (
    <span data-testid="matched">
      Found in <strong>{formatShare(shareOf(totals, matched.weight))}</strong> ±{' '}
      {formatError(totals, matched.weight)} · {formatAmount(totals.unit, matched.weight)}
    </span>
  );
}

function BoxText({ answer, box, inverted }: { answer: FlameAnswer; box: number; inverted: boolean }) {
  const { boxes, totals } = answer;
  const label = labelOf(answer, box);
  const cost = {
    self: answer.self[box],
    total: answer.total[box],
    selfSamples: answer.selfSamples[box],
    totalSamples: answer.totalSamples[box],
  };
  if (label === undefined && boxes.depth[box] > 0) {
    return (
      <>
        <h3>Smaller boxes</h3>
        <p>Too narrow to draw by themselves. Zoom into their caller to see them.</p>
        {formatAmount(totals.unit, cost.total)} · {formatShare(shareOf(totals, cost.total))}
      </>
    );
  }
  return (
    <>
      <h3>{label?.name ?? (inverted ? 'All samples, by where they ended' : 'All samples')}</h3>
      {label === undefined ? null : (
        <p>
          {placeOf(label)} {label.kind === 'python' || label.kind === 'other' ? '' : `· ${label.kind}`}
        </p>
      )}
      <CostTable totals={totals} cost={cost} />
    </>
  );
}

function toBoxData(
  answer: FlameAnswer,
  chosen: FunctionKey | undefined,
  colourOf: (label: FunctionLabel) => string,
): BoxData {
  const { boxes, labels, label, matches, matched } = answer;
  return {
    length: boxes.length,
    depth: boxes.depth,
    start: boxes.start,
    width: boxes.width,
    label,
    names: labels.map(({ name }) => name),
    fills: labels.map(colourOf),
    matches: matched === undefined ? undefined : matches,
    chosen: chosen === undefined ? -1 : labels.findIndex(({ key }) => key === chosen),
    levels: boxes.levels,
  };
}
