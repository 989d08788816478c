// What the colours mean, and the switch between the two meanings.

import { useMemo } from 'preact/hooks';
import { KINDS, kindColour } from '../canvas/theme.ts';
import { useStore } from '../state/store.ts';
import type { FunctionLabel } from '../worker/messages.ts';
import { useCanvasTheme } from './use-theme.ts';

const TITLES = {
  python: 'Python',
  native: 'native',
  kernel: 'kernel',
  jit: 'JIT',
  javascript: 'JavaScript',
  gc: 'GC',
  other: 'other',
} as const;

export function KindLegend({ labels }: { labels: readonly FunctionLabel[] | undefined }) {
  const store = useStore();
  const theme = useCanvasTheme();
  const { colours } = store.state.value;
  const present = useMemo(() => new Set(labels?.map(({ kind }) => kind)), [labels]);
  return (
    <>
      {colours === 'module' ? null : (
        <span class="legend">
          {KINDS.filter((kind) => present.has(kind)).map((kind) => (
            <span key={kind}>
              <i style={{ background: kindColour(kind, theme.isDark) }} />
              {TITLES[kind]}
            </span>
          ))}
        </span>
      )}
      <div class="segments" role="group" aria-label="Colours">
        <button
          type="button"
          aria-pressed={colours === 'kind'}
          onClick={() => store.update({ colours: 'kind' }, false)}
        >
          Kinds
        </button>
        <button
          type="button"
          aria-pressed={colours === 'module'}
          onClick={() => store.update({ colours: 'module' }, false)}
        >
          Files
        </button>
      </div>
    </>
  );
}
