import { expect, test } from 'vitest';
import { changeColour, functionColour, KINDS, kindColour } from './theme.ts';

test('colours depend on names alone, and kinds have their own hues', () => {
  const function_ = { kind: 'python', name: 'load', file: '/app/load.py' } as const;
  expect(functionColour(function_, 'kind', false)).toBe(functionColour({ ...function_ }, 'kind', false));
  expect(new Set(KINDS.map((kind) => kindColour(kind, false))).size).toBe(KINDS.length);
});

/** Relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [h, s, l] = [...colour.matchAll(/[\d.]+/g)].map(Number);
  const chroma = (s / 100) * Math.min(l / 100, 1 - l / 100);
  const channel = (n: number) => {
    const k = (n + h / 30) % 12;
    const value = l / 100 - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4);
}

test('text can be read on every colour there is: contrast 4.5 or more', () => {
  // --box-text of tokens.css: #1b1e24 on light boxes, #f3f4f6 on dark ones.
  const textOf = { light: 0.0129, dark: 0.9 };
  for (let strength = -1; strength <= 1; strength += 0.05) {
    expect((luminance(changeColour(strength, false)) + 0.05) / (textOf.light + 0.05)).toBeGreaterThanOrEqual(
      4.5,
    );
    expect((textOf.dark + 0.05) / (luminance(changeColour(strength, true)) + 0.05)).toBeGreaterThanOrEqual(
      4.5,
    );
  }
  for (const kind of KINDS) {
    for (let i = 0; i < 300; i++) {
      for (const mode of ['kind', 'module'] as const) {
        const label = { kind, name: `f${i}`, file: `/m${i * 7}.py` };
        const light = luminance(functionColour(label, mode, false));
        const dark = luminance(functionColour(label, mode, true));
        expect((light + 0.05) / (textOf.light + 0.05)).toBeGreaterThanOrEqual(4.5);
        expect((textOf.dark + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5);
      }
    }
  }
});
