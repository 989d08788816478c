// The state of the page in signals, and what follows from it. One store for the whole page, made in main.tsx and handed to
// the views by context: nothing here lives in a module.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { assertDefined } from '../../base/assert.ts';
import type { RecordingSource } from '../worker/conversation.ts';
import type { RecordingSummary, TransformSpec, ViewSpec } from '../worker/messages.ts';
import { formatState, INITIAL_STATE, type PageState, parseState } from './page-state.ts';
import type { WorkerClient } from './worker-client.ts';

/** A recording of the page: being read, open, or failed. */
export type OpenRecording =
  | { readonly status: 'reading'; readonly name: string; readonly read: number; readonly size: number }
  | { readonly status: 'open'; readonly name: string; readonly summary: RecordingSummary }
  | { readonly status: 'failed'; readonly name: string; readonly message: string };

export interface Store {
  readonly client: WorkerClient;
  readonly state: ReadonlySignal<PageState>;
  readonly recordings: ReadonlySignal<readonly OpenRecording[]>;
  /** The recording that is looked at, once it is open. */
  readonly current: ReadonlySignal<RecordingSummary | undefined>;
  /** What the views are about; undefined while nothing is open. */
  readonly view: ReadonlySignal<ViewSpec | undefined>;
  /** What is shown over the page. */
  readonly overlay: Signal<'keys' | 'palette' | 'tour' | undefined>;
  readonly theme: Signal<Theme>;
  /** The live recording is held as it is. */
  readonly isPaused: Signal<boolean>;
  /** Changes some of the state. `step`: the browser's back button comes back to the state before. */
  update(change: Partial<PageState>, step?: boolean): void;
  addTransform(transform: TransformSpec): void;
  /** Opens a recording beside those that are open, and gives its place. */
  open(name: string, source: RecordingSource): number;
  cancel(recording: number): void;
  /** Looks at the recording that help and tour explain, in this part of the state. */
  openExample(change?: Partial<PageState>): void;
}

export type Theme = 'system' | 'light' | 'dark';

/** Reads the state from the address, and keeps both the same. */
export function createStore(client: WorkerClient): Store {
  const state = signal(parseState(location.hash));
  const recordings = signal<readonly OpenRecording[]>([]);
  const current = computed(() => {
    const recording = recordings.value.at(state.value.recording);
    return recording?.status === 'open' ? recording.summary : undefined;
  });
  const view = computed(() => (current.value === undefined ? undefined : toView(state.value, current.value)));

  window.addEventListener('popstate', () => {
    state.value = parseState(location.hash);
  });

  function update(change: Partial<PageState>, step = true): void {
    // Another selection is shown as a whole at first.
    const shown = 'time' in change ? { shown: undefined } : {};
    // Paths of one direction mean nothing in the other.
    const isTurned = change.inverted !== undefined && change.inverted !== state.value.inverted;
    const next = { ...state.value, ...shown, ...(isTurned ? { expanded: [] } : {}), ...change };
    const text = formatState(next);
    // The address has no room for all rows that may be open.
    if (text === formatState(state.value) && next.expanded === state.value.expanded) return;
    state.value = next;
    const url = text === '' ? location.pathname + location.search : `#${text}`;
    if (step) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
  }

  function setRecording(place: number, recording: OpenRecording): void {
    recordings.value = recordings.value.with(place, recording);
  }

  function open(name: string, source: RecordingSource): number {
    const place = recordings.value.length;
    recordings.value = [...recordings.value, { status: 'reading', name, read: 0, size: 0 }];
    client.open(place, name, source, {
      onProgress: (read, size) => setRecording(place, { status: 'reading', name, read, size }),
      onOpened: (summary) => setRecording(place, { status: 'open', name, summary }),
      onFailed: (message) => setRecording(place, { status: 'failed', name, message }),
    });
    return place;
  }

  return {
    client,
    state,
    recordings,
    current,
    view,
    overlay: signal(undefined),
    theme: signal(readTheme()),
    isPaused: signal(false),
    update,
    addTransform: (transform) =>
      // Paths of the flame graph before the transform mean nothing behind it.
      update({ transforms: [...state.value.transforms, transform], zoom: [] }),
    open,
    cancel: (recording) => client.cancel(recording),
    openExample: (change = {}) => {
      const known = recordings.value.findIndex(({ name }) => name === EXAMPLE_NAME);
      const url = new URL('./example', location.href).href;
      const recording = known === -1 ? open(EXAMPLE_NAME, { type: 'url', url }) : known;
      // What stands before a comparison is a part of the example, too.
      const before = change.before === undefined ? {} : { before: { ...change.before, recording } };
      update({ ...INITIAL_STATE, recording, ...change, ...before });
    },
  };
}

const EXAMPLE_NAME = 'Example: log_search.py';

/** A page from disk has nobody to ask for it. */
export function hasExample(): boolean {
  return location.protocol !== 'file:';
}

/** What is left of the state when another recording is looked at: rows and paths mean nothing in it. */
export function stateForRecording(state: PageState, recording: number): PageState {
  const { tab, measure, search, inverted, colours, chosen, sort, ascending, transforms, before } = state;
  const { compared, widths } = state;
  return {
    ...INITIAL_STATE,
    tab,
    measure,
    search,
    inverted,
    colours,
    chosen,
    sort,
    ascending,
    transforms,
    before,
    compared,
    widths,
    recording,
  };
}

export const StoreContext = createContext<Store | undefined>(undefined);

/** The store of the page around a component. */
export function useStore(): Store {
  return assertDefined(useContext(StoreContext), 'a view outside of the page');
}

function toView(state: PageState, summary: RecordingSummary): ViewSpec {
  const { measure, time, threads, states, transforms, recording } = state;
  const isKnown = summary.measures.some((known) => known.measure === measure);
  return {
    recording,
    revision: summary.revision,
    measure: measure !== undefined && isKnown ? measure : summary.usualMeasure,
    time,
    threads: threads.filter((row) => row < summary.threads.length),
    states,
    transforms,
  };
}

const THEME_KEY = 'vmprof-theme';

function readTheme(): Theme {
  try {
    const theme = localStorage.getItem(THEME_KEY);
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  } catch {
    // A page from disk may have no storage.
    return 'system';
  }
}

/** Remembers the choice for the next page, where there is storage. */
export function saveTheme(theme: Theme): void {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // As above: then it holds for this page alone.
  }
}
