// The theme of the canvases, which cannot follow CSS by themselves.

import { useEffect, useState } from 'preact/hooks';
import { type CanvasTheme, readTheme } from '../canvas/theme.ts';

/** Light or dark as chosen, or as the system says; set on the root element for CSS. */
export function applyTheme(theme: 'system' | 'light' | 'dark'): void {
  const isDark =
    theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

/** Read anew whenever the root element changes its theme. */
export function useCanvasTheme(): CanvasTheme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(readTheme()));
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}
