// The flame graph: from the root, or inverted from the functions that samples ended in.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatShare } from '../../base/quantities.ts';
import { formatAmount } from '../../profile/amounts.ts';
import { BoxCanvas, type BoxData, LEVEL_HEIGHT } from '../canvas/box-canvas.ts';
import { type CanvasTheme, functionColour } from '../canvas/theme.ts';
import { CostTable, formatError, placeOf, shareOf } from '../parts/amounts.tsx';
import { FlameMirror } from '../parts/flame-mirror.tsx';
import { FunctionActions } from '../parts/function-actions.tsx';
import { HoverCard, type Pointer } from '../parts/hover-card.tsx';
import { KindLegend } from '../parts/kind-legend.tsx';
import { useCanvasTheme } from '../parts/use-theme.ts';
import type { ColourMode } from '../state/page-state.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';
import { useSize } from '../state/use-size.ts';
import type { FlameAnswer, FunctionKey, FunctionLabel } from '../worker/messages.ts';

/** Boxes below this width, in pixels, are drawn together. */
const MIN_PIXELS = 0.6;

export function FlameView() {
  const store = useStore();
  const { inverted, zoom, search, colours, chosen } = store.state.value;
  const theme = useCanvasTheme();
  const { ref: frameRef, width, height } = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const boxCanvas = useRef<BoxCanvas | undefined>(undefined);
  const [hover, setHover] = useState<{ box: number; pointer: Pointer } | undefined>(undefined);
  const [focus, setFocus] = useState(-1);

  const view = store.view.value;
  const {
    answer,
    problem,
    number: answerNumber,
  } = useAnswer(
    'flame',
    'flame',
    view === undefined || width === 0
      ? undefined
      : { view, inverted, zoom, minWidth: MIN_PIXELS / width, search },
  );
  const data = useMemo(
    () => (answer === undefined ? undefined : toBoxData(answer, search, chosen, colours, theme)),
    [answer, search, chosen, colours, theme],
  );

  useEffect(() => {
    if (canvasRef.current === null) return undefined;
    const created = new BoxCanvas(canvasRef.current, theme);
    boxCanvas.current = created;
    return () => created.dispose();
  }, []);
  useEffect(() => boxCanvas.current?.setTheme(theme), [theme]);
  useEffect(() => {
    if (width > 0) boxCanvas.current?.resize(width, height);
  }, [width, height]);
  useLayoutEffect(() => {
    if (data !== undefined) boxCanvas.current?.setData(data);
  }, [data]);
  useEffect(() => boxCanvas.current?.setHover(hover?.box ?? -1), [hover]);
  useEffect(() => boxCanvas.current?.setFocus(focus), [focus]);
  // A new picture has other boxes.
  useEffect(() => {
    setFocus(-1);
    setHover(undefined);
  }, [answer]);

  const findBox = (event: MouseEvent): number => {
    const bounds = canvasRef.current?.getBoundingClientRect();
    if (bounds === undefined) return -1;
    return boxCanvas.current?.find(event.clientX - bounds.left, event.clientY - bounds.top) ?? -1;
  };
  const zoomTo = (box: number) => {
    if (answer === undefined || box === -1) return;
    const path = pathOf(answer, box);
    if (path === undefined) return;
    const label = answer.label[box] === -1 ? undefined : answer.labels[answer.label[box]];
    store.update({ zoom: path, chosen: label?.key ?? chosen });
  };
  const moveFocus = (event: KeyboardEvent) => {
    if (answer === undefined) return;
    if (event.key === 'Enter' && focus !== -1) zoomTo(focus);
    else if (event.key === 'Escape' || event.key === 'Backspace') store.update({ zoom: zoom.slice(0, -1) });
    else {
      const next = neighbourOf(answer, focus, event.key);
      if (next === undefined) return;
      setFocus(next);
      const top = answer.boxes.depth[next] * LEVEL_HEIGHT;
      const frame = frameRef.current;
      if (frame !== null) {
        if (top < frame.scrollTop) frame.scrollTop = top;
        if (top + LEVEL_HEIGHT > frame.scrollTop + frame.clientHeight) {
          frame.scrollTop = top + LEVEL_HEIGHT - frame.clientHeight;
        }
      }
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const chosenLabel = answer?.labels.find(({ key }) => key === chosen);
  return (
    <>
      <div class="toolbar">
        <div class="segments" role="group" aria-label="Direction">
          <button
            type="button"
            aria-pressed={!inverted}
            onClick={() => store.update({ inverted: false, zoom: [] })}
          >
            From the root
          </button>
          <button
            type="button"
            aria-pressed={inverted}
            onClick={() => store.update({ inverted: true, zoom: [] })}
          >
            Inverted
          </button>
        </div>
        <Crumbs zoom={answer?.zoom ?? []} onZoom={(depth) => store.update({ zoom: zoom.slice(0, depth) })} />
        <Matched answer={answer} search={search} />
        <KindLegend labels={answer?.labels ?? []} />
      </div>
      {problem === undefined ? null : <p class="problem toolbar">{problem}</p>}
      <div
        class="canvas-frame"
        ref={frameRef}
        tabIndex={0}
        role="application"
        aria-label="Flame graph: arrow keys move, Enter zooms, Escape goes back"
        onScroll={(event) => boxCanvas.current?.scrollTo(event.currentTarget.scrollTop)}
        onKeyDown={moveFocus}
        onMouseMove={(event) => {
          const box = findBox(event);
          setHover(box === -1 ? undefined : { box, pointer: { x: event.clientX, y: event.clientY } });
        }}
        onMouseLeave={() => setHover(undefined)}
        onClick={(event) => zoomTo(findBox(event))}
      >
        <div style={{ height: `${Math.max(height, (answer?.boxes.levels ?? 0) * LEVEL_HEIGHT)}px` }}>
          <canvas
            ref={canvasRef}
            aria-hidden="true"
            data-boxes={answer?.boxes.length ?? 0}
            data-answer={answerNumber}
          />
        </div>
        {answer === undefined ? null : <FlameMirror answer={answer} onZoom={zoomTo} />}
      </div>
      {answer === undefined || hover === undefined ? null : (
        <HoverCard pointer={hover.pointer}>
          <BoxText answer={answer} box={hover.box} inverted={inverted} />
        </HoverCard>
      )}
      {chosenLabel === undefined ? null : (
        <div class="details">
          <div class="grow">
            <strong>{chosenLabel.name}</strong> <span class="soft">{placeOf(chosenLabel)}</span>
          </div>
          <FunctionActions label={chosenLabel} />
          {zoom.length < 2 || inverted ? null : (
            <button
              type="button"
              title="Only what came along this path, with its end as the root"
              onClick={() => store.addTransform({ type: 'path', keys: zoom })}
            >
              Focus on this path
            </button>
          )}
        </div>
      )}
    </>
  );
}

function Crumbs({ zoom, onZoom }: { zoom: readonly FunctionLabel[]; onZoom: (depth: number) => void }) {
  if (zoom.length === 0) return <span class="crumbs soft">Click a box to zoom into it.</span>;
  // Long paths keep their beginning and their end.
  const shown = zoom.length <= 6 ? zoom.map((_, i) => i) : [0, -1, ...zoom.map((_, i) => i).slice(-4)];
  return (
    <nav class="crumbs" aria-label="Zoomed path">
      <button type="button" class="link" onClick={() => onZoom(0)}>
        all
      </button>
      {shown.map((place) => (
        <>
          <span>›</span>
          {place === -1 ? (
            <span>…</span>
          ) : (
            <button type="button" class="link" title={zoom[place].name} onClick={() => onZoom(place + 1)}>
              {zoom[place].name}
            </button>
          )}
        </>
      ))}
    </nav>
  );
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
  const label = answer.label[box] === -1 ? undefined : answer.labels[answer.label[box]];
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
  search: string,
  chosen: FunctionKey | undefined,
  colours: ColourMode,
  theme: CanvasTheme,
): BoxData {
  const { boxes, labels, label, matches } = answer;
  return {
    length: boxes.length,
    depth: boxes.depth,
    start: boxes.start,
    width: boxes.width,
    label,
    names: labels.map(({ name }) => name),
    fills: labels.map((each) => functionColour(each, colours, theme.isDark)),
    matches: search.trim() === '' || answer.searchProblem !== undefined ? undefined : matches,
    chosen: chosen === undefined ? -1 : labels.findIndex(({ key }) => key === chosen),
    levels: boxes.levels,
  };
}

/** Keys from below the root to the box: the nearest box above in the order of depth-first rows. */
function pathOf(answer: FlameAnswer, box: number): FunctionKey[] | undefined {
  const { boxes, label, labels } = answer;
  if (boxes.depth[box] === 0) return [];
  if (label[box] === -1) return undefined;
  const path: FunctionKey[] = [];
  let depth = boxes.depth[box];
  for (let row = box; row >= 0 && depth > 0; row--) {
    if (boxes.depth[row] !== depth || label[row] === -1) continue;
    path.push(labels[label[row]].key);
    depth--;
  }
  return path.reverse();
}

/** The box that an arrow key leads to. */
function neighbourOf({ boxes }: FlameAnswer, from: number, key: string): number | undefined {
  if (from === -1) return key.startsWith('Arrow') ? 0 : undefined;
  const depth = boxes.depth[from];
  switch (key) {
    case 'ArrowDown':
      return boxes.depth[from + 1] === depth + 1 ? from + 1 : undefined;
    case 'ArrowUp':
      for (let row = from - 1; row >= 0; row--) if (boxes.depth[row] === depth - 1) return row;
      return undefined;
    case 'ArrowRight':
      for (let row = from + 1; row < boxes.length; row++) if (boxes.depth[row] === depth) return row;
      return undefined;
    case 'ArrowLeft':
      for (let row = from - 1; row >= 0; row--) if (boxes.depth[row] === depth) return row;
      return undefined;
    default:
      return undefined;
  }
}
