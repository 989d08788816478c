// Ways through the boxes of a flame graph: into a box by pointer or keyboard, back, and from a box to its neighbours.

import { useEffect, useState } from 'preact/hooks';
import type { FlameBoxes } from '../../profile/trees/flame-layout.ts';
import { LEVEL_HEIGHT } from '../canvas/box-canvas.ts';
import { useStore } from '../state/store.ts';
import type { FunctionKey, FunctionLabel } from '../worker/messages.ts';
import type { Boxes } from './box-frame.tsx';

export interface BoxZoom {
  /** Zooms into a box and chooses its function; not into what has none. */
  readonly zoomTo: (box: number) => void;
  /** The box that the keyboard is at; -1: none. */
  readonly focus: number;
  /** Arrows move, Enter opens a box, Escape and Backspace go back. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** For the flame graph in a frame; undefined until there is one. The zoomed path is the page's. */
export function useBoxZoom(
  { frameRef }: Boxes,
  flame: FlameBoxes | undefined,
  labelOf: (box: number) => FunctionLabel | undefined,
): BoxZoom {
  const store = useStore();
  const [focus, setFocus] = useState(-1);
  useEffect(() => setFocus(-1), [flame]);
  const { zoom, chosen } = store.state.value;
  const zoomTo = (box: number) => {
    const path = flame === undefined ? undefined : pathOf(flame, labelOf, box);
    if (path !== undefined) store.update({ zoom: path, chosen: labelOf(box)?.key ?? chosen });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (flame === undefined) return;
    if (event.key === 'Enter' && focus !== -1) zoomTo(focus);
    else if (event.key === 'Escape' || event.key === 'Backspace') store.update({ zoom: zoom.slice(0, -1) });
    else {
      const next = neighbourOf(flame, focus, event.key);
      if (next === undefined) return;
      setFocus(next);
      if (frameRef.current !== null) scrollToLevel(frameRef.current, flame.depth[next]);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return { zoomTo, focus, onKeyDown };
}

/** Keys from below the root to the box; undefined for what has no function. Boxes stand in depth-first order. */
function pathOf(
  { depth }: FlameBoxes,
  labelOf: (box: number) => FunctionLabel | undefined,
  box: number,
): FunctionKey[] | undefined {
  if (box < 0) return undefined;
  if (depth[box] === 0) return [];
  if (labelOf(box) === undefined) return undefined;
  const path: FunctionKey[] = [];
  let wanted = depth[box];
  for (let row = box; row >= 0 && wanted > 0; row--) {
    const label = depth[row] === wanted ? labelOf(row) : undefined;
    if (label === undefined) continue;
    path.push(label.key);
    wanted--;
  }
  return path.reverse();
}

/** The box that an arrow key leads to; undefined where it leads nowhere. `from`: -1 is outside of all boxes. */
function neighbourOf({ depth, length }: FlameBoxes, from: number, key: string): number | undefined {
  if (from === -1) return key.startsWith('Arrow') ? 0 : undefined;
  const own = depth[from];
  switch (key) {
    case 'ArrowDown':
      return depth[from + 1] === own + 1 ? from + 1 : undefined;
    case 'ArrowUp':
      for (let row = from - 1; row >= 0; row--) if (depth[row] === own - 1) return row;
      return undefined;
    case 'ArrowRight':
      for (let row = from + 1; row < length; row++) if (depth[row] === own) return row;
      return undefined;
    case 'ArrowLeft':
      for (let row = from - 1; row >= 0; row--) if (depth[row] === own) return row;
      return undefined;
    default:
      return undefined;
  }
}

function scrollToLevel(frame: HTMLElement, level: number): void {
  const top = level * LEVEL_HEIGHT;
  if (top < frame.scrollTop) frame.scrollTop = top;
  if (top + LEVEL_HEIGHT > frame.scrollTop + frame.clientHeight) {
    frame.scrollTop = top + LEVEL_HEIGHT - frame.clientHeight;
  }
}
