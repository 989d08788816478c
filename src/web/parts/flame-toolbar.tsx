// What stands above a flame graph: the path that is zoomed into, and the direction.

import { useStore } from '../state/store.ts';
import type { FunctionLabel } from '../worker/messages.ts';
import { Choice } from './choice.tsx';

/** Every step is a button that goes back to it. */
export function Crumbs({ zoom }: { zoom: readonly FunctionLabel[] }) {
  const store = useStore();
  if (zoom.length === 0) return <span class="crumbs soft">Click a box to zoom into it.</span>;
  const onZoom = (depth: number) => store.update({ zoom: store.state.value.zoom.slice(0, depth) });
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

/** Paths of one direction mean nothing in the other. */
export function DirectionChoice() {
  const store = useStore();
  return (
    <Choice
      label="Direction"
      value={store.state.value.inverted ? 'inverted' : 'root'}
      choices={[
        ['root', 'From the root'],
        ['inverted', 'Inverted'],
      ]}
      onChoose={(choice) => store.update({ inverted: choice === 'inverted', zoom: [] })}
    />
  );
}
