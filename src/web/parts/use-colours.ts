// The colours of functions, each made once: the labels of answers are the same objects from one to the next.

import { useMemo } from 'preact/hooks';
import { functionColour } from '../canvas/theme.ts';
import type { ColourMode } from '../state/page-state.ts';
import type { FunctionLabel } from '../worker/messages.ts';
import { useCanvasTheme } from './use-theme.ts';

/** Tells the colour of a function's boxes; another function for other colours. */
export function useColours(mode: ColourMode): (label: FunctionLabel) => string {
  const { isDark } = useCanvasTheme();
  return useMemo(() => {
    const known = new WeakMap<FunctionLabel, string>();
    return (label) => {
      let colour = known.get(label);
      if (colour === undefined) {
        colour = functionColour(label, mode, isDark);
        known.set(label, colour);
      }
      return colour;
    };
  }, [mode, isDark]);
}
