// The colours of the canvases, from the same CSS variables as the rest of the page.

import { FUNCTION_KINDS, type FunctionKind } from '../../profile/tables.ts';
import type { ColourMode } from '../state/page-state.ts';

export interface CanvasTheme {
  readonly isDark: boolean;
  readonly font: string;
  /** The value of a CSS variable, such as `box-text`. */
  get(name: string): string;
}

/** Reads the variables as they are now. */
export function readTheme(): CanvasTheme {
  const style = getComputedStyle(document.documentElement);
  // Asked for once for each box that is drawn; the style itself would look it up each time.
  const values = new Map<string, string>();
  return {
    isDark: document.documentElement.dataset.theme === 'dark',
    font: style.getPropertyValue('--font'),
    get: (name) => {
      const known = values.get(name);
      if (known !== undefined) return known;
      const value = style.getPropertyValue(`--${name}`).trim();
      values.set(name, value);
      return value;
    },
  };
}

/** The middle of each kind's hues, and how far they spread. Told apart by lightness, too, where red and green look alike. */
const KIND_HUES: Readonly<Record<FunctionKind, readonly [hue: number, spread: number, saturation: number]>> =
  {
    python: [34, 22, 88],
    native: [208, 24, 70],
    kernel: [352, 14, 72],
    jit: [150, 18, 55],
    javascript: [54, 12, 88],
    gc: [276, 14, 60],
    other: [220, 10, 14],
  };

/** Kinds that a profile may have, for legends. */
export const KINDS = FUNCTION_KINDS;

/** The colour of a kind, without the variations of its functions. */
export function kindColour(kind: FunctionKind, isDark: boolean): string {
  const [hue, , saturation] = KIND_HUES[kind];
  return toColour(hue, saturation, 0, isDark);
}

/** The colour of a function's boxes: the same in every file, because it depends on names alone. */
export function functionColour(
  { kind, name, file }: { readonly kind: FunctionKind; readonly name: string; readonly file: string },
  mode: ColourMode,
  isDark: boolean,
): string {
  const byFile = hashText(file === '' ? name : file);
  const byName = hashText(name) - 0.5;
  if (mode === 'module') return toColour(byFile * 360, file === '' ? 20 : 62, byName, isDark);
  const [hue, spread, saturation] = KIND_HUES[kind];
  return toColour(hue + (byFile - 0.5) * 2 * spread, saturation, byName, isDark);
}

/**
 * The colour of a change: orange for more, blue for less, which people of every colour vision tell apart; grey for none.
 * `strength`: −1 to 1.
 */
export function changeColour(strength: number, isDark: boolean): string {
  const size = Math.min(1, Math.abs(strength));
  if (size === 0) return isDark ? 'hsl(220 8% 26%)' : 'hsl(220 12% 88%)';
  const hue = strength > 0 ? 26 : 214;
  const lightness = isDark ? 27 - 3 * size : 86 - 16 * size;
  return `hsl(${hue} ${(20 + 65 * size * (isDark ? 0.7 : 1)).toFixed(0)}% ${lightness.toFixed(1)}%)`;
}

/** `shade`: −0.5 to 0.5. */
function toColour(hue: number, saturation: number, shade: number, isDark: boolean): string {
  const turned = ((hue % 360) + 360) % 360;
  // Text stands on it: light boxes below dark text, dark ones below light text, whatever the hue.
  const lightness = isDark ? 26.5 + shade * 4 : 76 + shade * 10;
  return `hsl(${turned.toFixed(0)} ${isDark ? saturation * 0.62 : saturation}% ${lightness.toFixed(1)}%)`;
}

/** FNV-1a, spread over 0 to 1. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
