// Colours of flame graphs: the hue tells what a function is made of, the shade is the function's own, the same in every
// picture, so that two can be compared by eye.

import type { FunctionKind } from '../../profile/tables.ts';

/** Hue from and to, saturation and lightness in percent. */
type Palette = readonly [from: number, to: number, saturation: number, lightness: number];

const PALETTES: Readonly<Record<FunctionKind | 'all', Palette>> = {
  all: [0, 0, 0, 82],
  python: [18, 52, 88, 68],
  native: [200, 225, 62, 74],
  kernel: [262, 285, 45, 76],
  jit: [95, 135, 50, 68],
  javascript: [50, 62, 85, 66],
  gc: [172, 186, 45, 68],
  other: [8, 48, 80, 70],
};

/** `#rrggbb`. Functions of one file are close to each other. */
export function colourOf(kind: FunctionKind | 'all', name: string, file: string | undefined): string {
  const [from, to, saturation, lightness] = PALETTES[kind];
  const own = hash(name) / 2 ** 32;
  const shared = file === undefined ? own : hash(file) / 2 ** 32;
  const hue = from + (to - from) * (0.75 * shared + 0.25 * own);
  return encodeColour(hue, saturation, lightness + (own - 0.5) * (kind === 'all' ? 0 : 9));
}

/** FNV-1a, with its bits mixed once more. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** Of hue, saturation and lightness, as CSS defines them (https://www.w3.org/TR/css-color-4/#hsl-to-rgb). */
function encodeColour(hue: number, saturation: number, lightness: number): string {
  const light = lightness / 100;
  const amplitude = (saturation / 100) * Math.min(light, 1 - light);
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    const value = light - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
