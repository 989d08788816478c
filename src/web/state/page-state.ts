// The state of the page that a colleague would want to see again, and nothing else: it is the part of the URL behind the `#`.

import type { Measure } from '../../profile/measure.ts';
import { SAMPLE_STATES, type SampleState } from '../../profile/tables.ts';
import type { CompareRequest, FunctionKey, FunctionSort, TransformSpec } from '../worker/messages.ts';
import { formatOpenRows, parseOpenRows } from './open-rows.ts';

export const TABS = [
  'flame',
  'chart',
  'functions',
  'tree',
  'source',
  'memory',
  'compare',
  'info',
  'help',
] as const;
export type Tab = (typeof TABS)[number];

export const COLOUR_MODES = ['kind', 'module'] as const;
export type ColourMode = (typeof COLOUR_MODES)[number];

export interface PageState {
  readonly tab: Tab;
  /** Place in the list of open recordings. */
  readonly recording: number;
  /** Undefined: the recording's usual one. */
  readonly measure: Measure | undefined;
  /** In nanoseconds. */
  readonly time: { readonly start: number; readonly end: number } | undefined;
  readonly threads: readonly number[];
  readonly states: readonly SampleState[];
  readonly transforms: readonly TransformSpec[];
  readonly search: string;
  /** Flame graph and call tree: callers below callees. */
  readonly inverted: boolean;
  /** Of the call tree: rows that are open, as in TreeRequest. */
  readonly expanded: readonly string[];
  /** Of the flame graph. */
  readonly zoom: readonly FunctionKey[];
  readonly colours: ColourMode;
  /** The function that the views point at. */
  readonly chosen: FunctionKey | undefined;
  readonly sort: FunctionSort;
  readonly ascending: boolean;
  /** Of the source view. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** What the view is compared with: a recording, or a part of one. */
  readonly before: { readonly recording: number; readonly time: PageState['time'] } | undefined;
  /** Of the comparison: shares of each side, or amounts as they are, and whose costs boxes are as wide as. */
  readonly compared: CompareRequest['normalisation'];
  readonly widths: CompareRequest['widths'];
  /** Of the flame chart: the thread, and the range that is shown where it is not the selected one. */
  readonly thread: number | undefined;
  readonly shown: PageState['time'];
}

export const INITIAL_STATE: PageState = {
  tab: 'flame',
  recording: 0,
  measure: undefined,
  time: undefined,
  threads: [],
  states: [],
  transforms: [],
  search: '',
  inverted: false,
  expanded: [],
  zoom: [],
  colours: 'kind',
  chosen: undefined,
  sort: 'self',
  ascending: false,
  file: undefined,
  line: undefined,
  before: undefined,
  compared: 'samples',
  widths: 'after',
  thread: undefined,
  shown: undefined,
};

/** The state as it stands in the URL. What is as it is at first is left out. */
export function formatState(state: PageState): string {
  const parts = new URLSearchParams();
  const put = (name: string, value: string, usual = '') => {
    if (value !== usual) parts.set(name, value);
  };
  put('view', state.tab, INITIAL_STATE.tab);
  put('recording', String(state.recording), '0');
  put('measure', state.measure ?? '');
  put('time', formatTime(state.time));
  put('threads', state.threads.join('.'));
  put('states', state.states.join('.'));
  for (const transform of state.transforms) parts.append('do', formatTransform(transform));
  put('search', state.search);
  if (state.inverted) put('inverted', '1');
  put('open', formatOpenRows(state.expanded));
  for (const key of state.zoom) parts.append('zoom', key);
  put('colours', state.colours, INITIAL_STATE.colours);
  put('function', state.chosen ?? '');
  put('sort', state.sort, INITIAL_STATE.sort);
  if (state.ascending) put('ascending', '1');
  put('file', state.file ?? '');
  put('line', state.line === undefined ? '' : String(state.line));
  if (state.before !== undefined) {
    put('before', String(state.before.recording));
    put('before-time', formatTime(state.before.time));
  }
  put('compared', state.compared, INITIAL_STATE.compared);
  put('widths', state.widths, INITIAL_STATE.widths);
  put('shown', formatTime(state.shown));
  put('thread', state.thread === undefined ? '' : String(state.thread));
  return parts.toString();
}

