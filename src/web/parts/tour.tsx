// The tour of a first visit: a few stops, each at the thing it explains. Never comes by itself again once it was closed.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useStore } from '../state/store.ts';

interface Stop {
  /** What it points at. */
  readonly selector: string;
  readonly title: string;
  readonly text: string;
}

const STOPS: readonly Stop[] = [
  {
    selector: '.canvas-frame',
    title: 'Where the time went',
    text: 'Each box is a function, as wide as the time spent in it and all it calls; what it calls stands below. Hover to see numbers, click to zoom.',
  },
  {
    selector: '.timeline',
    title: 'When it happened',
    text: 'CPU, memory and every thread on one axis. Drag across to select a range: all views follow. Click a name to see one thread alone.',
  },
  {
    selector: '[aria-label="Measure"]',
    title: 'What is counted',
    text: 'CPU time, time by the clock, or time with the interpreter lock held. Wall time shows waiting, too.',
  },
  {
    selector: '.search',
    title: 'Find and filter',
    text: 'Type a part of a name or file, or /a regular expression/. Enter keeps only the samples that have a match.',
  },
  {
    selector: '.tabs',
    title: 'Other ways to look',
    text: 'Functions with their callers, the call tree, the source with the cost of every line, memory. Press ? for all keys; Help explains how sure the numbers are.',
  },
];

const MARGIN = 10;

export function Tour() {
  const store = useStore();
  const [place, setPlace] = useState(0);
  const ref = useRef<HTMLDivElement>(null);
  const stops = STOPS.filter(({ selector }) => document.querySelector(selector) !== null);
  const stop = stops.at(place);
  const close = () => {
    rememberTour();
    store.overlay.value = undefined;
  };
  useLayoutEffect(() => {
    const card = ref.current;
    const target = stop === undefined ? null : document.querySelector(stop.selector);
    if (card === null || target === null) return undefined;
    const bounds = target.getBoundingClientRect();
    const below = bounds.bottom + MARGIN + card.offsetHeight < innerHeight;
    const top = below ? bounds.bottom + MARGIN : Math.max(MARGIN, bounds.top + 3 * MARGIN);
    const middle = bounds.left + bounds.width / 2 - card.offsetWidth / 2;
    card.style.top = `${top}px`;
    card.style.left = `${Math.min(Math.max(MARGIN, middle), innerWidth - card.offsetWidth - MARGIN)}px`;
    target.classList.add('pointed-at');
    card.querySelector<HTMLButtonElement>('button.primary')?.focus();
    return () => target.classList.remove('pointed-at');
  }, [stop]);
  if (stop === undefined) return null;
  const isLast = place === stops.length - 1;
  return (
    <div class="tour" role="dialog" aria-label={`Tour: ${stop.title}`} ref={ref}>
      <h2>{stop.title}</h2>
      <p>{stop.text}</p>
      <div class="tour-foot">
        <span class="soft">
          {place + 1} of {stops.length}
        </span>
        <button type="button" class="plain" onClick={close}>
          Close
        </button>
        <button type="button" class="primary" onClick={() => (isLast ? close() : setPlace(place + 1))}>
          {isLast ? 'Done' : 'Next'}
        </button>
      </div>
    </div>
  );
}

const TOUR_KEY = 'vmprof-tour';

/** Whether this browser has not seen the tour; where nothing can be remembered it would come every time, so it never does. */
export function isFirstVisit(): boolean {
  try {
    return localStorage.getItem(TOUR_KEY) === null && navigator.webdriver !== true;
  } catch {
    return false;
  }
}

function rememberTour(): void {
  try {
    localStorage.setItem(TOUR_KEY, 'seen');
  } catch {
    // As above.
  }
}
