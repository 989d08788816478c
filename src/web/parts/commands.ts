// Everything that can be done by a key or by name: one table for the key handler, the palette, and the sheet of keys.

import type { Tab } from '../state/page-state.ts';
import { type Store, saveTheme, type Theme } from '../state/store.ts';
import type { TransformSpec } from '../worker/messages.ts';
import { SEARCH_ID } from './search-box.tsx';
import { applyTheme } from './use-theme.ts';

export interface Command {
  readonly title: string;
  /** As KeyboardEvent.key has it; without one it is in the palette only. */
  readonly key?: string;
  readonly run: (store: Store) => void;
}

const VIEWS: readonly (readonly [Tab, string])[] = [
  ['flame', 'Flame graph'],
  ['chart', 'Flame chart'],
  ['functions', 'Functions'],
  ['tree', 'Call tree'],
  ['source', 'Source'],
  ['memory', 'Memory'],
  ['compare', 'Compare'],
  ['info', 'Info'],
  ['help', 'Help'],
];

export const COMMANDS: readonly Command[] = [
  ...VIEWS.map(([tab, title], place) => ({
    title: `Show: ${title}`,
    key: String(place + 1),
    run: (store: Store) => store.update({ tab }),
  })),
  { title: 'Search', key: '/', run: () => document.getElementById(SEARCH_ID)?.focus() },
  { title: 'Find a command', key: 'p', run: openOverlay('palette') },
  { title: 'Show the keys', key: '?', run: openOverlay('keys') },
  { title: 'Open a recording', key: 'o', run: () => document.getElementById('open-files')?.click() },
  {
    title: 'Invert flame graph and call tree',
    key: 'i',
    run: (store) => store.update({ inverted: !store.state.value.inverted, zoom: [] }),
  },
  { title: 'Next measure', key: 'm', run: nextMeasure },
  {
    title: 'Colours by kind or by file',
    key: 'c',
    run: (store) =>
      store.update({ colours: store.state.value.colours === 'kind' ? 'module' : 'kind' }, false),
  },
  { title: 'Light or dark', key: 't', run: switchTheme },
  { title: 'Focus on the chosen function', key: 'f', run: withChosen((key) => ({ type: 'focus', key })) },
  {
    title: 'Merge the chosen function into its callers',
    key: 'g',
    run: withChosen((key) => ({ type: 'merge', key })),
  },
  {
    title: 'Drop samples with the chosen function',
    key: 'd',
    run: withChosen((key) => ({ type: 'drop', key })),
  },
  {
    title: 'Collapse recursion of the chosen function',
    key: 'r',
    run: withChosen((key) => ({ type: 'recursion', key })),
  },
  { title: 'Hide or show the standard library', key: 'l', run: toggleTransform('hide-library') },
  { title: 'Hide or show installed packages', key: 'k', run: toggleTransform('hide-packages') },
  { title: 'Remove the last filter or transform', key: 'u', run: removeLast },
  {
    title: 'Remove all filters and transforms',
    key: 'x',
    run: (store) => store.update({ time: undefined, threads: [], states: [], transforms: [], zoom: [] }),
  },
];

/** The command of a key; undefined while something is typed, or with a modifier that belongs to the browser. */
export function findCommand(event: KeyboardEvent): Command | undefined {
  const { target, key, ctrlKey, metaKey, altKey } = event;
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') {
    return COMMANDS.find((command) => command.key === 'p');
  }
  const isTyping = target instanceof HTMLElement && /^(input|select|textarea)$/i.test(target.tagName);
  if (isTyping || ctrlKey || metaKey || altKey) return undefined;
  return COMMANDS.find((command) => command.key === key);
}

function openOverlay(name: 'palette' | 'keys'): (store: Store) => void {
  return (store) => {
    store.overlay.value = name;
  };
}

function nextMeasure(store: Store): void {
  const measures = store.current.value?.measures ?? [];
  const place = measures.findIndex(({ measure }) => measure === store.view.value?.measure);
  const next = measures.at((place + 1) % Math.max(1, measures.length));
  if (next !== undefined) store.update({ measure: next.measure });
}

function switchTheme(store: Store): void {
  const next: Theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  store.theme.value = next;
  saveTheme(next);
  applyTheme(next);
}

function withChosen(toTransform: (key: string) => TransformSpec): (store: Store) => void {
  return (store) => {
    const { chosen } = store.state.value;
    if (chosen !== undefined) store.addTransform(toTransform(chosen));
  };
}

function toggleTransform(type: 'hide-library' | 'hide-packages'): (store: Store) => void {
  return (store) => {
    const { transforms } = store.state.value;
    const kept = transforms.filter((transform) => transform.type !== type);
    if (kept.length < transforms.length) store.update({ transforms: kept, zoom: [] });
    else store.addTransform({ type });
  };
}

function removeLast(store: Store): void {
  const { transforms, states, threads, time } = store.state.value;
  if (transforms.length > 0) store.update({ transforms: transforms.slice(0, -1), zoom: [] });
  else if (states.length > 0) store.update({ states: [] });
  else if (threads.length > 0) store.update({ threads: [] });
  else if (time !== undefined) store.update({ time: undefined });
}