/** The state in a URL. What it does not say, or says in a way that means nothing, is as it is at first. */
export function parseState(text: string): PageState {
  const parts = new URLSearchParams(text.replace(/^#/, ''));
  const choose = <T extends string>(name: string, values: readonly T[]): T | undefined =>
    values.find((value) => value === parts.get(name));
  const line = parseCount(parts.get('line'));
  const before = parseCount(parts.get('before'));
  return {
    tab: choose('view', TABS) ?? INITIAL_STATE.tab,
    recording: parseCount(parts.get('recording')) ?? 0,
    measure: parts.get('measure') || undefined,
    time: parseTime(parts.get('time')),
    threads: parseCounts(parts.get('threads')),
    states: (parts.get('states') ?? '')
      .split('.')
      .flatMap((name) => SAMPLE_STATES.filter((state) => state === name)),
    transforms: parts.getAll('do').flatMap(parseTransform),
    search: parts.get('search') ?? '',
    inverted: parts.get('inverted') === '1',
    expanded: parseOpenRows(parts.get('open') ?? ''),
    zoom: parts.getAll('zoom'),
    colours: choose('colours', COLOUR_MODES) ?? INITIAL_STATE.colours,
    chosen: parts.get('function') ?? undefined,
    sort: choose('sort', ['self', 'total', 'samples', 'name', 'file'] as const) ?? INITIAL_STATE.sort,
    ascending: parts.get('ascending') === '1',
    file: parts.get('file') ?? undefined,
    line: line === 0 ? undefined : line,
    before:
      before === undefined ? undefined : { recording: before, time: parseTime(parts.get('before-time')) },
    compared: choose('compared', ['samples', 'none'] as const) ?? INITIAL_STATE.compared,
    widths: choose('widths', ['before', 'after'] as const) ?? INITIAL_STATE.widths,
    thread: parseCount(parts.get('thread')),
    shown: parseTime(parts.get('shown')),
  };
}

function formatTime(time: PageState['time']): string {
  return time === undefined ? '' : `${time.start / 1e9}s-${time.end / 1e9}s`;
}

function formatTransform(transform: TransformSpec): string {
  switch (transform.type) {
    case 'path':
      return `path:${JSON.stringify(transform.keys)}`;
    case 'file':
      return `file:${transform.file}`;
    case 'filter':
      return `filter:${transform.text}`;
    case 'hide-library':
    case 'hide-packages':
      return transform.type;
    default:
      return `${transform.type}:${transform.key}`;
  }
}

function parseTransform(text: string): TransformSpec[] {
  const colon = text.indexOf(':');
  const type = colon === -1 ? text : text.slice(0, colon);
  const value = colon === -1 ? '' : text.slice(colon + 1);
  switch (type) {
    case 'hide-library':
    case 'hide-packages':
      return [{ type }];
    case 'focus':
    case 'merge':
    case 'drop':
    case 'recursion':
      return value === '' ? [] : [{ type, key: value }];
    case 'file':
      return value === '' ? [] : [{ type, file: value }];
    case 'filter':
      return value === '' ? [] : [{ type, text: value }];
    case 'path':
      return parseKeys(value).map((keys) => ({ type, keys }));
    default:
      return [];
  }
}

function parseKeys(text: string): string[][] {
  try {
    const keys: unknown = JSON.parse(text);
    const isList = Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'string');
    return isList ? [keys] : [];
  } catch {
    return [];
  }
}

function parseTime(text: string | null): PageState['time'] {
  const match = /^(\d+(?:\.\d+)?(?:e-?\d+)?)s-(\d+(?:\.\d+)?(?:e-?\d+)?)s$/.exec(text ?? '');
  if (match === null) return undefined;
  const start = Math.round(Number(match[1]) * 1e9);
  const end = Math.round(Number(match[2]) * 1e9);
  return start < end ? { start, end } : undefined;
}

function parseCount(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function parseCounts(text: string | null): number[] {
  return (text ?? '').split('.').flatMap((part) => parseCount(part) ?? []);
}
