// A list of which only the rows in view exist: rows of equal height, placed absolutely within the height of all.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export const ROW_HEIGHT = 24;
/** Rows beyond the edge, so that scrolling does not show empty ones at once. */
const MARGIN = 10;
/** Windows begin at multiples of this: small movements ask for nothing new. */
const STEP = 10;

export interface RowWindow {
  readonly from: number;
  readonly count: number;
}

export interface VirtualRowsProps {
  readonly length: number;
  /** The row that must be visible when it changes; -1: none. */
  readonly active: number;
  readonly label: string;
  readonly role: 'rowgroup' | 'tree' | 'list';
  readonly onWindow: (window: RowWindow) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly children: ComponentChildren;
}

/** The frame that scrolls; `children` are the rows of the window, each with its own `top`. */
export function VirtualRows(props: VirtualRowsProps) {
  const { length, active, onWindow } = props;
  const ref = useRef<HTMLDivElement>(null);
  const [window, setWindow] = useState<RowWindow>({ from: 0, count: 0 });

  const measure = () => {
    const frame = ref.current;
    if (frame === null) return;
    const first = Math.max(0, Math.floor(frame.scrollTop / ROW_HEIGHT) - MARGIN);
    const from = first - (first % STEP);
    const count = Math.ceil(frame.clientHeight / ROW_HEIGHT / STEP) * STEP + 2 * MARGIN + STEP;
    setWindow((before) => (before.from === from && before.count === count ? before : { from, count }));
  };
  useLayoutEffect(() => {
    const frame = ref.current;
    if (frame === null) return undefined;
    const observer = new ResizeObserver(measure);
    observer.observe(frame);
    measure();
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (window.count > 0) onWindow(window);
  }, [window, onWindow]);
  useLayoutEffect(() => {
    const frame = ref.current;
    if (frame === null || active < 0) return;
    const top = active * ROW_HEIGHT;
    if (top < frame.scrollTop) frame.scrollTop = top;
    else if (top + ROW_HEIGHT > frame.scrollTop + frame.clientHeight) {
      frame.scrollTop = top + ROW_HEIGHT - frame.clientHeight;
    }
  }, [active]);

  return (
    <div
      class="scroll"
      ref={ref}
      onScroll={measure}
      onKeyDown={props.onKeyDown}
      tabIndex={0}
      aria-label={props.label}
      // A table has its rows in groups; in between stands nothing that counts.
      role={props.role === 'rowgroup' ? 'rowgroup' : 'group'}
    >
      <div
        role={props.role === 'rowgroup' ? 'presentation' : props.role}
        aria-label={props.role === 'rowgroup' ? undefined : props.label}
        style={{ height: `${length * ROW_HEIGHT}px`, position: 'relative' }}
      >
        {props.children}
      </div>
    </div>
  );
}
